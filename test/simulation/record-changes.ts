import { STREAMS, type Stream } from '../../lambda/contract.ts';
import type { Log } from '../../lambda/forwarder/core/logs/types.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Random } from './random.ts';
import type { Scenario, Window } from './scenario.ts';
import { FOREVER, LATENESS_MARGIN_SECONDS, type Truth, type Version, versionAt } from './truth.ts';

/** How records may change without an edit. Drawn apart, as `dislikes.ts`. */
export const CHANGE_FAULTS = ['changing shapes', 'moved alert times', 'provisional records'] as const;
export type ChangeFault = (typeof CHANGE_FAULTS)[number];

const DRAWN_TOGETHER: readonly ChangeFault[] = ['changing shapes', 'moved alert times'];

export const drawChangeFaults = (random: Random, provisionalRandom: Random): ChangeFault[] => [
  ...DRAWN_TOGETHER.filter(() => random.chance(0.08)),
  ...(provisionalRandom.chance(0.2) ? (['provisional records'] as const) : []),
];

const SECOND = 1000;

/** What a log of the record has as its message. */
export const messageOf = (record: JsonObject): string => String(record['details'] ?? record['summaryLine']);

const inFormOf = (message: string, form: unknown): string =>
  form === undefined ? message : `${message}~${form}`;

/** Names the content of a record: its message, and in what form the source shows it. */
export const contentOf = (record: JsonObject): string => inFormOf(messageOf(record), record['form']);

/** The same of the record that a log is about. */
export function contentOfLog({ message = '', alert, valence_forwarder: { extra } }: Log): string {
  const further = alert ?? extra;
  return inFormOf(message, typeof further === 'object' ? further['form'] : undefined);
}

/** A version in another form: with a field that it had not before. */
function inForm({ from, record }: Version, form: string, change: JsonObject = {}): Version {
  const changed = { ...record, ...change, form: [record['form'], form].filter(Boolean).join(', ') };
  return { from, record: changed, content: contentOf(changed) };
}

/**
 * The records of a scenario, changed as its faults say: the source adds a field to all records of a stream at some moment, and may take
 * it away again; it dates alerts anew; and it shows records before they are final.
 */
export function withChanges(scenario: Scenario, random: Random, provisionalRandom: Random): Truth[] {
  const { faults } = scenario;
  // What is filed under another time appears later, so an alert would be there twice.
  const isFiledByOwnTime = !faults.has('another time filtered');
  let { truths } = scenario;
  if (faults.has('moved alert times') && isFiledByOwnTime) truths = withMovedTimes(scenario, random);
  if (faults.has('provisional records') && isFiledByOwnTime)
    truths = withProvisional({ ...scenario, truths }, provisionalRandom);
  return faults.has('changing shapes') ? withShapes({ ...scenario, truths }, random) : truths;
}

/** Some records change or vanish for a while before their range has settled. */
function withProvisional({ truths, settings, server }: Scenario, random: Random): Truth[] {
  const isAlone = ({ stream, versions: [{ content }] }: Truth) =>
    truths.filter((other) => other.stream === stream && other.versions[0].content === content).length === 1;
  return truths.map((truth) => {
    const { time, shown, versions } = truth;
    const [window] = shown;
    if (time === undefined || !window || shown.length > 1 || truth.waits || truth.leaves) return truth;
    const settledAt = (time + settings.settleSeconds - server.offset - 1) * SECOND;
    const { from, to } = window;
    if (from + 2 * SECOND > settledAt || to !== FOREVER || !isAlone(truth) || !random.chance(0.5))
      return truth;
    const gone = random.between(from + 1, settledAt - 1);
    const back = random.between(gone + 1, settledAt);
    const [first, ...later] = versions;
    if (random.chance(0.5))
      return {
        ...truth,
        shown: [
          { from, to: gone },
          { from: back, to },
        ],
      };
    if (truth.vuid !== undefined || later.length > 0) return truth;
    return { ...truth, versions: [inForm(first, 'provisional'), { ...first, from: back }] };
  });
}

function withShapes({ truths, start, faultsEnd }: Scenario, random: Random): Truth[] {
  const from = random.between(start, faultsEnd);
  const to = random.chance(0.3) ? random.between(from, faultsEnd) : FOREVER;
  const streams = random.pick<readonly Stream[]>([['alerts'], ['audit-logs'], STREAMS]);
  return truths.map((truth) =>
    streams.includes(truth.stream) ? { ...truth, versions: reshaped(truth, { from, to }) } : truth,
  );
}

function reshaped(truth: Truth, { from, to }: Window): Truth['versions'] {
  const [first, ...later] = truth.versions;
  const moments = new Set([...later.map((version) => version.from), from, to]);
  const reached = [...moments].filter((moment) => moment > first.from && moment !== FOREVER);
  const versionFrom = (moment: number): Version => {
    const version = { ...versionAt(truth, moment), from: moment };
    return moment >= from && moment < to ? inForm(version, 'reshaped') : version;
  };
  return [versionFrom(first.from), ...reached.sort((one, other) => one - other).map(versionFrom)];
}

/** Each alert that is dated anew ends, and goes on as another one with the same id. */
function withMovedTimes({ truths, settings, server }: Scenario, random: Random): Truth[] {
  const latest = settings.lookbackSeconds - LATENESS_MARGIN_SECONDS;
  const movedOnes: Truth[] = [];
  const stayed = truths.map((truth) => {
    const [{ from }] = truth.shown as [Window];
    const at = from + random.between(60, 3600) * SECOND;
    const seconds = Math.floor(at / SECOND) + server.offset;
    if (!isMovable(truth, seconds) || !random.chance(0.3)) return truth;
    const time = random.between(seconds - latest, seconds);
    const { versions } = truth;
    const movedTo = (version: Version) => inForm(version, 'moved', { creationTimestamp: time });
    movedOnes.push({
      ...truth,
      id: truths.length + movedOnes.length,
      time,
      shown: [{ from: at, to: FOREVER }],
      versions: [
        movedTo({ ...versionAt(truth, at), from: at }),
        ...versions.filter((version) => version.from > at).map(movedTo),
      ],
    });
    return { ...truth, shown: [{ from, to: at }] };
  });
  return [...stayed, ...movedOnes];
}

/** @param seconds epoch seconds of the move, by the server's clock */
function isMovable({ vuid, time, shown, waits, leaves }: Truth, seconds: number): boolean {
  if (vuid === undefined || time === undefined || time > seconds) return false;
  return shown.length === 1 && shown[0]?.to === FOREVER && !waits && !leaves;
}
