import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import ora from 'ora';
import { STREAMS, type Stream } from '../../lambda/forwarder/core/ports.ts';
import type { PublicResult } from '../../lambda/forwarder/result.ts';
import { type BenchOptions, benchOptions, type Part } from './options.ts';
import { buildSubject, measure, type Servers, startServers } from './processes.ts';
import type { RecordList } from './records.ts';
import { type BenchResults, printReport } from './report.ts';
import { stageCosts } from './stages.ts';
import type { Figures } from './subject.ts';

/** `npm run bench`: what the artefact costs, against a naive poller measured in turn with it in the same minutes. */

const SPAN_SECONDS = 42_000;
/** Older than the settle time, younger than the first run's look-back. */
const AGE_SECONDS = SPAN_SECONDS + 600;
const PAGE_SIZES: Record<Stream, number> = { alerts: 100, 'audit-logs': 1000 };

const listOf = (stream: Stream, total: number): RecordList => ({
  stream,
  total,
  start: Math.floor(Date.now() / 1000) - AGE_SECONDS,
  spanSeconds: SPAN_SECONDS,
});

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const only = (stream: Stream) => ({
  COLLECT_ALERTS: String(stream === 'alerts'),
  COLLECT_AUDIT_LOGS: String(stream === 'audit-logs'),
});

interface Run {
  stream: Stream;
  records: number;
  latencies?: { source: number; sink: number };
  environment?: Record<string, string>;
  /** Share of the records that a first, uncounted run in the same process reads. */
  warmUp?: number;
}

async function oneRun(servers: Servers, kind: 'forwarder' | 'naive', run: Run): Promise<Figures> {
  const { stream, records, latencies = { source: 0, sink: 0 }, warmUp = 0 } = run;
  async function* environments() {
    for (const total of [Math.floor(records * warmUp), records].filter((each) => each > 0)) {
      const environment = await servers.setUp({
        lists: [listOf(stream, total)],
        sourceLatencyMs: latencies.source,
        sinkLatencyMs: latencies.sink,
      });
      yield { ...environment, ...only(stream), ...run.environment };
    }
  }
  const figures = (await measure(kind, environments())).at(-1);
  if (!figures) throw new Error('Nothing was measured.');
  const { logs } = await servers.counts();
  if (logs !== records) throw new Error(`${kind} forwarded ${logs} of ${records} ${stream}.`);
  return figures;
}

async function cpuPerRecord(servers: Servers, stream: Stream, records: number, rounds: number) {
  const run = { stream, records, warmUp: 0.2 };
  const pairs: { forwarder: number; naive: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const forwarder = (await oneRun(servers, 'forwarder', run)).cpuSeconds;
    const naive = (await oneRun(servers, 'naive', run)).cpuSeconds;
    pairs.push({ forwarder, naive });
  }
  const microseconds = (kind: 'forwarder' | 'naive') =>
    (median(pairs.map((pair) => pair[kind])) / records) * 1e6;
  return {
    forwarder: microseconds('forwarder'),
    naive: microseconds('naive'),
    ratio: median(pairs.map(({ forwarder, naive }) => forwarder / naive)),
  };
}

/** Records a second under latency, on one chain of pages and on several, against what one chain can give at best. */
async function throughput(servers: Servers, stream: Stream, options: BenchOptions) {
  const latencies = { source: options.sourceLatencyMs, sink: options.sinkLatencyMs };
  const pageSize = PAGE_SIZES[stream];
  const records = pageSize * 60;
  const rate = async (slices: number, longer: number) => {
    const run = {
      stream,
      records: records * longer,
      latencies,
      warmUp: 0.1,
      environment: { PARALLEL_SLICES: String(slices) },
    };
    return (records * longer) / (await oneRun(servers, 'forwarder', run)).wallSeconds;
  };
  const naive = await oneRun(servers, 'naive', { stream, records, latencies });
  const { pages, busyMs } = await servers.counts();
  const roundTripSeconds = (latencies.source + busyMs / pages) / 1000;
  const chainLimit = pageSize / roundTripSeconds;
  const one = await rate(1, 1);
  const four = await rate(4, 4);
  return {
    chainLimit,
    one,
    share: one / chainLimit,
    four,
    speedUp: four / one,
    naive: records / naive.wallSeconds,
  };
}

async function memory(servers: Servers, stream: Stream, records: number, growth: number) {
  const small = (await oneRun(servers, 'forwarder', { stream, records })).peakMb;
  const large = (await oneRun(servers, 'forwarder', { stream, records: records * growth })).peakMb;
  return { records, small, large, growth: large / small };
}

/** What the state table is asked for: a first fill within four hours, an idle run, and a sweep over all of it. */
async function stateCost(servers: Servers, stream: Stream, records: number) {
  const spanSeconds = 4 * 3600 - 600;
  // Whole hours, so that the records stand in four of them.
  const start = Math.floor(Date.now() / 3_600_000) * 3600 - 5 * 3600;
  const environment = {
    ...(await servers.setUp({
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
  const [fill, idle, sweep] = await measure('forwarder', runs());
  if (!fill || !idle || !sweep) throw new Error('Nothing was measured.');
  const { streams } = sweep.result as PublicResult;
  const scanned = streams[stream]?.fetched ?? 0;
  return {
    fillWrites: (fill.capacity.writeUnits / records) * 1000,
    idleWrites: idle.capacity.writeUnits,
    sweepReads: ((sweep.capacity.readUnits - sweep.capacity.queries) / scanned) * 1000,
    sweepQueries: sweep.capacity.queries,
  };
}

function coldStart(rounds: number) {
  const time = (args: string[]) => {
    const startedAt = performance.now();
    execFileSync(process.execPath, args, { stdio: 'ignore' });
    return performance.now() - startedAt;
  };
  const artefact = ['-e', 'import("./dist/forwarder/index.mjs")'];
  const pairs = Array.from({ length: rounds * 4 }, () => ({
    artefact: time(artefact),
    bare: time(['-e', '']),
  }));
  return {
    ratio: median(pairs.map((pair) => pair.artefact / pair.bare)),
    kib: statSync('dist/forwarder/index.mjs').size / 1024,
  };
}

async function main(options: BenchOptions): Promise<BenchResults> {
  const progress = ora({ isSilent: options.json, stream: process.stderr }).start('Building');
  await buildSubject();
  const servers = await startServers();
  const sizes: Record<Stream, number> = { alerts: options.alertRecords, 'audit-logs': options.auditRecords };
  const forStreams = async <T>(what: string, work: (stream: Stream) => Promise<T>) => {
    const results: [Stream, T][] = [];
    for (const stream of STREAMS) {
      progress.text = `${what}: ${stream}`;
      results.push([stream, await work(stream)]);
    }
    return Object.fromEntries(results) as Record<Stream, T>;
  };
  try {
    const when = async <T>(part: Part, work: () => Promise<T> | T) =>
      options.parts.has(part) ? await work() : undefined;
    return {
      machine: `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
      options,
      stages: await when('cpu', () =>
        forStreams('Stage limits', (stream) => stageCosts(listOf(stream, 100_000), PAGE_SIZES[stream])),
      ),
      cpu: await when('cpu', () =>
        forStreams('CPU per record', (stream) =>
          cpuPerRecord(servers, stream, sizes[stream], options.rounds),
        ),
      ),
      throughput: await when('throughput', () =>
        forStreams('Throughput', (stream) => throughput(servers, stream, options)),
      ),
      memory: await when('memory', () =>
        forStreams('Memory', (stream) => memory(servers, stream, sizes[stream], options.growth)),
      ),
      state: await when('state', () =>
        forStreams('State table', (stream) => stateCost(servers, stream, sizes[stream])),
      ),
      coldStart: await when('cold-start', () => coldStart(options.rounds)),
    };
  } finally {
    progress.stop();
    servers.stop();
  }
}

const options = benchOptions(process.argv.slice(2));
if (options) {
  const results = await main(options);
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else printReport(results);
}
