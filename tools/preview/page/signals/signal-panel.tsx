import { Fragment } from 'preact';
import type { Block, ExplainedSignal, Span } from '../../explore/answers.ts';
import { LogHead, LogRows } from '../logs/log-table.tsx';
import { go, hashOf } from '../shell/address.ts';
import { useAnswer } from '../shell/answer.ts';
import { time, whole } from '../shell/format.ts';
import { Panel } from '../shell/panel.tsx';
import '../logs/logs.css';
import { Problem } from '../shell/problem.tsx';
import { Status } from '../shell/status.tsx';

/** One signal: its message and the logs behind it. */
export function SignalPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { value, error } = useAnswer<ExplainedSignal>('api/signal', { id });
  return (
    <Panel id={id} title={value?.title ?? 'One signal'} onClose={onClose}>
      <Problem text={error} />
      {value && <Content {...value} />}
    </Panel>
  );
}

const Content = ({ status, rule, group, from, to, logs, message, samples, search }: ExplainedSignal) => (
  <>
    <dl class="facts">
      <dt>Severity</dt>
      <dd>
        <Status text={status} />
      </dd>
      <dt>First, last found</dt>
      <dd>
        {time(from)}, {time(to)} UTC
      </dd>
      <dt>Rule</dt>
      <dd>
        <code>{rule}</code>
      </dd>
      {group.map(({ facet, value }) => (
        <Fragment key={facet}>
          <dt>{facet}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
    <div class="rule-message">
      {message.map((block, index) => (
        <MessageBlock key={index} {...block} />
      ))}
    </div>
    <h3>Logs behind it</h3>
    <p class="hint">
      {whole(samples.length)} of {whole(logs)}.{' '}
      <a href={hashOf(['logs'], { query: search })}>Search for the logs of this rule and group</a>
    </p>
    <div class="samples">
      <table class="list">
        <LogHead />
        <tbody>
          <LogRows logs={samples} onOpen={(log) => go(['logs'], { query: search, log: String(log) })} />
        </tbody>
      </table>
    </div>
  </>
);

function MessageBlock({ kind, lines }: Block) {
  const spans = lines.map((line) => line.map(shownSpan));
  if (kind === 'heading') return <h3>{spans[0]}</h3>;
  if (kind === 'paragraph') return <p>{spans[0]}</p>;
  const items = spans.map((line, index) => <li key={index}>{line}</li>);
  return kind === 'steps' ? <ol>{items}</ol> : <ul>{items}</ul>;
}

function shownSpan({ style, text }: Span) {
  if (style === 'code') return <code>{text}</code>;
  return style === 'bold' ? <strong>{text}</strong> : text;
}
