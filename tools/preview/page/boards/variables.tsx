import { useEffect, useState } from 'preact/hooks';
import type { VariableChoice } from '../../api.ts';

/** Picks a value of a template variable: one that is offered, or any other. */
export function VariablePicker({
  variable: { name, prefix, values, picked = '' },
  onPick,
}: {
  variable: VariableChoice;
  onPick: (value: string | undefined) => void;
}) {
  const [text, setText] = useState(picked);
  useEffect(() => setText(picked), [picked]);
  const list = `values-of-${name}`;
  const pick = (value: string) => {
    if (value !== picked) onPick(value === '' ? undefined : value);
  };
  return (
    <span class="choice">
      <label>
        <span title={prefix}>${name}</span>
        <input
          list={list}
          value={text}
          placeholder="*"
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget: { value } }) => {
            setText(value);
            if (values.includes(value)) pick(value);
          }}
          onChange={({ currentTarget: { value } }) => pick(value)}
        />
      </label>
      <datalist id={list}>
        {values.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
      {picked !== '' && (
        <button
          type="button"
          class="clear"
          aria-label={`Show every ${name}`}
          onClick={() => onPick(undefined)}
        >
          ×
        </button>
      )}
    </span>
  );
}
