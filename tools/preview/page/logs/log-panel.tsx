import type { ExplainedLog } from '../../explore/answers.ts';
import { useAnswer } from '../shell/answer.ts';
import { time } from '../shell/format.ts';
import { Panel } from '../shell/panel.tsx';
import { Problem } from '../shell/problem.tsx';
import { Status } from '../shell/status.tsx';
import { Tree } from './tree.tsx';

const KINDS = { changed: 'changed', marked: 'marked', added: 'added' } as const;

/**
 * One log: what the forwarder did with it, and all of its attributes.
 * @param onTerm puts a term into the search
 */
export function LogPanel({
  id,
  onTerm,
  onClose,
}: {
  id: string;
  onTerm: (term: string) => void;
  onClose: () => void;
}) {
  const { value, error } = useAnswer<ExplainedLog>('api/log', { id });
  return (
    <Panel id={id} title="One log" onClose={onClose}>
      <Problem text={error} />
      {value && <Content {...value} onTerm={onTerm} />}
    </Panel>
  );
}

const Content = ({
  log: { status, timestamp, service, source, message, tags, attributes },
  explanations,
  onTerm,
}: ExplainedLog & { onTerm: (term: string) => void }) => (
  <>
    <p class="whole-message">{message || '(no message)'}</p>
    <dl class="facts">
      <dt>Status</dt>
      <dd>
        <Status text={status} />
      </dd>
      <dt>Date</dt>
      <dd>{time(timestamp)} UTC</dd>
      <dt>Source, service</dt>
      <dd>
        {source}, {service}
      </dd>
      <dt>Tags</dt>
      <dd>{tags.join(', ')}</dd>
    </dl>
    <h3>What the forwarder did</h3>
    <ul class="explanations">
      {explanations.map(({ field, kind, title, text }) => (
        <li key={field} class={kind}>
          <strong>{title}</strong> <small>{KINDS[kind]}</small>
          <p>{text}</p>
          <code>{field}</code>
        </li>
      ))}
      {explanations.length === 0 && <li>Nothing: the log is not from a record.</li>}
    </ul>
    <h3>Attributes</h3>
    <p class="hint">A value is a term for the search: press it to narrow the search to logs with it.</p>
    <Tree value={attributes} onTerm={onTerm} />
  </>
);
