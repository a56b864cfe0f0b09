import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { COST_DOCUMENT, withMonth } from '../../infra/cost/cost-tables.ts';
import { storedMonth, storeMonth } from '../../infra/cost/month.ts';
import { STREAMS, type Stream } from '../../lambda/contract.ts';
import { withProgress } from '../../tools/cli/progress.ts';
import { printLine } from '../../tools/cli/terminal.ts';
import { runTool } from '../../tools/cli/tool.ts';
import { billedResources } from '../infra/billed-resources.ts';
import { forwarderTemplate } from '../infra/synthesised.ts';
import { coldStart, cpuPerRecord, stateCost, throughput } from './costs.ts';
import { latencyOfDay } from './latency.ts';
import { monthOf } from './month.ts';
import { type BenchOptions, benchCommand, type Part } from './options.ts';
import { previewTimes } from './preview.ts';
import { buildSubjects, startProcesses } from './processes.ts';
import { type BenchResults, printReport } from './report.ts';
import { listOf, PAGE_SIZES } from './runs.ts';
import { doubling, largePages, lookBack, memory } from './scaling.ts';
import { smallRuns, sustained } from './schedule.ts';
import { stageCosts } from './stages.ts';

/** `npm run bench`: what the artefact costs, compared with a naive poller that is measured alternately with it. */

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' });

/** @param show called with what is being measured */
async function measure(options: BenchOptions, show: (what: string) => void): Promise<BenchResults> {
  await buildSubjects();
  const processes = await startProcesses(options);
  const sizes: Record<Stream, number> = { alerts: options.alertRecords, 'audit-logs': options.auditRecords };
  const forStreams = async <T>(what: string, work: (stream: Stream) => Promise<T>) => {
    const results: [Stream, T][] = [];
    for (const stream of STREAMS) {
      show(`${what}: ${stream}`);
      results.push([stream, await work(stream)]);
    }
    return Object.fromEntries(results) as Record<Stream, T>;
  };
  try {
    const when = async <T>(part: Part, work: () => Promise<T> | T) =>
      options.parts.includes(part) ? await work() : undefined;
    return {
      machine: `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
      options,
      stages: await when('cpu', () =>
        forStreams('Stage limits', async (stream) =>
          stageCosts(listOf(stream, 100_000, options.spanSeconds), PAGE_SIZES[stream]),
        ),
      ),
      cpu: await when('cpu', () =>
        forStreams('CPU per record', (stream) =>
          cpuPerRecord(processes, stream, sizes[stream], options.rounds),
        ),
      ),
      smallRuns: await when('small-runs', () => {
        show('Small runs');
        return smallRuns(processes, options.rounds);
      }),
      growth: await when('growth', () =>
        forStreams('Growth', (stream) => doubling(processes, stream, sizes[stream], options.rounds)),
      ),
      throughput: await when('throughput', () =>
        forStreams('Throughput', (stream) => throughput(processes, stream, options)),
      ),
      memory: await when('memory', () =>
        forStreams('Memory', (stream) => memory(processes, stream, sizes[stream], options)),
      ),
      largePages: await when('large-pages', async () => {
        show('Large pages');
        return {
          page: await largePages(processes, 'page', options.rounds),
          bomb: await largePages(processes, 'bomb', options.rounds),
        };
      }),
      state: await when('state', () =>
        forStreams('State table', (stream) => stateCost(processes, stream, sizes[stream])),
      ),
      lookBack: await when('look-back', () =>
        forStreams('Look-back', (stream) => lookBack(processes, stream)),
      ),
      coldStart: await when('cold-start', () => coldStart(options.rounds)),
      sustained: await when('sustained', () =>
        forStreams('Sustained', (stream) => sustained(processes, stream, options.rates[stream])),
      ),
      latency: await when('latency', async () => {
        show('Latency of a day');
        return [await latencyOfDay(300, options), await latencyOfDay(60, options)];
      }),
      month: await when('month', async () => ({
        ...(await monthOf(processes, options, show)),
        resources: billedResources(forwarderTemplate()),
      })),
      preview: await when('preview', () => {
        show('The preview page');
        return previewTimes();
      }),
    };
  } finally {
    processes.stop();
  }
}

async function bench(options: BenchOptions): Promise<void> {
  let now = 'Building';
  const results = await withProgress({
    text: () => now,
    work: () =>
      measure(options, (what) => {
        now = what;
      }),
    done: () => 'Measured',
    silent: options.json,
  });
  if (options.write && results.month) {
    storeMonth({ measured: `${DAY.format()}, ${results.machine}`, ...results.month });
    writeFileSync(COST_DOCUMENT, withMonth(readFileSync(COST_DOCUMENT, 'utf8'), storedMonth()));
  }
  if (options.json) printLine(JSON.stringify(results));
  else printReport(results);
}

await runTool(benchCommand(bench));
