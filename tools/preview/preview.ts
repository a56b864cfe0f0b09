import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import { STREAMS } from '../../lambda/contract.ts';
import { functionSettings } from '../../lambda/settings/function-settings.ts';
import { isObject, type JsonObject } from '../../lambda/shared/json.ts';
import { parseJsonText, UNBOUNDED } from '../../lambda/shared/json-text.ts';
import type { RedactRules } from '../../lambda/shared/redact-path.ts';
import { VERSION } from '../../lambda/shared/version.ts';
import { timeArgument } from '../cli/arguments.ts';
import { type Example, withExamples } from '../cli/help.ts';
import { printLine } from '../cli/terminal.ts';
import { runTool } from '../cli/tool.ts';
import { ToolError } from '../cli/tool-error.ts';
import { eachPostedLog, type PreviewInput, previewLogs } from './data/preview-logs.ts';
import { showPreview } from './serve.ts';

/** Entry of `npm run preview`. */

const EXAMPLES: readonly Example[] = [
  ['npm run preview -- examples/records.json', 'records of a made-up tenant, as Datadog shows them'],
  ['npm run preview -- --open records.json', 'see the dashboards over these records'],
  ["npm run --silent preview -- records.json | jq '.[0].attributes.usr'", 'the users as Datadog knows them'],
  ['npm run --silent preview -- - --pretty < records.json', 'from standard input, with indentation'],
  [`npm run preview -- records.json --redact '{"hash":["actor"]}'`, 'what is left when actors are hashed'],
  [
    'npm run preview -- records.json --now 2026-01-02T00:00:00Z',
    'which records get another date when forwarded then',
  ],
];

const FORMAT = `FILE holds a JSON array such as
  [{"stream": "audit-logs", "record": {"actor": "ann@example.com",
    "action": "User signed in", "success": true, "ipAddress": "192.0.2.7",
    "details": "...", "timeEpoch": 1767000000}},
   {"stream": "alerts", "record": {"vuid": "...",
    "alertType": {"severity": "High"}, "events": []}}]`;

const RESULT =
  'Without --open the output is a JSON array of {service, status, timestamp, message, attributes}, one for each record; timestamp is in epoch milliseconds. It has no geo-IP and user-agent details, which Datadog looks up in its own databases.';

const INPUTS: z.ZodMiniType<PreviewInput[]> = z.array(
  z.object({
    stream: z.enum(STREAMS),
    record: z.custom<JsonObject>(isObject, 'Invalid input: expected a record, which is an object'),
  }),
);

/** In place of a file, on every system: `/dev/stdin` is not on Windows. */
const STANDARD_INPUT = '-';

const nameOf = (file: string) => (file === STANDARD_INPUT ? 'Standard input' : file);

/** @throws {ToolError} when it cannot be read or has a wrong form; its content is not quoted */
function readInputs(file: string): PreviewInput[] {
  let text: string;
  try {
    text = readFileSync(file === STANDARD_INPUT ? process.stdin.fd : file, 'utf8');
  } catch (error) {
    throw new ToolError(`${nameOf(file)} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  let content: unknown;
  try {
    content = parseJsonText(text, UNBOUNDED);
  } catch {
    throw new ToolError(`${nameOf(file)} is not JSON. It must hold an array of {"stream", "record"}.`);
  }
  const inputs = INPUTS.safeParse(content, { error: z.locales.en().localeError });
  if (!inputs.success) {
    throw new ToolError(
      `${nameOf(file)} must hold an array of {"stream", "record"}:\n${z.prettifyError(inputs.error)}`,
    );
  }
  return inputs.data;
}

/** @throws {InvalidArgumentError} what is wrong with the rules */
function redactArgument(text: string): RedactRules {
  const rules = functionSettings.redact.value.environment.safeParse(text);
  if (rules.success) return rules.data;
  throw new InvalidArgumentError(`It must be ${functionSettings.redact.value.allowed.environment}.`);
}

interface Options {
  /** Epoch seconds. */
  now?: number;
  redact?: RedactRules;
  open?: boolean;
  pretty?: boolean;
  json?: boolean;
}

async function preview(
  file: string,
  { now, redact, open, json = false, pretty = process.stdout.isTTY && !json }: Options,
): Promise<void> {
  const inputs = readInputs(file);
  const otherwise = Math.floor(Date.now() / 1000);
  if (open) {
    if (inputs.length === 0)
      throw new ToolError(`${nameOf(file)} holds no record, so there is nothing to show.`);
    const logs = {
      length: inputs.length,
      [Symbol.iterator]: () => eachPostedLog(inputs, now, otherwise, redact),
    };
    await showPreview({ logs, origin: basename(nameOf(file)), isSample: false }, printLine);
    return;
  }
  printLine(JSON.stringify(previewLogs(inputs, now, otherwise, redact), null, pretty ? 2 : 0));
}

const program = new Command('npm run preview --')
  .version(VERSION)
  .description(
    'Shows records as Datadog shows them: through the forwarder and its log pipeline, on this machine.',
  )
  .argument('<file>', 'JSON file with an array of {"stream", "record"}; - for standard input')
  .option('--pretty', 'print the JSON with indentation (default: on a terminal)')
  .addOption(
    new Option('--json', 'print the JSON in one line, also on a terminal').conflicts(['pretty', 'open']),
  )
  .option('--open', 'serve dashboards, logs and signals over these records on a page of this machine')
  .option(
    '--now <time>',
    "when the records are forwarded: ISO 8601 with its zone, a length such as 3h before now, or epoch seconds (default: each record's own time)",
    timeArgument,
  )
  .option(
    '--redact <json>',
    'what is redacted, as in the setting redact; hashes and fingerprints differ from those of a forwarder',
    redactArgument,
  )
  .action(preview);

withExamples(program, EXAMPLES, FORMAT, RESULT);

await runTool(program);
