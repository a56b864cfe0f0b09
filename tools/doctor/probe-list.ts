import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { DAY_SECONDS } from '../../lambda/limits.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { ForwarderError } from '../../lambda/shared/errors.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { type EndpointPatch, type Probe, STREAM_OF, withPatch } from './probe.ts';
import type { Reply } from './requests.ts';
import { recordLists, recordsAt } from './response-body.ts';

/** Where the endpoint is, and where its answers hold the records. */

const LONG_DAYS = 30;

const PREFIXES = ['/api/v1', '/api/v2', '/api', '/v1', '/api/public/v1', '/public-api/v1', '/rest/v1'];
const NAMES = {
  alerts: ['alerts'],
  auditLogs: ['audit-logs', 'auditLogs', 'audit_logs', 'audit'],
  alertTypes: ['alert-types', 'alertTypes', 'alert_types'],
} as const;

const ADDRESS_FIX =
  'Look up the path in the API reference of your Valence tenant and set it in valenceApi, for example {"alerts":{"path":"/..."}}.';

const fixOf = ({ status, error }: Reply): string =>
  status === undefined && error instanceof ForwarderError ? error.fix : ADDRESS_FIX;

/** The records of the first page that was found. */
export interface Sample {
  records: JsonObject[];
  reply: Reply;
  /** Undefined for a list without times. */
  range: Range | undefined;
}

const rangeOf = (days: number, now: number): Range => ({ from: now - days * DAY_SECONDS, to: now });

/** Ways to ask, the profile's own first; the first one that is answered well is taken. */
function* waysToAsk({ timeUnit, pageSize }: EndpointProfile): Generator<EndpointPatch> {
  yield {};
  for (const unit of (['s', 'ms', 'iso'] as const).filter((other) => other !== timeUnit))
    yield { timeUnit: unit };
  if (pageSize !== null && pageSize > 100) yield { pageSize: 100 };
  yield { pageSizeParam: null };
  yield { fromParam: null, toParam: null };
}

/** Finds an answer at all. A refused query may be one parameter's fault, a missing page the path's. */
async function findAnswer(probe: Probe, range: Range | undefined): Promise<Reply> {
  const { ask, profile, endpoint } = probe;
  const first = await ask.page(profile, range);
  if (first.answer) {
    probe.matched('path', `${profile.path} answers`);
    return first;
  }
  if (first.status === 400 || first.status === 422) {
    for (const way of waysToAsk(profile)) {
      const reply = await ask.page(withPatch(profile, way), range);
      if (!reply.answer) continue;
      probe.matched('path', `${profile.path} answers`);
      const [[key, value] = ['parameters', '']] = Object.entries(way);
      probe.corrected(
        key,
        `the API refuses the query of the profile; with ${key} ${String(value)} it accepts it`,
        way,
      );
      return reply;
    }
  }
  const missing = first.status === 404 || first.status === 405 || first.status === 200;
  for (const path of missing
    ? PREFIXES.flatMap((prefix) => NAMES[endpoint].map((name) => `${prefix}/${name}`))
    : []) {
    if (path === profile.path) continue;
    const reply = await ask.page(withPatch(profile, { path }), range);
    if (!reply.answer || recordLists(reply.answer.body).length === 0) continue;
    probe.corrected('path', `${profile.path} does not exist; ${path} does`, { path });
    return reply;
  }
  return first;
}

/** The records of a page, by the profile or by what is found in it. */
function readItems(probe: Probe, body: unknown): JsonObject[] | undefined {
  const { itemsPath } = probe.profile;
  const where = (path: string) => (path === '' ? 'the body itself' : `"${path}"`);
  const records = recordsAt(body, itemsPath);
  if (records) {
    probe.matched('itemsPath', `records are at ${where(itemsPath)}`);
    return records;
  }
  const [found] = recordLists(body);
  if (found === undefined) {
    probe.differs(
      'itemsPath',
      `there is no list of records at ${where(itemsPath)}, nor at any other path`,
      'Ask Valence what this path returns; the path itself may be wrong.',
    );
    return undefined;
  }
  probe.corrected('itemsPath', `there is no list at ${where(itemsPath)}, but one at ${where(found)}`, {
    itemsPath: found,
  });
  return recordsAt(body, found);
}

/** Looks for records further back, in other time units, and without a range. */
async function findRecords(probe: Probe, now: number): Promise<Sample | undefined> {
  const long = rangeOf(LONG_DAYS, now);
  const { profile } = probe;
  const others = (['s', 'ms', 'iso'] as const).filter((unit) => unit !== profile.timeUnit);
  const ways: EndpointPatch[] = [
    {},
    ...others.map((timeUnit) => ({ timeUnit })),
    { fromParam: null, toParam: null },
  ];
  for (const way of ways) {
    const asked = withPatch(profile, way);
    const reply = await probe.ask.page(asked, long);
    const records = reply.answer && recordsAt(reply.answer.body, asked.itemsPath);
    if (!records || records.length === 0) continue;
    if (way.timeUnit) {
      probe.corrected(
        'timeUnit',
        `no records when requested in "${profile.timeUnit}", some in "${way.timeUnit}"`,
        way,
      );
    }
    // Whether the parameters' names are to blame is found out with the bounds.
    return { records, reply, range: long };
  }
  return undefined;
}

/**
 * Finds the path of the endpoint and the place of its records.
 * @param now epoch seconds
 * @returns the records found; undefined when there is no usable answer
 */
export async function probeList(probe: Probe, now: number): Promise<Sample | undefined> {
  const timed = STREAM_OF[probe.endpoint] !== undefined;
  const range = timed ? rangeOf(1, now) : undefined;
  const reply = await findAnswer(probe, range);
  if (!reply.answer) {
    const text = reply.error instanceof Error ? reply.error.message : 'no answer';
    probe.differs('path', text, fixOf(reply));
    return undefined;
  }
  const records = readItems(probe, reply.answer.body);
  if (!records) return undefined;
  if (records.length > 0 || !timed) return { records, reply, range };
  return (await findRecords(probe, now)) ?? { records, reply, range };
}
