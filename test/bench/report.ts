import { billOf, consumptionOf, dollars, sumOf } from '../../infra/cost/bill.ts';
import type { BilledResources, MeasuredMonth, MonthCounts } from '../../infra/cost/month.ts';
import { STREAMS, type Stream } from '../../lambda/contract.ts';
import { count } from '../../tools/cli/format.ts';
import type { Latency } from './latency.ts';
import type { BenchOptions } from './options.ts';
import type { PreviewTimes } from './preview.ts';
import type { Sustained } from './schedule.ts';
import type { StageCosts } from './stages.ts';

type ByStream<T> = Record<Stream, T>;

/** The results of a bench; those of parts that were not selected are undefined. */
export interface BenchResults {
  machine: string;
  options: BenchOptions;
  /** Microseconds of CPU per record. */
  stages: ByStream<StageCosts> | undefined;
  /** Microseconds of CPU per record, and the median ratio of the pairs. */
  cpu:
    | ByStream<{
        records: number;
        forwarder: number;
        naive: number;
        ratio: number;
        lowest: number;
        highest: number;
        inPlace: number;
        inPlaceRatio: number;
        /** A run in a process that has done one before, in milliseconds. */
        small: { records: number; forwarderMs: number; naiveMs: number };
      }>
    | undefined;
  /** Milliseconds of CPU of a run in a process that has done many, and its records. */
  smallRuns: { busy: WarmRun; quiet: WarmRun } | undefined;
  /** Ratio to the time of half the records. */
  growth: ByStream<{ cpu: number; wall: number }> | undefined;
  /** Records a second. */
  throughput:
    | ByStream<{
        /** Of one page, measured. */
        roundTripMs: number;
        /** The highest rate of the source, page after page; the intake may be slower. */
        chainLimit: number;
        one: number;
        share: number;
        four: number;
        speedUp: number;
        naive: number;
      }>
    | undefined;
  /** Peak resident size in MB. */
  memory: ByStream<{ records: number; small: number; large: number; growth: number }> | undefined;
  /** Peak resident size in MB. */
  largePages: { page: number; bomb: number } | undefined;
  /** Units per 1000 records, and per idle run. */
  state:
    | ByStream<{
        records: number;
        fillWrites: number;
        idleWrites: number;
        scanned: number;
        readUnits: number;
        queries: number;
        sweepReads: number;
      }>
    | undefined;
  /** An hour of runs without new records, with a look-back of a day, and of thirty days. */
  lookBack: ByStream<{ day: QuietHour; month: QuietHour }> | undefined;
  coldStart: { ratio: number; kib: number } | undefined;
  sustained: ByStream<Sustained> | undefined;
  latency: readonly Latency[] | undefined;
  preview: PreviewTimes | undefined;
  month: (MeasuredMonth & { firstDay: MonthCounts; resources: BilledResources }) | undefined;
}

interface WarmRun {
  milliseconds: number;
  forwarded: number;
  fetched: number;
}

interface QuietHour {
  fetched: number;
  readUnits: number;
  queries: number;
  writeUnits: number;
  cpuSeconds: number;
}

const fixed = (value: number, digits = 1) => value.toFixed(digits);
const whole = (value: number) => count(Math.round(value));

const hourText = ({ fetched, readUnits, queries, writeUnits, cpuSeconds }: QuietHour) =>
  `an hour of runs without new records reads ${whole(fetched)} records, takes ${fixed(readUnits, 0)} read units in ${fixed(queries, 0)} queries, ${fixed(writeUnits, 0)} write units and ${fixed(cpuSeconds)} s of CPU`;

const warmRunText = ({ milliseconds, forwarded, fetched }: WarmRun) =>
  `${whole(milliseconds)} ms of CPU for ${whole(forwarded)} new audit records of ${whole(fetched)} read`;

function streamLines(results: BenchResults, stream: Stream): string[] {
  const stages = results.stages?.[stream];
  const cpu = results.cpu?.[stream];
  const growth = results.growth?.[stream];
  const lookBack = results.lookBack?.[stream];
  const throughput = results.throughput?.[stream];
  const memory = results.memory?.[stream];
  const state = results.state?.[stream];
  const sustained = results.sustained?.[stream];
  return [
    stages &&
      `  stage limits    parse ${fixed(stages.parse)}, stringify ${fixed(stages.stringify)}, gzip 1 ${fixed(stages.gzip1)}, gzip 6 ${fixed(stages.gzip6)}, fingerprint ${fixed(stages.fingerprint)}, exclude ${fixed(stages.exclude)} us a record; the first three, the least that any forwarder needs: ${fixed(stages.parse + stages.stringify + stages.gzip1)}`,
    cpu &&
      `  CPU             ${fixed(cpu.forwarder)} us a record (${whole(cpu.forwarder)} s a million), naive poller ${fixed(cpu.naive)}: ratio ${fixed(cpu.ratio, 2)}, ${fixed(cpu.lowest, 2)} to ${fixed(cpu.highest, 2)}`,
    cpu &&
      `                  by ${whole(cpu.records)} a run; naive poller that compresses in place ${fixed(cpu.inPlace)}: ratio ${fixed(cpu.inPlaceRatio, 2)}`,
    cpu &&
      `                  a run of ${whole(cpu.small.records)}, not the first of its process: ${whole(cpu.small.forwarderMs)} ms, naive poller ${whole(cpu.small.naiveMs)} ms`,
    growth &&
      `  growth          twice the records take ${fixed(growth.cpu, 2)} times the CPU and ${fixed(growth.wall, 2)} times the time`,
    throughput &&
      `  throughput      one chain ${whole(throughput.one)} a second, ${fixed(throughput.share * 100, 0)} % of what the source gives at ${whole(throughput.roundTripMs)} ms a page, ${whole(throughput.chainLimit)}; naive poller ${whole(throughput.naive)}`,
    throughput &&
      `                  four slices ${whole(throughput.four)} a second, ${fixed(throughput.speedUp)} times one chain`,
    memory &&
      `  peak memory     ${fixed(memory.small, 0)} MB with ${whole(memory.records)} records, ${fixed(memory.large, 0)} MB with ${results.options.growth} times as many: ${fixed((memory.growth - 1) * 100, 0)} % more`,
    state &&
      `  state table     ${fixed(state.fillWrites)} write units per 1000 of ${whole(state.records)} new records, ${fixed(state.idleWrites, 0)} per idle run`,
    state &&
      `                  a sweep over ${whole(state.scanned)} takes ${fixed(state.readUnits, 0)} read units in ${fixed(state.queries, 0)} queries: ${fixed(state.sweepReads)} per 1000, in addition to one per query`,
    sustained &&
      `  sustained       ${whole(sustained.rate)} new records a second: a run reads ${whole(sustained.fetched)}, takes ${fixed(sustained.cpuSeconds)} s of CPU at most, ${whole(sustained.readUnits)} read and ${whole(sustained.writeUnits)} write units, peak memory ${fixed(sustained.peakMb, 0)} MB; ${sustained.caughtUp ? 'every run has caught up' : 'not every run has caught up'}`,
    lookBack && `  look-back 1 d   ${hourText(lookBack.day)}`,
    lookBack && `  look-back 30 d  ${hourText(lookBack.month)}`,
  ].filter((line) => line !== undefined);
}

function monthLines(month: NonNullable<BenchResults['month']>): string[] {
  const lines = billOf(month, month.resources);
  return [
    `month             of one tenant, counted over ${month.days} days`,
    ...consumptionOf(month).map(([what, number]) => `  ${what.padEnd(42)} ${number.padStart(13)}`),
    ...lines.map(
      ({ item, arithmetic, usd }) =>
        `  ${item.padEnd(42)} ${dollars(usd).padStart(13)} US dollars: ${arithmetic}`,
    ),
    `  ${'sum'.padEnd(42)} ${dollars(sumOf(lines)).padStart(13)} US dollars a month`,
  ];
}

/** Times of the page, and how many times the reading of the same logs as JSON they take. */
function previewText({ logs, parse, ...times }: PreviewTimes): string {
  const names: Readonly<Record<keyof typeof times, string>> = {
    address: 'address',
    firstBoard: 'first board',
    board: 'same board again',
    search: 'search',
    nextPage: 'its next page',
    facets: 'its facets',
    signals: 'signals',
  };
  const parts = Object.entries(names).map(([name, words]) => {
    const time = times[name as keyof typeof times];
    return `${words} ${fixed(time / 1000)} s (${fixed(time / parse)})`;
  });
  return `preview           ${count(logs)} logs: ${parts.join(', ')}; in parentheses how many times what JSON.parse of the logs takes`;
}

/** Prints the results as text. */
export function printReport(results: BenchResults): void {
  const { machine, options, coldStart, largePages, smallRuns, latency = [], month } = results;
  const lines = [
    `${machine}; heap as with ${options.memorySize} MB; medians of times and sizes, rounds: ${options.rounds}; latencies of throughput ${options.sourceLatencyMs}/${options.sinkLatencyMs} ms; records spread over ${whole(options.spanSeconds)} s`,
    ...STREAMS.toSorted()
      .reverse()
      .flatMap((stream) => {
        const figures = streamLines(results, stream);
        return figures.length > 0 ? ['', stream, ...figures] : [];
      }),
    ...(smallRuns
      ? [
          '',
          `small runs        ${warmRunText(smallRuns.busy)}; ${warmRunText(smallRuns.quiet)}; in a process that has done many runs`,
        ]
      : []),
    ...(largePages
      ? [
          '',
          `large pages       peak memory ${fixed(largePages.page, 0)} MB when every page has 200 MB, ${fixed(largePages.bomb, 0)} MB when it is a gzip bomb of that size`,
        ]
      : []),
    ...(coldStart
      ? [
          '',
          `cold start        import ${fixed(coldStart.ratio, 2)} times a bare node, bundle ${whole(coldStart.kib)} KiB`,
        ]
      : []),
    ...(results.preview ? ['', previewText(results.preview)] : []),
    ...(latency.length > 0 ? [''] : []),
    ...latency.map(
      ({ intervalSeconds, records, median, percentile99, longest }) =>
        `latency           a run every ${whole(intervalSeconds)} s: median ${fixed(median)} s from Valence to Datadog, 99 % within ${fixed(percentile99)} s, all of ${whole(records)} within ${fixed(longest)} s`,
    ),
    ...(month ? ['', ...monthLines(month)] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
