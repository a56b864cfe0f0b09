import type { ShownForwarder, ShownStream } from '../../explore/answers.ts';
import { useAnswer } from '../shell/answer.ts';
import { length, time, whole } from '../shell/format.ts';
import { Runs } from './runs.tsx';
import './forwarder.css';
import { Problem } from '../shell/problem.tsx';
import { Status } from '../shell/status.tsx';
import { TableHead } from '../shell/table-head.tsx';

/** A run a minute changes it; the state is on this machine, so that asking costs nothing. */
const EVERY_MS = 5_000;

const always = () => EVERY_MS;

const SENTENCES: Readonly<Record<ShownForwarder['kind'], string>> = {
  live: 'The forwarder of this machine runs once a minute. This page asks every five seconds.',
  last: 'What the last run left. To see it live: npm start -- --stay',
  none: 'The logs of this preview are from a file: no forwarder sent them. To see one at work: npm start -- --stay',
};

/** How the forwarder is: the state of each stream, its runs, and what is in quarantine. */
export function ForwarderPage() {
  const { value, error } = useAnswer<ShownForwarder>('api/forwarder', {}, always);
  return (
    <>
      <div class="head">
        <h1>Forwarder</h1>
        <p>{value ? SENTENCES[value.kind] : ' '}</p>
      </div>
      <Problem text={error} />
      {value && value.kind !== 'none' && (
        <>
          <p class="none">Read at {time(value.at * 1000)} UTC</p>
          <div class="streams">
            {value.streams.map((stream) => (
              <Stream key={stream.stream} {...stream} />
            ))}
          </div>
          <Runs runs={value.runs} />
          <Quarantine {...value.quarantine} />
        </>
      )}
    </>
  );
}

const utc = (seconds: number) => `${time(seconds * 1000)} UTC`;

const Stream = ({ stream, watermark, finalWatermark, lag, lagSeconds, holes }: ShownStream) => (
  <section class="stream" aria-label={stream}>
    <h2>{stream}</h2>
    <dl class="facts">
      <dt>Lag</dt>
      <dd>
        <Status text={lag} /> {length(lagSeconds)}
      </dd>
      <dt>Watermark</dt>
      <dd>{utc(watermark)}</dd>
      <dt>Final watermark</dt>
      <dd>
        {utc(finalWatermark)} <small>older records are not looked for any more</small>
      </dd>
      <dt>Holes</dt>
      <dd>
        {holes.length === 0
          ? 'none'
          : holes.map(({ from, to, status }) => (
              <p key={from}>
                {utc(from)} to {utc(to)}: Valence answers {status}
              </p>
            ))}
      </dd>
    </dl>
  </section>
);

const Quarantine = ({ total, shown }: ShownForwarder['quarantine']) => (
  <section class="quarantine" aria-label="Quarantine">
    <h2>Quarantine: {whole(total)}</h2>
    {total === 0 && <p class="none">Datadog has taken every record.</p>}
    {shown.length > 0 && (
      <>
        <p class="hint">
          Why Datadog refuses each: <code>npm run ops -- replay --local --dry-run</code>
        </p>
        <table>
          <TableHead names={['stream', 'since (UTC)', 'reason']} />
          <tbody>
            {shown.map(({ stream, at, reason }, index) => (
              <tr key={index}>
                <td>{stream}</td>
                <td class="date">{time(Date.parse(at))}</td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </>
    )}
  </section>
);
