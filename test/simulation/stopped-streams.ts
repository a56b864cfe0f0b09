import type { Stream } from '../../lambda/contract.ts';
import type { StreamReport } from '../../lambda/forwarder/core/runs/report.ts';
import { TYPICAL_LIST_CAP } from '../../lambda/limits.ts';
import type { ListRequest } from './list-requests.ts';
import type { Scenario } from './scenario.ts';

/** The error of a list that may be cut. */
const CUT = 'source-cut';

/** Streams that stop by design: their source ignores ranges, and shows lists of a size at which services cut lists. */
export class StoppedStreams {
  readonly #scenario: Scenario;
  readonly #stopped = new Set<Stream>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  /** Whether the last run of a stream has stopped it. */
  has(stream: Stream): boolean {
    return this.#stopped.has(stream);
  }

  /** To be called with each finished run. @param lists those that the run asked for */
  runEnded(stream: Stream, report: StreamReport | undefined, lists: readonly ListRequest[]): void {
    const mayBeCut = ({ records }: ListRequest) => records > 0 && records % TYPICAL_LIST_CAP === 0;
    const isStopped = report?.error?.code === CUT && !this.#scenario.server.filters && lists.some(mayBeCut);
    if (isStopped) this.#stopped.add(stream);
    else this.#stopped.delete(stream);
  }
}
