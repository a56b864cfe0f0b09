import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { STREAMS } from '../../lambda/contract.ts';

import { epochSeconds } from '../../lambda/forwarder/core/records/time.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { parseJsonText } from '../../lambda/shared/json-text.ts';
import { LocalRunError } from '../cli/local-run-error.ts';
import { systemErrorText } from '../cli/system-error.ts';
import { type PreviewInput, previewLogs } from './preview-logs.ts';

/** Entry of `npm run preview`. */

const EXAMPLES = `
FILE holds a JSON array such as
  [{"stream": "audit-logs", "record": {"actor": "ann@example.com", "action": "User signed in",
    "success": true, "ipAddress": "192.0.2.7", "details": "...", "timeEpoch": 1767000000}},
   {"stream": "alerts", "record": {"vuid": "...", "alertType": {"severity": "High"}, "events": []}}]

What is printed is a JSON array of {service, status, timestamp, message, attributes}, one for each record; timestamp is
in epoch milliseconds. What Datadog looks up in databases of its own, geo-IP and user-agent details, is left out.

Examples:
  npm run --silent preview -- records.json | jq '.[0].attributes.usr'
  npm run preview -- records.json --now 2026-01-02T00:00:00Z    what is re-dated when forwarded then
`;

function readTime(text: string): number {
  const time = epochSeconds(text);
  if (time === undefined) throw new InvalidArgumentError('Give epoch seconds or an ISO 8601 date.');
  return time;
}

interface Arguments {
  file: string;
  /** Epoch seconds. */
  now: number | undefined;
}

function readArguments(args: readonly string[]): Arguments {
  const command = new Command('npm run preview --')
    .description(
      'Shows records as Datadog shows them: through the forwarder and its log pipeline, on this machine.',
    )
    .argument('<file>', 'JSON file with an array of {"stream", "record"}')
    .option(
      '--now <time>',
      "when the records are forwarded, epoch seconds or ISO 8601 (default: each record's own time)",
      readTime,
    )
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .showHelpAfterError('Add --help for a description of the file.')
    .parse(args, { from: 'user' });
  return { file: command.args[0] as string, now: command.opts<{ now?: number }>().now };
}

const INPUTS: z.ZodType<PreviewInput[]> = z.array(
  z.object({
    stream: z.enum(STREAMS),
    record: z.custom<JsonObject>(
      (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
      'Invalid input: expected a record, which is an object',
    ),
  }),
);

/** @throws {LocalRunError} when it cannot be read, or is not what it must be; its content is not quoted */
function readInputs(file: string): PreviewInput[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new LocalRunError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  let content: unknown;
  try {
    content = parseJsonText(text);
  } catch {
    throw new LocalRunError(`${file} is not JSON. It must hold an array of {"stream", "record"}.`);
  }
  const inputs = INPUTS.safeParse(content);
  if (!inputs.success) {
    throw new LocalRunError(
      `${file} must hold an array of {"stream", "record"}:\n${z.prettifyError(inputs.error)}`,
    );
  }
  return inputs.data;
}

function main(): void {
  const { file, now } = readArguments(process.argv.slice(2));
  const logs = previewLogs(readInputs(file), now, Math.floor(Date.now() / 1000));
  // People get it spread out, programs on one line.
  process.stdout.write(`${JSON.stringify(logs, null, process.stdout.isTTY ? 2 : 0)}\n`);
}

// `| head` closes the pipe: enough was seen.
process.stdout.on('error', () => process.exit());

try {
  main();
} catch (error) {
  const text = error instanceof LocalRunError ? error.message : systemErrorText(error);
  process.stderr.write(`${text ?? (error as Error).stack}\n`);
  process.exitCode = 1;
}
