import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { type Config, readConfig } from '../../lambda/forwarder/config.ts';
import type { EndpointName } from '../../lambda/settings/api-profile.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { VERSION } from '../../lambda/shared/version.ts';
import { destinationArgument, oneMore } from '../cli/arguments.ts';
import { environmentKey } from '../cli/environment-key.ts';
import { type Example, withExamples } from '../cli/help.ts';
import { localProxy } from '../cli/local-proxy.ts';
import { outputFor } from '../cli/output.ts';
import { withProgress } from '../cli/progress.ts';
import { printError } from '../cli/terminal.ts';
import { runTool } from '../cli/tool.ts';
import { ToolError } from '../cli/tool-error.ts';
import { fitted } from '../cli/width.ts';
import { RESOURCES } from '../run-locally/resources.ts';
import { checkDatadog } from './check-datadog.ts';
import { checkPipelines } from './check-pipelines.ts';
import { checkValence, probedEndpoints } from './check-valence.ts';
import { check, type Finding } from './finding.ts';
import { type AllowedDescription, allowedDescription } from './openapi/allowed-description.ts';
import { describedProfile } from './openapi/described-profile.ts';
import { readDescription } from './openapi/read-description.ts';
import { paceClock } from './pace-clock.ts';
import { reportFindings } from './print-findings.ts';
import type { ProbedEndpoint } from './probe-endpoint.ts';
import { apiReport } from './report/api-report.ts';
import { optionFor } from './request-lines.ts';
import { WHICH_DOCTOR } from './which-doctor.ts';

/** Entry of `npm run doctor`: checks the services without AWS, with keys from the environment. */

const EXAMPLES: readonly Example[] = [
  ['VALENCE_API_KEY=... DD_API_KEY=... npm run doctor', ''],
  [
    'VALENCE_API_KEY=... VALENCE_REGION=eu DD_API_KEY=... DATADOG_SITE=datadoghq.eu npm run doctor',
    'another region, and another site',
  ],
  [
    `VALENCE_API_KEY=... VALENCE_API_PROFILE='{"itemsPath":"data"}' npm run doctor -- --json`,
    'begins with a profile',
  ],
  [
    'VALENCE_API_KEY=... DD_API_KEY=... npm run doctor -- --openapi valence-openapi.yaml',
    'begins with what the API describes of itself',
  ],
  [
    'VALENCE_API_KEY=... DD_API_KEY=... DD_APP_KEY=... npm run doctor',
    'also checks the order of the log pipelines',
  ],
  [
    'VALENCE_API_KEY=... DD_API_KEY=... npm run doctor -- --report report.json',
    'writes what was seen of the API, for an issue',
  ],
  [
    'VALENCE_API_KEY=... DD_API_KEY=... HTTPS_PROXY_URL=http://proxy.example.com:3128 npm run doctor',
    'by a proxy',
  ],
];

const NOTE =
  "All variables of the function's configuration apply (VALENCE_REGION, VALENCE_BASE_URL, DATADOG_SITE, ...). A proxy needs Node 24.5 or later; its user:password, if it asks for them, are in HTTPS_PROXY_CREDENTIALS. The doctor sends Valence at most 60 small requests for each kind of record, fewer than two a second, then reads the newest hour to its end. It shows none of the records, and sends nothing to Datadog.";

interface Options {
  json?: boolean;
  openapi?: string;
  sendKeysTo?: readonly string[];
  report?: string;
}

interface Diagnosis {
  findings: Finding[];
  proposal: JsonObject | undefined;
  probed: readonly ProbedEndpoint[];
}

/** Says how far the doctor is: its requests are slow on purpose. */
function requestProgress() {
  let asked = '';
  return {
    text: () => `Checking Valence and Datadog${asked}`,
    onRequest: (endpoint: EndpointName, requests: number) => {
      asked = `: ${endpoint}, request ${requests}`;
    },
  };
}

type Progress = ReturnType<typeof requestProgress>;

/** What an API description adds, as far as the operator allows it; undefined without one. */
async function descriptionFor(
  { openapi, sendKeysTo = [] }: Options,
  config: Config,
): Promise<AllowedDescription | undefined> {
  if (openapi === undefined) return undefined;
  const { origin, profile } = config.valence;
  return allowedDescription(describedProfile(await readDescription(openapi)), {
    origin,
    given: JSON.parse(process.env['VALENCE_API_PROFILE']?.trim() || '{}') as JsonObject,
    inForce: profile,
    endpoints: probedEndpoints(config),
    named: sendKeysTo,
  });
}

/** Shows on stderr what is not sent, one request a line, before anything is sent. */
function printUnnamed(unnamed: readonly string[]): void {
  if (unnamed.length === 0) return;
  printError(
    fitted('Not sent, because these requests of the description may change something. To allow one, add:'),
  );
  for (const line of unnamed) printError(`  ${optionFor(line)}`);
}

async function diagnose(
  config: Config,
  described: AllowedDescription | undefined,
  { onRequest }: Progress,
): Promise<Diagnosis> {
  const transport = axiosTransport(localProxy(config.proxy));
  const valenceKey = environmentKey(
    'VALENCE_API_KEY',
    'Valence: Administration > Settings > Valence API > Generate API Key, role Admin',
  );
  const datadogKey = environmentKey('DD_API_KEY', 'Datadog: Organization Settings > API Keys > New Key');
  let proposal: JsonObject | undefined;
  let probed: readonly ProbedEndpoint[] = [];
  const { site, apiOrigin: origin } = config.datadog;
  const [valence, datadog] = await Promise.all([
    check('valence.key', async () => {
      await valenceKey.value();
      const found = await checkValence({
        transport,
        apiKey: valenceKey,
        config,
        clock: paceClock,
        onRequest,
        ...(described && { start: described.start, auths: described.auths }),
      });
      ({ proposal, probed } = found);
      return [...(described?.findings ?? []), ...found.findings];
    }),
    check('datadog.key', () => checkDatadog({ transport, apiKey: datadogKey, site, origin })),
  ]);
  // The order is known to the management API alone, which needs an application key.
  const order = process.env['DD_APP_KEY']?.trim()
    ? await check('datadog.pipelines', () => checkPipelines({ transport, apiKey: datadogKey, origin }))
    : [];
  return { findings: [...valence, ...datadog, ...order], proposal, probed };
}

/** @throws {ToolError} when the file cannot be written */
async function writeReport(file: string, probed: Diagnosis['probed']): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(apiReport(probed), null, 1)}\n`);
  } catch {
    throw new ToolError(`The report cannot be written to ${file}.`);
  }
}

async function main(options: Options): Promise<void> {
  const progress = requestProgress();
  const output = outputFor(options.json ?? false);
  const config = readConfig({ ...process.env, ...RESOURCES });
  const described = await descriptionFor(options, config);
  printUnnamed(described?.unnamed ?? []);
  const { findings, proposal, probed } = await withProgress({
    text: progress.text,
    work: () => diagnose(config, described, progress),
    done: () => 'Checked Valence and Datadog',
  });
  if (options.report !== undefined) {
    await writeReport(options.report, probed);
    output.print(
      `${options.report} describes what was seen of the API: shapes, statuses, paging and timing, no values. Read it, then attach it to an issue.\n`,
    );
  }
  if (!reportFindings(findings, proposal, output)) process.exitCode = 1;
}

const program = new Command('npm run doctor --')
  .description(
    'Checks keys, region, site and the API profile against the real services, and reports what to fix.',
  )
  .version(VERSION)
  .option('--json', 'print one line of JSON')
  .option('--openapi <file>', 'begin with what the API describes of itself, in OpenAPI (JSON or YAML)')
  .option(
    '--send-keys-to <request>',
    'a request of the description that may get the key though it may change something, as this command prints it; may be repeated',
    (text: string, others?: readonly string[]) => oneMore(destinationArgument(text), others),
  )
  .option(
    '--report <file>',
    'write what was seen of the API for an issue report: shapes and statuses, no values',
  )
  .action(main);

withExamples(program, EXAMPLES, NOTE, WHICH_DOCTOR);

await runTool(program);
