import { isDeepStrictEqual } from 'node:util';
import { backfillDefinition } from '../../../infra/backfill-definition.ts';
import { costOfBackfill, estimateBackfill } from '../../../tools/ops/backfill-estimate.ts';
import type { StateMachine } from '../../../tools/stand-ins/aws/state-machine/definition.ts';
import { execute } from '../../../tools/stand-ins/aws/state-machine/execute.ts';
import { invokeBackfill } from './lambda.ts';
import type { Exactness } from './tally.ts';
import { STREAM, type YearSettings, YearWorld } from './world.ts';
import { HOUR_SECONDS } from './year.ts';

const MIB = 1024 * 1024;

const MAX_EXECUTIONS = 5;

/** The result of the state machine. */
interface MachineResult {
  slices: number;
  done: number;
  fetched: number;
  forwarded: number;
  duplicates: number;
  quarantined: number;
  failures: object[];
}

/** Whether nothing is missing, nothing was repeated without need, and every slice is done. */
export const isExact = ({ result, exactness, liveStateUntouched }: YearOutcome): boolean =>
  result.done === result.slices &&
  exactness.missing === 0 &&
  exactness.repeated <= exactness.inDoubt &&
  liveStateUntouched;

/** The outcome of the backfill of a year. */
export interface YearOutcome {
  records: number;
  /** The result of the last execution. */
  result: MachineResult;
  exactness: Exactness;
  /** Whether the state of the live run is unchanged. */
  liveStateUntouched: boolean;
  /** How often the state machine was started. */
  executions: number;
  /** How long it took, in virtual seconds. */
  seconds: number;
  invocations: number;
  killed: number;
  billedSeconds: number;
  transitions: number;
  sourceRequests: number;
  posts: number;
  /** Compressed. */
  postedGb: number;
  writeUnits: number;
  readUnits: number;
  quarantinePuts: number;
  usd: ReturnType<typeof costOfBackfill>;
  /** The estimate of `npm run ops -- backfill --dry-run`. */
  estimate: ReturnType<typeof estimateBackfill>;
  busiestHour: number;
  /** Of this process: every machine, the ledger, a byte for each record. */
  peakMemoryMiB: number;
  ledgerMiB: number;
}

export interface Progress {
  slicesEnded: number;
  slices: number;
  accepted: number;
  /** Virtual. */
  seconds: number;
}

/**
 * Fills a year through the state machine's own definition, with the production code of the function on machines that virtual
 * time drives.
 * @param onProgress called whenever a slice begins or ends
 */
export async function simulateYear(
  settings: YearSettings,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<YearOutcome> {
  const world = new YearWorld(settings);
  const { time, measures, year, tally, table, random } = world;
  const { concurrency, memoryMiB, pageSize } = settings;
  const startedAt = time.now;
  const liveState = table.read(STREAM);
  const seconds = () => (time.now - startedAt) / 1000;
  const pass = (length: number) =>
    new Promise<void>((resolve) => time.at(time.now + length * 1000, () => resolve()));
  const definition = backfillDefinition({ functionArn: 'function', invokeArn: 'invoke', concurrency });

  const executeOnce = async () =>
    (await execute(
      definition as StateMachine,
      { stream: STREAM, from: year.from, to: year.to },
      {
        invoke: (payload) => invokeBackfill(world, payload),
        wait: pass,
        pause: (length) => pass(random.next() * length),
        onTransition: () => {
          measures.transitions++;
        },
        onItems: ({ total, pending, running }) =>
          onProgress({
            slicesEnded: total - pending - running,
            slices: total,
            accepted: tally.accepted,
            seconds: seconds(),
          }),
      },
    )) as MachineResult;

  let executions = 0;
  let ended: { result: MachineResult; seconds: number } | undefined;
  /** Starts the backfill again until every slice is done, as an operator does. */
  const executeUntilDone = async () => {
    for (;;) {
      executions++;
      const result = await executeOnce();
      ended = { result, seconds: seconds() };
      if (result.done === result.slices || executions === MAX_EXECUTIONS) return;
    }
  };
  let failure: unknown;
  const work = executeUntilDone().catch((error: unknown) => {
    failure = error;
  });
  await begun();
  await time.run();
  if (failure) throw failure;
  if (!ended) throw new Error('The backfill never ended.');
  await work;
  const { result } = ended;

  const hours = (year.to - year.from) / HOUR_SECONDS;
  const { billedMs, invocations, transitions, writeUnits, readUnits, postedGb } = measures;
  return {
    records: year.records,
    result,
    exactness: tally.exactness(),
    liveStateUntouched: isDeepStrictEqual(table.read(STREAM), liveState),
    executions,
    seconds: Math.round(ended.seconds),
    invocations,
    killed: measures.killed,
    billedSeconds: Math.round(billedMs / 1000),
    transitions,
    sourceRequests: measures.sourceRequests,
    posts: measures.posts,
    postedGb,
    writeUnits,
    readUnits,
    quarantinePuts: measures.quarantinePuts,
    usd: costOfBackfill({
      busySeconds: billedMs / 1000,
      invocations,
      memoryMiB,
      writeUnits,
      readUnits,
      transitions,
      trafficGb: postedGb,
    }),
    estimate: estimateBackfill({
      hours,
      slices: result.slices,
      records: year.records,
      pageSize,
      concurrency,
      memoryMiB,
    }),
    busiestHour: year.busiestHour,
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    ledgerMiB: Math.round(measures.ledgerBytes / MIB),
  };
}

/** Lets the execution proceed until it waits for virtual time, which passes only from event to event. */
const begun = () => new Promise<void>((resolve) => setImmediate(resolve));
