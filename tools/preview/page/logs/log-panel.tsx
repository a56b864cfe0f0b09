import type { ExplainedLog, Explanation } from '../../explore/answers.ts';
import { useAnswer } from '../shell/answer.ts';
import { counted, cut, time } from '../shell/format.ts';
import { Panel } from '../shell/panel.tsx';
import { Problem } from '../shell/problem.tsx';
import { Status } from '../shell/status.tsx';
import { Tree } from './tree.tsx';

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
}: ExplainedLog & { onTerm: (term: string) => void }) => {
  const added = explanations.filter(({ kind }) => kind === 'added');
  return (
    <>
      <p class="whole-message">{cut(message) || '(no message)'}</p>
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
      <Explanations of={explanations.filter(({ kind }) => kind !== 'added')} />
      {explanations.length === 0 && <p>Nothing: the log is not from a record.</p>}
      {added.length > 0 && (
        <details>
          <summary>Added {counted(added.length, 'value')} for searches and boards</summary>
          <Explanations of={added} />
        </details>
      )}
      <h3>Attributes</h3>
      <p class="hint">A value is a term for the search: press it to narrow the search to logs with it.</p>
      <Tree value={attributes} onTerm={onTerm} />
    </>
  );
};

const Explanations = ({ of }: { of: readonly Explanation[] }) => (
  <ul class="explanations">
    {of.map(({ field, kind, title, text }) => (
      <li key={field} class={kind}>
        <strong>{title}</strong> <small>{kind}</small>
        <p>{text}</p>
        <code>{field}</code>
      </li>
    ))}
  </ul>
);
