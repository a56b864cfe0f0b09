import type { Bucket, Histogram } from '../../explore/answers.ts';
import { time, whole } from '../shell/format.ts';

const totalOf = ({ counts }: Bucket) => Object.values(counts).reduce((sum, count) => sum + count, 0);

const statusesIn = ({ counts }: Bucket) =>
  Object.entries(counts)
    .map(([status, count]) => `${whole(count)} ${status}`)
    .join(', ');

/**
 * How many logs there are over time, by status: bars, and the same as a table for who does not see them. Its height does not depend on
 * whether there are any.
 * @param onFrame narrows the time frame to a bar; epoch milliseconds
 */
export function HistogramView({
  histogram = { width: 0, buckets: [] },
  onFrame,
}: {
  histogram: Histogram | undefined;
  onFrame: (from: number, to: number) => void;
}) {
  const { buckets, width } = histogram;
  const most = Math.max(1, ...buckets.map(totalOf));
  const [first] = buckets;
  return (
    <figure class="histogram">
      <div class="bars" aria-hidden="true">
        {buckets.map((bucket) => (
          <button
            key={bucket.from}
            type="button"
            tabIndex={-1}
            title={`${time(bucket.from)} UTC: ${statusesIn(bucket) || 'none'}`}
            onClick={() => onFrame(bucket.from, bucket.from + width)}
          >
            {Object.entries(bucket.counts).map(([status, count]) => (
              <span
                key={status}
                class={`part status-${status}`}
                style={{ height: `${(count / most) * 100}%` }}
              />
            ))}
          </button>
        ))}
      </div>
      <figcaption>
        {first ? (
          <>
            {time(first.from)} to {time((buckets.at(-1)?.from ?? 0) + width)} UTC, at most {whole(most)} in
            one bar
          </>
        ) : (
          'No logs'
        )}
      </figcaption>
      <details>
        <summary>Bars as a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Logs</th>
              <th scope="col">By status</th>
            </tr>
          </thead>
          <tbody>
            {buckets
              .filter((bucket) => totalOf(bucket) > 0)
              .map((bucket) => (
                <tr key={bucket.from}>
                  <td>
                    <button
                      type="button"
                      class="value"
                      onClick={() => onFrame(bucket.from, bucket.from + width)}
                    >
                      {time(bucket.from)}
                    </button>
                  </td>
                  <td>{whole(totalOf(bucket))}</td>
                  <td>{statusesIn(bucket)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
