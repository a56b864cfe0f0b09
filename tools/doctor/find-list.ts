import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { recordTime } from '../../lambda/forwarder/core/records/time.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../../lambda/limits.ts';
import { ForwarderError } from '../../lambda/shared/errors.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { PATH_NAMES } from './candidates.ts';
import {
  explainRefusal,
  findKeyWay,
  findPath,
  type Objection,
  objectionOf,
  prefixOf,
  refusalText,
} from './find-access.ts';
import { type Answered, findQuery, newestOf, WITHOUT_RANGE } from './find-query.ts';
import { type Probe, STREAM_OF, withPatch } from './probe.ts';
import type { Reply } from './requests.ts';
import { findList, looksRight, recordsAt, recordsIn } from './response-body.ts';

/** Finds an endpoint's list of records, and some records in it. */

export const LONG_DAYS = 30;

/** The newest seconds may still change, and some APIs refuse a range that ends after their own clock. */
export const SETTLE_SECONDS = 120;

/** Where records are looked for when only short ranges are answered: so many hours back. */
const HOURS_BACK = [1, 2, 3, 6, 12, 24];

const ADDRESS_FIX =
  'Look up the path in the API reference of your Valence tenant and set it in valenceApi, for example {"alerts":{"path":"/..."}}, or give the doctor the API description: npm run doctor -- --openapi FILE';

/** The records of the first page that was found. */
export interface Sample {
  records: JsonObject[];
  reply: Reply;
  /** The range that they were asked for with; undefined for none. */
  range: Range | undefined;
}

/** What another endpoint has taught. */
export interface Known {
  /** The prefix of its path. */
  prefix: string | undefined;
  /** Whether it has answered. */
  isAnswered: boolean;
  /** Whether it refused the key, in whatever way it was sent. */
  isKeyRefused: boolean;
}

/** Statuses by which an API says that it has no such list, or not for this key. */
const NOT_OFFERED: ReadonlySet<number | undefined> = new Set([403, 404, 405]);

/** Searches by what each answer objects to, until one is good or nothing helps. */
async function findAnswer(probe: Probe, range: Range | undefined, known: Known): Promise<Answered> {
  let answered: Answered = { reply: await probe.ask.page(probe.profile, range), range };
  const searched = new Set<Objection>();
  for (;;) {
    const { reply } = answered;
    const objection = objectionOf(reply);
    if (objection === 'none' || objection === 'connection' || searched.has(objection)) return answered;
    searched.add(objection);
    const found = await answerTo(objection, probe, answered, known);
    if (!found) return answered;
    answered = found;
  }
}

async function answerTo(
  objection: Objection,
  probe: Probe,
  { reply, range }: Answered,
  { prefix, isKeyRefused }: Known,
): Promise<Answered | undefined> {
  const withRange = (found: Reply | undefined) => found && { reply: found, range };
  switch (objection) {
    case 'key':
      // Trying every way again would not help.
      if (isKeyRefused) return undefined;
      return withRange(
        (await findKeyWay(probe, range, reply)) ??
          // Some gateways refuse every path that they do not know in the way in which they refuse a key.
          (reply.status === 403 ? await findPath(probe, range, reply, prefix) : undefined),
      );
    case 'path':
      return withRange(await findPath(probe, range, reply, prefix));
    case 'query':
      return findQuery(probe, range, reply);
    default:
      return undefined;
  }
}

/** Reports why there is no answer, as far as the API says so. */
async function reportNoAnswer(probe: Probe, { reply, range }: Answered, known: Known): Promise<void> {
  const { error, status } = reply;
  if (probe.endpoint === 'alertTypes' && known.isAnswered && NOT_OFFERED.has(status)) {
    probe.isAbsent = true;
    probe.corrected(
      'path',
      `the API has no list of alert types: ${probe.profile.path} is answered with ${status}`,
      {},
    );
    return;
  }
  const text = error instanceof Error ? error.message : 'no answer';
  switch (objectionOf(reply)) {
    case 'key': {
      probe.isKeyRefused = true;
      if (known.isKeyRefused) {
        probe.differs('auth', text, 'See the finding about the key above.');
        return;
      }
      const refusal = await explainRefusal(probe, range, reply);
      const fix = error instanceof ForwarderError ? `${error.fix} ` : '';
      probe.differs(
        'auth',
        `${text} ${refusalText(refusal, probe.profile)}`,
        `${fix}If the key is right, set "auth" in valenceApi as the API reference says, and check the region (VALENCE_REGION) and the role of the key.`,
      );
      return;
    }
    case 'query':
      probe.differs(
        'query',
        `${text} The path exists, and the API refuses the parameters or headers of the request.`,
        'Look up the required ones in the API reference and set fromParam, toParam, timeUnit, params or headers in valenceApi, or give the doctor the API description: npm run doctor -- --openapi FILE',
      );
      return;
    case 'connection':
      probe.differs('path', text, error instanceof ForwarderError ? error.fix : ADDRESS_FIX);
      return;
    default:
      probe.differs('path', text, ADDRESS_FIX);
  }
}

const where = (path: string) => (path === '' ? 'the body itself' : `"${path}"`);

/** The records of a page, by the profile or by what is found in it. */
function readItems(probe: Probe, body: unknown): JsonObject[] | undefined {
  const { itemsPath, itemPath } = probe.profile;
  const own = body === undefined ? [] : recordsAt(body, probe.profile);
  if (own && looksRight(own, probe.endpoint)) {
    probe.matched('itemsPath', `records are at ${where(itemsPath)}`);
    return own;
  }
  const found = findList(body, probe.endpoint);
  if (!found) return own;
  if (found.itemsPath === itemsPath && found.itemPath === itemPath) return own;
  const inner = found.itemPath === null ? '' : `, each record at "${found.itemPath}" of its element`;
  probe.corrected(
    'itemsPath',
    `the records are not at ${where(itemsPath)} but at ${where(found.itemsPath)}${inner}`,
    found,
  );
  return recordsAt(body, found);
}

/** Looks for records further back, and without a range. */
async function findRecords(probe: Probe, end: number): Promise<Sample | undefined> {
  const { ask } = probe;
  const ways: Answered[] = [];
  const read = async (profile: Probe['profile'], range: Range | undefined) => {
    const reply = await ask.page(profile, range);
    ways.push({ reply, range });
    if (!reply.answer) return undefined;
    if (!recordsAt(reply.answer.body, profile)) {
      const found = findList(reply.answer.body, probe.endpoint);
      if (!found) return undefined;
      readItems(probe, reply.answer.body);
    }
    const records = recordsIn(reply, probe.profile);
    return records.length > 0 ? { records, reply, range } : undefined;
  };
  const { acceptedSeconds } = probe;
  if (acceptedSeconds === undefined) {
    const long = await read(probe.profile, { from: end - LONG_DAYS * DAY_SECONDS, to: end });
    if (long) return long;
  } else {
    for (const hours of HOURS_BACK) {
      const to = end - hours * HOUR_SECONDS;
      const found = await read(probe.profile, newestOf({ from: 0, to }, acceptedSeconds));
      if (found) return found;
    }
  }
  const sample = await read(withPatch(probe.profile, WITHOUT_RANGE), undefined);
  // The API has records and shows none to a range: whether names or unit are to blame is found out with the range.
  if (sample) probe.open.add('range');
  return sample;
}

/**
 * Finds the path of the endpoint, the way of the key, and the place of the records.
 * @param end of the ranges that are asked for, epoch seconds
 * @returns the records found; undefined when there is no usable answer
 */
export async function findSample(probe: Probe, end: number, known: Known): Promise<Sample | undefined> {
  const isTimed = STREAM_OF[probe.endpoint] !== undefined;
  const answered = await findAnswer(probe, isTimed ? { from: end - DAY_SECONDS, to: end } : undefined, known);
  const { reply, range } = answered;
  if (!reply.answer) {
    await reportNoAnswer(probe, answered, known);
    return undefined;
  }
  if (!probe.findings.some(({ name }) => name.endsWith('.path'))) {
    probe.matched('path', `${probe.profile.path} answers`);
  }
  const records = readItems(probe, reply.answer.body);
  if (records && (records.length > 0 || !isTimed)) return { records, reply, range };
  const further = isTimed ? await findRecords(probe, end) : undefined;
  if (further || records) return further ?? { records: records ?? [], reply, range };
  probe.differs(
    'itemsPath',
    `there is no list of records at ${where(probe.profile.itemsPath)}, nor at any other path`,
    'Ask Valence what this path returns; the path itself may be wrong.',
  );
  return undefined;
}

/** The times of records in epoch seconds, oldest first. */
export const timesOf = ({ endpoint }: Probe, records: readonly JsonObject[]): number[] => {
  const stream = STREAM_OF[endpoint];
  return stream
    ? records.flatMap((record) => recordTime(stream, record) ?? []).sort((one, other) => one - other)
    : [];
};

/** The prefix of the path of an endpoint that answers. */
export const knownPrefix = ({ endpoint, profile }: Probe): string | undefined =>
  prefixOf(profile.path, PATH_NAMES[endpoint]);
