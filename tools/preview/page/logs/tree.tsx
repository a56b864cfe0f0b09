import { termOf } from '../../../datadog/interpreter/query/term.ts';
import { cut } from '../shell/format.ts';

/** Levels that are open at first. */
const OPEN_LEVELS = 2;

interface Place {
  /** Names of the attributes on the way, without the numbers of lists, as a search writes them. */
  path: readonly string[];
  level: number;
  onTerm: (term: string) => void;
}

/** The attributes of a log. A list and an object fold; every text of the log is a text node. */
export const Tree = ({ value, onTerm }: { value: object; onTerm: Place['onTerm'] }) => (
  <Children value={value} place={{ path: [], level: 0, onTerm }} />
);

function Children({ value, place }: { value: object; place: Place }) {
  const isList = Array.isArray(value);
  return (
    <ul class="tree">
      {Object.entries(value).map(([name, inner]) => (
        <li key={name}>
          <Node
            name={name}
            value={inner}
            place={{
              ...place,
              path: isList ? place.path : [...place.path, name],
              level: place.level + 1,
            }}
          />
        </li>
      ))}
    </ul>
  );
}

function Node({ name, value, place }: { name: string; value: unknown; place: Place }) {
  if (value !== null && typeof value === 'object') {
    const size = Object.keys(value).length;
    return (
      <details open={place.level <= OPEN_LEVELS}>
        <summary>
          {name} <small>{Array.isArray(value) ? `[${size}]` : `{${size}}`}</small>
        </summary>
        <Children value={value} place={place} />
      </details>
    );
  }
  const text = String(value);
  return (
    <>
      <span class="name">{name}</span>{' '}
      {value === null || text === '' ? (
        <span class="none">{value === null ? 'null' : '(empty)'}</span>
      ) : (
        <button
          type="button"
          class={`leaf ${typeof value}`}
          onClick={() => place.onTerm(termOf(`@${place.path.join('.')}`, text))}
        >
          {cut(text)}
        </button>
      )}
    </>
  );
}
