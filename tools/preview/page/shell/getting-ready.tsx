import type { Readiness } from '../../api.ts';
import { type Answer, useAnswer } from './answer.ts';
import { whole } from './format.ts';
import { Problem } from './problem.tsx';

const ASK_EVERY_MS = 300;

const untilReady = ({ isReady }: Readiness) => (isReady ? undefined : ASK_EVERY_MS);

/** How far the server is with what the page needs. It is asked until it is ready. */
export const useReadiness = (): Answer<Readiness> => useAnswer<Readiness>('api/ready', {}, untilReady);

/** What is shown until the page can show anything. */
export function GettingReady({ value, error }: Pick<Answer<Readiness>, 'value' | 'error'>) {
  if (error !== undefined) return <Problem text={error} />;
  if (value === undefined) return null;
  const { logs, rules } = value;
  const [what, { done, all }] =
    logs.done < logs.all ? ['Reading logs', logs] : ['Evaluating detection rules', rules];
  return (
    <div class="ready">
      <label>
        {what}
        <progress value={done} max={all} />
      </label>
      <p>
        {whole(done)} of {whole(all)}
      </p>
    </div>
  );
}
