import { Command } from 'commander';
import { readContentChoice } from '../../infra/context/content.ts';
import { contentItems } from '../../infra/datadog/content.ts';
import { datadogApi } from '../../lambda/content-installer/datadog-api.ts';
import { KINDS } from '../../lambda/content-installer/kinds.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { deadlineIn, systemClock } from '../../lambda/shared/clock.ts';
import { VERSION } from '../../lambda/shared/version.ts';
import { cdkContext } from '../cli/cdk-context.ts';
import { environmentKey } from '../cli/environment-key.ts';
import { type Example, withExamples } from '../cli/help.ts';
import { localProxy } from '../cli/local-proxy.ts';
import { outputFor } from '../cli/output.ts';
import { table } from '../cli/table.ts';
import { runTool } from '../cli/tool.ts';
import { type AwsChoice, connectAws } from '../ops/aws.ts';
import { exportContent } from './export.ts';
import { fixOrder, orderText } from './order.ts';
import { planContent, planText } from './plan.ts';
import { type Context, contextWith, datadogOrigin, proxyOf } from './settings.ts';
import { installedIds, stackText } from './stack-items.ts';

/** Entry of `npm run datadog`. */

const TIME_LIMIT_MS = 10 * 60_000;

const EXAMPLES: readonly Example[] = [
  ['npm run datadog -- export ./datadog', 'every dashboard, rule, monitor and the pipeline as JSON'],
  [
    'DD_API_KEY=... DD_APP_KEY=... npm run datadog -- plan',
    'what a deployment would create and change; changes nothing',
  ],
  [
    '... npm run datadog -- plan --stack ValenceForwarder-content',
    'and whether the items of the stack are in that organisation',
  ],
  ['... npm run datadog -- order', 'moves our log pipeline below that of the hosted integration'],
  [`... npm run datadog -- plan -c datadogSite=datadoghq.eu -c 'datadogContent={"dashboards":true}'`, ''],
];

const NOTE =
  'Settings are those of the deployment, from "context" in cdk.json and from -c. Give the same ones as to npx cdk deploy: datadogContent, datadogTeam, datadogNotify, datadogMonitorTags and datadogSite, and of the forwarders schedule, scheduleIntervalMinutes, tenants and runbookUrl, which monitors contain. If nothing is switched on, all content is included.';

/** The settings of the deployment: cdk.json's, if there is one, then those of the command line. */
const readContext = (pairs: readonly string[]): Context => contextWith(cdkContext(), pairs);

function apiFor(context: Context): ReturnType<typeof datadogApi> {
  return datadogApi({
    transport: axiosTransport(localProxy(proxyOf(context))),
    apiKey: environmentKey('DD_API_KEY', 'Datadog: Organization Settings > API Keys'),
    appKey: environmentKey('DD_APP_KEY', 'Datadog: Organization Settings > Application Keys'),
    origin: datadogOrigin(context, process.env),
    clock: systemClock,
    random: Math.random,
    deadline: deadlineIn(systemClock, TIME_LIMIT_MS),
  });
}

interface Options {
  context: string[];
  json?: boolean;
}

interface ExportOptions extends Options {
  /** Replace files that exist. */
  force?: boolean;
}

interface PlanOptions extends Options, AwsChoice {
  stack?: string;
}

function itemsFor(context: Context) {
  const { DATADOG_SITE: datadogSite = context['datadogSite'] } = process.env;
  const { parts, customisation } = readContentChoice({ ...context, datadogSite });
  return contentItems(parts, customisation);
}

async function writeFiles(
  folder: string,
  { context, force = false, json = false }: ExportOptions,
): Promise<void> {
  const items = itemsFor(readContext(context));
  const files = await exportContent(folder, items, { replace: force });
  const paths = [...new Set(items.map(({ kind }) => kind))].map((kind) => [`${kind}s`, KINDS[kind].path]);
  outputFor(json).result(
    { files, paths: Object.fromEntries(paths) },
    [
      ...files,
      '',
      'Send each file as the body of a POST to Datadog’s API:',
      table(undefined, paths).replace(/^/gm, '  '),
      'A dashboard can also be pasted: New Dashboard, Configure > Import dashboard JSON.',
    ].join('\n'),
  );
}

async function plan({ context: pairs, json = false, stack, ...choice }: PlanOptions): Promise<void> {
  const context = readContext(pairs);
  const lines = await planContent(apiFor(context), itemsFor(context));
  const ids = stack === undefined ? [] : await installedIds(await connectAws(choice, stack), stack);
  outputFor(json).result(
    { lines, ...(stack !== undefined && { stack: { name: stack, ids } }) },
    [planText(lines), ...(stack === undefined ? [] : ['', stackText(stack, ids, lines)])].join('\n'),
  );
}

async function order({ context: pairs, json = false }: Options): Promise<void> {
  const api = apiFor(readContext(pairs));
  const fixed = await fixOrder(api);
  outputFor(json).result(
    { pipeline: fixed.ours.id, movedBelow: fixed.below.map(({ id }) => id) },
    orderText(fixed),
  );
}

const collect = (pair: string, others: string[]) => [...others, pair];

const program = new Command('npm run datadog --')
  .version(VERSION)
  .description('The Datadog content (pipeline, dashboards, rules, monitors) without a deployment.');
withExamples(program, EXAMPLES, NOTE);

const subcommand = (name: string, description: string) =>
  program
    .command(name)
    .description(description)
    .option('-c, --context <key=value>', 'a setting of the deployment; may be repeated', collect, [])
    .option('--json', 'print one line of JSON');

subcommand('export', 'write every item as JSON')
  .argument('<dir>', 'folder to write into')
  .option('--force', 'replace files that exist')
  .action(writeFiles);
subcommand('plan', 'show what a deployment would change; keys from DD_API_KEY and DD_APP_KEY')
  .option('--stack <name>', 'also show whether the items of this stack are in the organisation (reads AWS)')
  .option(
    '--region <name>',
    'AWS region of the stack (default: AWS_REGION, awsRegion in cdk.json, or that of the profile)',
  )
  .option('--profile <name>', 'AWS profile')
  .action(plan);
subcommand(
  'order',
  'move our log pipeline below the hosted one, if that runs after it; keys as for plan',
).action(order);

await runTool(program);
