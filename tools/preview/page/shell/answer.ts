import { useEffect, useState } from 'preact/hooks';
import type { Refusal } from '../../api.ts';

/** What the server answered so far. */
export interface Answer<T> {
  /** The latest answer. It stays while the next one is awaited, so that nothing on the page moves. */
  value?: T;
  /** Why there is no answer to the present question. */
  error?: string;
  /** Whether an answer is awaited. */
  isLoading: boolean;
}

async function ask<T>(question: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(question, { signal });
  if (response.ok) return (await response.json()) as T;
  const isJson = response.headers.get('content-type') === 'application/json';
  const text = isJson ? ((await response.json()) as Refusal).error : await response.text();
  throw new Error(text || `The server of this page answered ${response.status}.`);
}

const GONE =
  'The command that serves this page has ended. Start it again, and open the address that it prints.';

/**
 * Asks the server, and again when the question changes.
 * @param path such as `api/board`; nothing is asked while it is left out
 * @param again after how many milliseconds it asks again, by the latest answer; undefined for never. It must stay the same function
 */
export function useAnswer<T>(
  path: string | undefined,
  query: URLSearchParams | Record<string, string> = {},
  again?: (latest: T) => number | undefined,
): Answer<T> {
  const question = path && `${path}?${new URLSearchParams(query)}`;
  const [answer, setAnswer] = useState<Answer<T>>({ isLoading: true });
  useEffect(() => {
    if (question === undefined) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wait: number | undefined;
    const load = () =>
      ask<T>(question, abort.signal)
        .then(
          (value) => {
            setAnswer({ value, isLoading: false });
            wait = again?.(value);
          },
          (error: Error) => {
            if (abort.signal.aborted) return;
            // fetch fails by itself only when no server answers.
            setAnswer({ error: error instanceof TypeError ? GONE : error.message, isLoading: false });
          },
        )
        .then(() => {
          if (wait !== undefined && !abort.signal.aborted) timer = setTimeout(load, wait);
        });
    setAnswer(({ value }) => ({ ...(value !== undefined && { value }), isLoading: true }));
    void load();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [question, again]);
  return answer;
}
