import { Command } from 'commander';
import { readConfig } from '../../lambda/forwarder/config.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { environmentKey } from '../cli/environment-key.ts';
import { outputFor } from '../cli/output.ts';
import { withProgress } from '../cli/progress.ts';
import { runTool } from '../cli/tool.ts';
import { RESOURCES } from '../run-locally/resources.ts';
import { checkDatadog } from './check-datadog.ts';
import { checkValence } from './check-valence.ts';
import { check, type Finding } from './finding.ts';
import { describedProfile, startingProfile } from './openapi/described-profile.ts';
import { readDescription } from './openapi/read-description.ts';
import { paceClock } from './pace-clock.ts';
import { reportFindings } from './report.ts';

/** Entry of `npm run doctor`: checks the services without AWS, with keys from the environment. */

const EXAMPLES = `
Examples:
  VALENCE_API_KEY=... DD_API_KEY=... npm run doctor
  VALENCE_API_KEY=... VALENCE_REGION=eu DD_API_KEY=... DATADOG_SITE=datadoghq.eu npm run doctor
  VALENCE_API_KEY=... VALENCE_API_PROFILE='{"itemsPath":"data"}' npm run doctor -- --json
  VALENCE_API_KEY=... DD_API_KEY=... npm run doctor -- --openapi valence-openapi.yaml

All variables of the function's configuration apply (VALENCE_REGION, VALENCE_BASE_URL, DATADOG_SITE, ...). The doctor reads a
few pages of Valence's records, shows none of them, and sends nothing to Datadog. For a deployed forwarder: npm run ops -- doctor
`;

interface Options {
  json?: boolean;
  openapi?: string;
}

async function diagnose({
  openapi,
}: Options): Promise<{ findings: Finding[]; proposal: JsonObject | undefined }> {
  const described = openapi === undefined ? undefined : describedProfile(await readDescription(openapi));
  const config = readConfig({ ...process.env, ...RESOURCES });
  const transport = axiosTransport();
  const valenceKey = environmentKey(
    'VALENCE_API_KEY',
    'Valence: Administration > Settings > Valence API > Generate API Key, role Admin',
  );
  const datadogKey = environmentKey('DD_API_KEY', 'Datadog: Organization Settings > API Keys > New Key');
  let proposal: JsonObject | undefined;
  const { site, apiOrigin: origin } = config.datadog;
  const [valence, datadog] = await Promise.all([
    check('valence.key', async () => {
      await valenceKey.value();
      const given = JSON.parse(process.env['VALENCE_API_PROFILE']?.trim() || '{}') as JsonObject;
      const start = described && startingProfile(described, given);
      const found = await checkValence({
        transport,
        apiKey: valenceKey,
        config,
        clock: paceClock,
        ...(start && { start }),
      });
      proposal = found.proposal;
      return [...(described?.findings ?? []), ...found.findings];
    }),
    check('datadog.key', () => checkDatadog({ transport, apiKey: datadogKey, site, origin })),
  ]);
  return { findings: [...valence, ...datadog], proposal };
}

async function main(options: Options): Promise<void> {
  const { findings, proposal } = await withProgress({
    text: () => 'Checking Valence and Datadog',
    work: () => diagnose(options),
    done: () => 'Checked Valence and Datadog',
  });
  if (!reportFindings(findings, proposal, outputFor(options.json ?? false))) process.exitCode = 1;
}

const program = new Command('npm run doctor --')
  .description(
    'Checks keys, region, site and the API profile against the real services, and reports what to fix.',
  )
  .option('--json', 'print one line of JSON')
  .addHelpText('after', EXAMPLES)
  .option('--openapi <file>', 'begin with what the API describes of itself, in OpenAPI (JSON or YAML)')
  .action(main);

await runTool(program);
