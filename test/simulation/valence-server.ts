import type { Stream } from '../../lambda/contract.ts';
import { type ApiProfile, resolveApiProfile } from '../../lambda/settings/api-profile.ts';
import type { HttpRequest, HttpResponse } from '../../lambda/shared/http.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Invocation } from './invocation.ts';
import type { Random } from './random.ts';
import { isBetween, RecordLists } from './record-lists.ts';
import { Refuser } from './refusals.ts';
import { Scans } from './scans.ts';
import type { Scenario } from './scenario.ts';
import {
  ALERT_TYPES,
  FOREVER,
  isShown,
  LATENESS_MARGIN_SECONDS,
  listedAt,
  type Truth,
  versionAt,
} from './truth.ts';

export const ORIGIN = 'https://valence.test';

const SHORT_SECONDS = 60;

/** Longer than any list here: a page beyond it does not show where the list ends. */
const LONGEST_LIST = 5000;

interface Answer {
  response: HttpResponse;
  /** To be called when the caller has received the answer. */
  heard: () => void;
}

/** The profile with which the production client reads this server. */
export function profileOf({ server }: Scenario): ApiProfile {
  const { style, timeUnit, pageSize, takesUpperBound, volatileField } = server;
  return resolveApiProfile({
    alerts: { pageSize },
    auditLogs: { pageSize },
    timeUnit,
    ...(!takesUpperBound && { toParam: null }),
    pagination: { style },
    ...(volatileField && { volatileFields: ['lastSeen'] }),
  });
}

/** A simulated API: any page style, any order, its own clock, records that appear and vanish. */
export class ValenceServer {
  readonly scans = new Scans();
  readonly #scenario: Scenario;
  readonly #lists: RecordLists;
  readonly #refuser: Refuser;
  readonly #random: Random;
  readonly #snapshots: Truth[][] = [];

  constructor(scenario: Scenario, random: Random) {
    this.#scenario = scenario;
    this.#lists = new RecordLists(scenario);
    this.#refuser = new Refuser(scenario);
    this.#random = random;
  }

  /** Whole seconds of the server's clock. */
  time(now: number): number {
    return Math.floor(now / 1000) + this.#scenario.server.offset;
  }

  answer(invocation: Invocation, request: HttpRequest, now: number): Answer {
    const url = new URL(request.url);
    if (url.pathname.endsWith('/alert-types')) return this.#types(url, now);
    const stream = url.pathname.endsWith('/alerts') ? 'alerts' : 'audit-logs';
    const isFirstPage = this.#lists.isFirstPage(url);
    const refusal = this.#refuser.statusOf({ range: this.#lists.asked(url), isFirstPage, now });
    if (refusal !== undefined) {
      const response = { status: refusal, headers: {}, body: Buffer.alloc(0) };
      return { response, heard: () => undefined };
    }
    return this.#records(invocation, stream, url, now);
  }

  /** See {@link Refuser.isTooOld}. */
  isTooOld(time: number, now: number): boolean {
    return this.#refuser.isTooOld(time, now);
  }

  /** Whether a page is too large to be accepted. If the range can hardly be shortened, pages of fewer records are not. */
  isTooLarge(request: HttpRequest, now: number): boolean {
    const { tooLargeFrom, style } = this.#scenario.server;
    const url = new URL(request.url);
    const { from, to } = this.#lists.asked(url);
    const stream = url.pathname.endsWith('/alerts') ? 'alerts' : 'audit-logs';
    const isLong = to - from > SHORT_SECONDS && to !== Number.POSITIVE_INFINITY;
    const isLarge = isLong || (style !== 'none' && Number(url.searchParams.get('limit')) >= tooLargeFrom);
    // Records without a time are in every range, so they would make each one too large.
    const dated = this.#lists.matching(stream, url, now).filter(({ time }) => time !== undefined);
    return isLarge && dated.length >= tooLargeFrom;
  }

  #types(url: URL, now: number): Answer {
    const further =
      Number(url.searchParams.get('offset') ?? 0) > 0 || Number(url.searchParams.get('page') ?? 1) > 1;
    const items = further ? [] : ALERT_TYPES.map((type) => JSON.stringify(type));
    return { response: this.#respond(items, {}, now), heard: () => undefined };
  }

  #records(invocation: Invocation, stream: Stream, url: URL, now: number): Answer {
    const { style, emptyPages } = this.#scenario.server;
    const pageSize = Number(url.searchParams.get('limit'));
    const position = this.#lists.position(url);
    if (position > 0) this.#stir(stream, url, now);
    const all = this.#sorted(stream, url, now);
    const start = this.#lists.startOf(url, all, position);
    const empty = emptyPages && style === 'cursor' && this.#random.chance(0.2);
    const page = empty ? [] : all.slice(start, start + pageSize);
    const end = start + page.length;
    const more = end < all.length;

    const items = page.map((truth) => this.#text(truth, now));
    const next = more || empty ? this.#next(url, all, end) : undefined;
    const { scan, begin } = this.scans.of(invocation, stream, this.#lists.asked(url), {
      isFirstPage: this.#lists.isFirstPage(url),
      hasRange: url.searchParams.has('from'),
      now,
    });
    scan.shifted ||=
      this.#lists.findsByPosition && all.slice(0, start).some((truth, at) => scan.list[at] !== truth);
    scan.list = all;
    const counts = style === 'offset' || style === 'page';
    const ends = counts ? page.length === 0 && position < LONGEST_LIST : next === undefined;
    const contents = page.map((truth) => [truth, versionAt(truth, now).content] as const);
    return {
      response: this.#respond(items, next ?? {}, now),
      heard: () => {
        begin();
        for (const [truth, content] of contents) {
          const times = (scan.shown.get(truth)?.times ?? 0) + 1;
          scan.shown.set(truth, { times, content });
        }
        scan.complete ||= ends;
        scan.endedAt = now;
      },
    };
  }

  #next(url: URL, all: Truth[], end: number): { cursor?: string; link?: string } {
    const { style, cursor } = this.#scenario.server;
    if (style !== 'cursor' && style !== 'link') return {};
    const after = cursor === 'key' ? (all[end - 1]?.id ?? '') : this.#snapshots.indexOf(all);
    const text = `${cursor}.${end}.${after}.${this.#random.between(0, 1e9)}`;
    if (style === 'cursor') return { cursor: text };
    const link = new URL(url);
    link.searchParams.set('cursor', text);
    return { link: `<${link.pathname}${link.search}>; rel="next"` };
  }

  #sorted(stream: Stream, url: URL, now: number): Truth[] {
    const { style, cursor } = this.#scenario.server;
    const remembers = cursor === 'snapshot' && (style === 'cursor' || style === 'link');
    const [kind, , id] = url.searchParams.get('cursor')?.split('.') ?? [];
    if (kind === 'snapshot') return this.#snapshots[Number(id)] ?? [];
    const salt = Math.floor(now / 1500);
    const all = this.#lists.cut(
      this.#lists.matching(stream, url, now).sort((a, b) => this.#lists.compare(a, b, salt)),
    );
    if (remembers) this.#snapshots.push(all);
    return all;
  }

  /** What changes just when the next page is requested. */
  #stir(stream: Stream, url: URL, now: number): void {
    const { from, to } = this.#lists.asked(url);
    const { lookbackSeconds } = this.#scenario.settings;
    const oldest = this.time(now) - lookbackSeconds + LATENESS_MARGIN_SECONDS;
    const inside = (truth: Truth) => truth.stream === stream && isBetween(listedAt(truth), from, to);
    const comes = this.#scenario.truths.find(
      (truth) =>
        truth.waits &&
        inside(truth) &&
        (truth.time ?? 0) >= oldest &&
        truth.shown.some(({ from: since }) => since <= now),
    );
    if (comes && this.#random.chance(0.5)) {
      comes.waits = false;
      comes.shown = [{ from: now, to: FOREVER }];
    }
    const goes = this.#scenario.truths.find((truth) => truth.leaves && inside(truth) && isShown(truth, now));
    if (goes && this.#random.chance(0.5)) {
      goes.leaves = false;
      goes.shown = goes.shown.map(({ from: since, to: until }) => ({
        from: since,
        to: Math.min(until, now),
      }));
    }
  }

  #text(truth: Truth, now: number): string {
    const record: JsonObject = versionAt(truth, now).record;
    return JSON.stringify(
      this.#scenario.server.volatileField && truth.stream === 'alerts'
        ? { ...record, lastSeen: now }
        : record,
    );
  }

  #respond(items: readonly string[], next: { cursor?: string; link?: string }, now: number): HttpResponse {
    const cursor = next.cursor === undefined ? '' : `,"nextCursor":${JSON.stringify(next.cursor)}`;
    return {
      status: 200,
      headers: {
        'content-type': 'application/json',
        ...(this.#scenario.server.tellsDate && { date: new Date(this.time(now) * 1000).toUTCString() }),
        ...(next.link && { link: next.link }),
      },
      body: Buffer.from(`{"items":[${items.join(',')}]${cursor}}`),
    };
  }
}
