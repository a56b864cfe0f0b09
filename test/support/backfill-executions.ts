import { backfillDefinition } from '../../infra/backfill-definition.ts';
import type { StateMachine } from '../../tools/stand-ins/aws/state-machine/definition.ts';
import { execute } from '../../tools/stand-ins/aws/state-machine/execute.ts';

export const HOUR = 3600;
export const FROM = 1_767_000_000;
export const FIRST_HOUR = Math.floor(FROM / HOUR) * HOUR;

export const definition = backfillDefinition({
  functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:forwarder',
  invokeArn: 'arn:aws:states:::lambda:invoke',
  concurrency: 4,
}) as StateMachine;

export interface Payload {
  action: string;
  stream: string;
  from: number;
  to: number;
}

/** What the function answers, by default for a range filled to its end. */
export const answer = ({ stream, from, to }: Payload, change: object = {}) => ({
  status: 'ok',
  stream,
  from,
  to,
  coveredTo: to,
  fetched: 10,
  forwarded: 7,
  duplicates: 2,
  filtered: 0,
  quarantined: 1,
  skipped: null,
  error: null,
  ...change,
});

interface Result {
  stream: string;
  from: number;
  to: number;
  slices: number;
  done: number;
  fetched: number;
  forwarded: number;
  duplicates: number;
  quarantined: number;
  failures: { start: number; from: number; to: number; failure: { error: string; cause: string } }[];
}

/** Executes the definition over a function of the given answers. */
export async function backfillOver(
  input: object,
  respond: (payload: Payload, call: number) => object = (payload) => answer(payload),
) {
  const payloads: Payload[] = [];
  const waits: number[] = [];
  const result = (await execute(definition, input, {
    invoke: async (payload) => {
      payloads.push(payload as Payload);
      return respond(payload as Payload, payloads.length);
    },
    wait: (seconds) => void waits.push(seconds),
  })) as Result;
  return { result, payloads, waits };
}

export const hours = (from: number, count: number) => ({
  stream: 'audit-logs',
  from,
  to: from + count * HOUR,
});
