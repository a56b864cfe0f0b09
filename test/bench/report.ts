import type { Stream } from '../../lambda/forwarder/core/ports.ts';
import type { BenchOptions } from './options.ts';
import type { StageCosts } from './stages.ts';

export interface BenchResults {
  machine: string;
  options: BenchOptions;
  /** Microseconds of CPU per record. */
  stages: Record<Stream, StageCosts>;
  /** Microseconds of CPU per record, and the median ratio of the pairs. */
  cpu: Record<Stream, { forwarder: number; naive: number; ratio: number }>;
  /** Records a second. */
  throughput: Record<
    Stream,
    { chainLimit: number; one: number; share: number; four: number; speedUp: number; naive: number }
  >;
  /** Peak resident size in MB. */
  memory: Record<Stream, { records: number; small: number; large: number; growth: number }>;
  coldStart: { ratio: number; kib: number };
}

const fixed = (value: number, digits = 1) => value.toFixed(digits);
const whole = (value: number) => Math.round(value).toLocaleString('en-US');

function streamLines({ stages, cpu, throughput, memory, options }: BenchResults, stream: Stream): string[] {
  const { parse, stringify, gzip1, gzip6, fingerprint } = stages[stream];
  const { chainLimit, one, share, four, speedUp, naive } = throughput[stream];
  const { records, small, large, growth } = memory[stream];
  return [
    `${stream}`,
    `  stage limits    parse ${fixed(parse)}, stringify ${fixed(stringify)}, gzip 1 ${fixed(gzip1)}, gzip 6 ${fixed(gzip6)}, fingerprint ${fixed(fingerprint)} us a record`,
    `  CPU             ${fixed(cpu[stream].forwarder)} us a record (${whole(cpu[stream].forwarder)} s a million), naive poller ${fixed(cpu[stream].naive)}: ratio ${fixed(cpu[stream].ratio, 2)}`,
    `  throughput      one chain ${whole(one)} a second, ${fixed(share * 100, 0)} % of the limit ${whole(chainLimit)}; naive poller ${whole(naive)}`,
    `                  four slices ${whole(four)} a second, ${fixed(speedUp)} times one chain`,
    `  peak memory     ${fixed(small, 0)} MB with ${whole(records)} records, ${fixed(large, 0)} MB with ${options.growth} times as many: ${fixed((growth - 1) * 100, 0)} % more`,
  ];
}

/** Prints the figures for a person. */
export function printReport(results: BenchResults): void {
  const { machine, options, coldStart } = results;
  const lines = [
    `${machine}; medians of ${options.rounds} rounds; latencies ${options.sourceLatencyMs}/${options.sinkLatencyMs} ms`,
    '',
    ...streamLines(results, 'audit-logs'),
    '',
    ...streamLines(results, 'alerts'),
    '',
    `cold start        import ${fixed(coldStart.ratio, 2)} times a bare node, bundle ${whole(coldStart.kib)} KiB`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
