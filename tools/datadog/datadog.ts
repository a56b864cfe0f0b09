import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { readContentChoice } from '../../infra/context/content.ts';
import { contentItems } from '../../infra/datadog/content.ts';
import { datadogApi } from '../../lambda/content-installer/datadog-api.ts';
import { KINDS } from '../../lambda/content-installer/kinds.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { deadlineIn, systemClock } from '../../lambda/shared/clock.ts';
import { environmentKey } from '../cli/environment-key.ts';
import { type Example, withExamples } from '../cli/help.ts';
import { localProxy } from '../cli/local-proxy.ts';
import { table } from '../cli/table.ts';
import { printLine } from '../cli/terminal.ts';
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

/** Settings of the deployment in this folder, as the CDK reads them. */
const SETTINGS_FILE = 'cdk.json';

/** The settings of the deployment: cdk.json's, if there is one, then those of the command line. */
function readContext(pairs: readonly string[]): Context {
  const text = existsSync(SETTINGS_FILE) ? readFileSync(SETTINGS_FILE, 'utf8') : '{}';
  const { context = {} } = JSON.parse(text) as { context?: Context };
  return contextWith(context, pairs);
}

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
}

interface PlanOptions extends Options, AwsChoice {
  stack?: string;
}

function itemsFor(context: Context) {
  const { DATADOG_SITE: datadogSite = context['datadogSite'] } = process.env;
  const { parts, customisation } = readContentChoice({ ...context, datadogSite });
  return contentItems(parts, customisation);
}

async function writeFiles(folder: string, { context }: Options): Promise<void> {
  const items = itemsFor(readContext(context));
  for (const file of await exportContent(folder, items)) printLine(file);
  const paths = [...new Set(items.map(({ kind }) => kind))].map((kind) => [`  ${kind}s`, KINDS[kind].path]);
  printLine('\nSend each file as the body of a POST to Datadog’s API:');
  printLine(table(undefined, paths));
  printLine('A dashboard can also be pasted: New Dashboard, Configure > Import dashboard JSON.');
}

async function plan({ context: pairs, stack, ...choice }: PlanOptions): Promise<void> {
  const context = readContext(pairs);
  const lines = await planContent(apiFor(context), itemsFor(context));
  printLine(planText(lines));
  if (stack === undefined) return;
  printLine(`\n${stackText(stack, await installedIds(await connectAws(choice), stack), lines)}`);
}

async function order({ context: pairs }: Options): Promise<void> {
  const api = apiFor(readContext(pairs));
  printLine(orderText(await fixOrder(api)));
}

const collect = (pair: string, all: string[]) => [...all, pair];

const program = new Command('npm run datadog --').description(
  'The Datadog content (pipeline, dashboards, rules, monitors) without a deployment.',
);
withExamples(program, EXAMPLES, NOTE);
program
  .command('export')
  .description('write every item as JSON')
  .argument('<dir>', 'folder to write into')
  .option('-c, --context <key=value>', 'a setting of the deployment', collect, [])
  .action(writeFiles);
program
  .command('plan')
  .description('show what a deployment would change; keys from DD_API_KEY and DD_APP_KEY')
  .option('-c, --context <key=value>', 'a setting of the deployment', collect, [])
  .option('--stack <name>', 'also show whether the items of this stack are in the organisation (reads AWS)')
  .option('--region <name>', 'AWS region of the stack (default: that of the environment or the profile)')
  .option('--profile <name>', 'AWS profile')
  .action(plan);

program
  .command('order')
  .description('move our log pipeline below the hosted one, if that runs after it; keys as for plan')
  .option('-c, --context <key=value>', 'a setting of the deployment', collect, [])
  .action(order);

await runTool(program);
