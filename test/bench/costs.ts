import { execFileSync } from 'node:child_process';
import type { Stream } from '../../lambda/contract.ts';
import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';
import { DEFAULT_MEMORY_MIB } from '../../lambda/limits.ts';
import { forwarderNodeFlags } from '../../lambda/shared/node-flags.ts';
import { bundleSize } from '../support/bundle-size.ts';
import type { BenchOptions } from './options.ts';
import type { Processes } from './processes.ts';
import { listOf, median, oneRun, only, PAGE_SIZES, succeeded, used } from './runs.ts';
import type { Figures, SubjectKind } from './subject.ts';

/** The cost of records, of the state table and of a cold start. */

/** Pages of the backlog that one chain of requests reads. */
const CHAIN_PAGES = 60;

const ROUND_TRIPS = 20;

const KINDS: readonly SubjectKind[] = ['forwarder', 'naive', 'naive-in-place'];

/** By which factor the runs are smaller that show the fixed cost of a run. */
const SMALL = 100;

/** CPU of the forwarder and of the naive pollers, measured alternately; every second round in reverse order. */
export async function cpuPerRecord(processes: Processes, stream: Stream, records: number, rounds: number) {
  const taken: Record<SubjectKind, number>[] = [];
  for (let round = 0; round < rounds; round++) {
    const seconds: [SubjectKind, number][] = [];
    for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
      seconds.push([kind, (await oneRun(processes, kind, { stream, records, warmUp: 0.2 })).cpuSeconds]);
    }
    taken.push(Object.fromEntries(seconds) as Record<SubjectKind, number>);
  }
  const microseconds = (kind: SubjectKind) => (median(taken.map((each) => each[kind])) / records) * 1e6;
  const ratios = taken.map(({ forwarder, naive }) => forwarder / naive);
  const few = Math.ceil(records / SMALL);
  const small = async (kind: SubjectKind) =>
    (await oneRun(processes, kind, { stream, records: few, warmUp: 1 })).cpuSeconds * 1000;
  return {
    records,
    forwarder: microseconds('forwarder'),
    naive: microseconds('naive'),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    /** The same for the poller that compresses in its own thread. */
    inPlace: microseconds('naive-in-place'),
    inPlaceRatio: median(taken.map((each) => each.forwarder / each['naive-in-place'])),
    small: { records: few, forwarderMs: await small('forwarder'), naiveMs: await small('naive') },
  };
}

/** Records per second with latency, on one chain of pages and on several, compared with the best possible rate of one chain. */
export async function throughput(processes: Processes, stream: Stream, options: BenchOptions) {
  const latencies = { source: options.sourceLatencyMs, sink: options.sinkLatencyMs };
  const pageSize = PAGE_SIZES[stream];
  const records = pageSize * CHAIN_PAGES;
  const rate = async (slices: number, longer: number) => {
    const run = {
      stream,
      records: records * longer,
      latencies,
      warmUp: 0.1,
      environment: { PARALLEL_SLICES: String(slices) },
    };
    return (records * longer) / (await oneRun(processes, 'forwarder', run)).wallSeconds;
  };
  const rounds: { roundTripMs: number; one: number; four: number; naive: number }[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const roundTripMs = await pageRoundTrip(processes, stream, options);
    const naive = await oneRun(processes, 'naive', { stream, records, latencies, warmUp: 0.1 });
    const one = await rate(1, 1);
    rounds.push({ roundTripMs, one, four: await rate(4, 4), naive: records / naive.wallSeconds });
  }
  const limit = ({ roundTripMs }: { roundTripMs: number }) => pageSize / (roundTripMs / 1000);
  return {
    roundTripMs: median(rounds.map((round) => round.roundTripMs)),
    chainLimit: median(rounds.map(limit)),
    one: median(rounds.map((round) => round.one)),
    share: median(rounds.map((round) => round.one / limit(round))),
    four: median(rounds.map((round) => round.four)),
    speedUp: median(rounds.map((round) => round.four / round.one)),
    naive: median(rounds.map((round) => round.naive)),
  };
}

/** Milliseconds from the request of a page to its last byte, if pages are read one after another and not used. */
async function pageRoundTrip(processes: Processes, stream: Stream, options: BenchOptions): Promise<number> {
  const limit = PAGE_SIZES[stream];
  const list = listOf(stream, limit * ROUND_TRIPS, processes.spanSeconds);
  const { VALENCE_BASE_URL } = await processes.setUp({
    lists: [list],
    sourceLatencyMs: options.sourceLatencyMs,
    sinkLatencyMs: 0,
  });
  const times: number[] = [];
  for (let page = 0; page < ROUND_TRIPS; page++) {
    const query = `from=${list.start - 1}&to=${list.start + list.spanSeconds}&limit=${limit}&cursor=${page * limit}`;
    const startedAt = performance.now();
    const answer = await fetch(`${VALENCE_BASE_URL}/api/v1/${stream}?${query}`);
    await answer.arrayBuffer();
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

/** Requests to the state table: in a first fill within four hours, in an idle run, and in a sweep over all of it. */
export async function stateCost(processes: Processes, stream: Stream, records: number) {
  const spanSeconds = 4 * 3600 - 600;
  // Whole hours, so that the records are in four of them.
  const start = Math.floor(Date.now() / 3_600_000) * 3600 - 5 * 3600;
  const environment = {
    ...(await processes.setUp({
      lists: [{ stream, total: records, start, spanSeconds }],
      sourceLatencyMs: 0,
      sinkLatencyMs: 0,
    })),
    ...only(stream),
  };
  async function* runs() {
    yield environment;
    yield environment;
    yield { ...environment, LATER_SECONDS: '3600' };
  }
  const figures = await processes.measure('forwarder', runs());
  const [fill, idle, sweep] = [0, 1, 2].map((run) => succeeded(figures[run])) as [Figures, Figures, Figures];
  const { streams } = sweep.result as PublicResult;
  const scanned = streams[stream]?.fetched ?? 0;
  const { readUnits, queries } = used(sweep);
  return {
    records,
    fillWrites: (used(fill).writeUnits / records) * 1000,
    idleWrites: used(idle).writeUnits,
    scanned,
    readUnits,
    queries,
    sweepReads: ((readUnits - queries) / scanned) * 1000,
  };
}

/** A start with the artefact, compared with a bare start of Node, measured alternately. */
export function coldStart(rounds: number) {
  const time = (args: string[]) => {
    const startedAt = performance.now();
    execFileSync(process.execPath, args, { stdio: 'ignore' });
    return performance.now() - startedAt;
  };
  const flags = forwarderNodeFlags(DEFAULT_MEMORY_MIB);
  const artefact = [...flags, '-e', 'import("./dist/forwarder/index.mjs")'];
  const pairs = Array.from({ length: rounds * 4 }, () => ({
    artefact: time(artefact),
    bare: time([...flags, '-e', '']),
  }));
  return {
    ratio: median(pairs.map((pair) => pair.artefact / pair.bare)),
    kib: bundleSize().start,
  };
}
