import type { Stream } from '../../lambda/contract.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { PAST_SECONDS } from './other-actions.ts';
import type { Random } from './random.ts';
import type { Scenario, Window } from './scenario.ts';

/** What an alert or audit record says from some moment on. */
export interface Version {
  /** Epoch milliseconds of the true time. */
  from: number;
  /** Names the content: the log's message, by which a log is traced back to its truth. */
  content: string;
  record: JsonObject;
}

/** One thing that happened, as the source holds it. */
export interface Truth {
  id: number;
  stream: Stream;
  /** Epoch seconds by the server's clock; undefined when the record has no usable time. */
  time: number | undefined;
  /** By what the source files it, where that is not its own time; epoch seconds. */
  filedAt?: number;
  /** When the source shows it, epoch milliseconds of the true time. */
  shown: Window[];
  versions: [Version, ...Version[]];
  vuid: string | undefined;
  /** Severity `Low`, which a setting may filter out. */
  low: boolean;
  /** Appears at a request for a later page. */
  waits: boolean;
  /** Disappears at a request for a later page. */
  leaves: boolean;
}

export const ALERT_TYPES: readonly JsonObject[] = [
  { vuid: 'type-high', name: 'High', severity: 'High' },
  { vuid: 'type-low', name: 'Low', severity: 'Low' },
];

const SECOND = 1000;

/** A record must be there this long before its look-back ends; see the promises in docs/architecture.md. */
export const LATENESS_MARGIN_SECONDS = 600;

/** The end of what does not end. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

export const isShown = ({ shown, waits }: Truth, at: number): boolean =>
  !waits && shown.some(({ from, to }) => at >= from && at < to);

/** The time by which ranges show a record. */
export const listedAt = ({ filedAt, time }: Truth): number | undefined => filedAt ?? time;

/** What all records of one alert share; of other records each has its own. */
export const identityOf = ({ id, vuid }: Truth): string => vuid ?? `${id}`;

export const versionAt = ({ versions }: Truth, at: number): Version =>
  versions.findLast(({ from }) => from <= at) ?? versions[0];

/** Everything that happens in a scenario, by a fresh source of chance. */
export function makeTruth(scenario: Scenario, random: Random): Truth[] {
  const { faults, settings, server, start, faultsEnd, profile } = scenario;
  const truths: Truth[] = [];
  const density = scenario.density ?? random.pick([8, 20, 50]);
  const latest = settings.lookbackSeconds - LATENESS_MARGIN_SECONDS;
  const firstTime =
    serverTime(start) - settings.initialLookbackSeconds - (faults.has('backfills') ? PAST_SECONDS : 600);
  const lastTime = serverTime(faultsEnd) + 1200;

  for (const stream of ['alerts', 'audit-logs'] as const) {
    const count = random.between(3, density);
    const burst = random.between(firstTime, lastTime);
    for (let index = 0; index < count; index++) {
      const inBurst = random.chance(0.3);
      addGroup(
        stream,
        inBurst ? Math.min(lastTime, burst + random.between(0, 30)) : random.between(firstTime, lastTime),
      );
    }
  }
  return truths;

  function serverTime(ms: number): number {
    return Math.floor(ms / SECOND) + server.offset;
  }

  function trueTime(seconds: number): number {
    return (seconds - server.offset) * SECOND;
  }

  /** One record, or several identical ones. */
  function addGroup(stream: Stream, time: number): void {
    const twins = stream === 'audit-logs' && faults.has('identical records') && random.chance(0.4);
    const size = twins ? random.between(2, 7) : 1;
    const vuid =
      stream === 'alerts' && !(faults.has('records without vuid') && random.chance(0.3))
        ? `v${truths.length}`
        : undefined;
    const undated = faults.has('undated records') && random.chance(0.15);
    const future = !undated && faults.has('future records') && random.chance(0.1);
    const indexed = undated ? undefined : future ? time + random.between(3600, 30 * 86_400) : time;
    const written = undated ? random.pick([undefined, null, 'soon', 0, -5]) : writtenTime(indexed ?? 0);
    const low = stream === 'alerts' && random.chance(0.3);
    const padding = faults.has('records too large') && random.chance(0.15) ? 'x'.repeat(9000) : '';
    const rejected = faults.has('rejected records') && random.chance(0.2) ? '!' : '';
    const base = `${stream === 'alerts' ? 'v' : 'a'}${truths.length}${rejected}`;
    const record = (content: string): JsonObject =>
      stream === 'alerts'
        ? alertRecord(content, vuid, written, low, padding)
        : {
            actor: 'ada@example.com',
            timeEpoch: written,
            success: true,
            ipAddress: '192.0.2.7',
            action: 'User signed in',
            details: content,
            ...(padding && { blob: padding }),
          };
    for (let copy = 0; copy < size; copy++) {
      const appears = trueTime(time) + delay() * SECOND;
      const shown = size === 1 ? visibility(appears) : [{ from: appears, to: FOREVER }];
      truths.push({
        id: truths.length,
        stream,
        time: indexed,
        vuid,
        low,
        shown,
        waits: size === 1 && faults.has('insertions while paging') && random.chance(0.2),
        leaves: size === 1 && faults.has('removals while paging') && random.chance(0.1),
        versions: vuid
          ? edits(base, record, appears)
          : [{ from: appears, content: base, record: record(base) }],
      });
    }
  }

  /** Seconds between a record's time and its first showing. */
  function delay(): number {
    if (faults.has('late records') && random.chance(0.3)) return random.between(0, latest);
    return random.between(0, settings.settleSeconds - 10);
  }

  function visibility(appears: number): [Window, ...Window[]] {
    const forever = { from: appears, to: FOREVER };
    if (profile === 'core' || !faults.has('vanishing records') || !random.chance(0.2)) return [forever];
    const gone = appears + random.between(60, 3600) * SECOND;
    const first = { from: appears, to: gone };
    const back = gone + random.between(60, 3600) * SECOND;
    return random.chance(0.7) ? [first, { from: back, to: FOREVER }] : [first];
  }

  function edits(base: string, record: (content: string) => JsonObject, appears: number): Truth['versions'] {
    const versions: Truth['versions'] = [
      { from: appears, content: `${base}.0`, record: record(`${base}.0`) },
    ];
    if (!faults.has('alert edits') || !random.chance(0.4)) return versions;
    const count = random.between(1, 4);
    for (let edit = 1; edit <= count; edit++) {
      const from = (versions.at(-1)?.from ?? appears) + random.between(1, latest / 8) * SECOND;
      // Open, resolved, and open again as it was.
      const content = edit === 2 ? `${base}.0` : `${base}.${edit}`;
      versions.push({ from, content, record: record(content) });
    }
    return versions;
  }

  function writtenTime(time: number): unknown {
    if (!faults.has('odd times') || !random.chance(0.4)) return time;
    return random.pick([
      time * 1000,
      time * 1e6,
      time + 0.25,
      String(time),
      new Date(time * 1000).toISOString(),
    ]);
  }

  function alertRecord(
    content: string,
    vuid: string | undefined,
    written: unknown,
    low: boolean,
    padding: string,
  ): JsonObject {
    const type = low ? ALERT_TYPES[1] : ALERT_TYPES[0];
    return {
      ...(vuid && { vuid }),
      alertTypeVuid: type?.['vuid'],
      ...(server.embedsTypes && { alertType: type }),
      creationTimestamp: written,
      status: 'Open',
      summaryLine: content,
      events: [{ eventId: 'e1', actorUser: { name: 'Ada' }, ...(padding && { aux: { padding } }) }],
    };
  }
}
