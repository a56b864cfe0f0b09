import { useCallback, useState } from 'preact/hooks';
import type { ShownBoard } from '../../api.ts';
import { go, hashOf, withQuery } from '../shell/address.ts';
import { useAnswer } from '../shell/answer.ts';
import { FramePicker } from '../shell/frame.tsx';
import type { PageProps } from '../shell/pages.ts';
import { Problem } from '../shell/problem.tsx';
import { BoardView } from './board-view.tsx';
import { type Clicked, ValueMenu } from './value-menu.tsx';
import { VariablePicker } from './variables.tsx';

const FIRST = 'overview';

/** The boards: one at a time, with its time frame and variables. */
export function BoardsPage({ address: { path, query }, boards: { boards } }: PageProps) {
  const key = path[1] ?? FIRST;
  const question = withQuery(query, { key });
  const { value: board, error, isLoading } = useAnswer<ShownBoard>('api/board', question);
  const [clicked, setClicked] = useState<Clicked>();
  const close = useCallback(() => setClicked(undefined), []);
  const change = (changed: URLSearchParams) => go(['boards', key], changed);
  const isEmpty = query.get('empty') === '1';
  return (
    <>
      <nav class="boards" aria-label="Dashboards">
        {boards.map((each) => (
          <a
            key={each.key}
            href={hashOf(['boards', each.key], keptQuery(query))}
            aria-current={each.key === key ? 'page' : undefined}
          >
            {each.title.replace('Valence: ', '')}
          </a>
        ))}
      </nav>
      <Problem text={error} />
      {board && (
        <>
          <div class="head">
            <h1>{board.title}</h1>
            <p>{board.description}</p>
          </div>
          <div class="choices">
            {board.variables.map((variable) => (
              <VariablePicker
                key={`${key} ${variable.name}`}
                variable={variable}
                onPick={(picked) => change(withQuery(query, { [`var.${variable.name}`]: picked }))}
              />
            ))}
            <FramePicker query={query} span={board.data.span} frame={board.frame} onChange={change} />
            <label class="switch">
              <input
                type="checkbox"
                checked={isEmpty}
                onChange={() => change(withQuery(query, { empty: isEmpty ? undefined : '1' }))}
              />
              Empty organisation
            </label>
          </div>
          <BoardView board={board} isLoading={isLoading} onClick={setClicked} />
          {clicked && <ValueMenu clicked={clicked} board={board} query={query} onClose={close} />}
        </>
      )}
    </>
  );
}

/** What stays when another board is chosen: the variables differ. */
const keptQuery = (query: URLSearchParams) =>
  new URLSearchParams([...query].filter(([name]) => !name.startsWith('var.') || name === 'var.tenant'));
