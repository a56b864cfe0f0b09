import type { Quiet, QuietRule } from '../../explore/answers.ts';
import { hashOf } from '../shell/address.ts';
import { whole } from '../shell/format.ts';
import { TableHead } from '../shell/table-head.tsx';

const REASONS: Readonly<Record<Quiet['reason'], string>> = {
  'no-log': 'no matching log',
  'no-group': 'no group',
  below: 'below the threshold',
  external: 'needs Datadog',
  history: 'needs more history',
  usual: 'nothing new',
};

/** Rules that raised nothing, and why. */
export const QuietTable = ({ rules }: { rules: readonly QuietRule[] }) => (
  <section class="quiet" aria-label="Quiet rules">
    <h2>Quiet rules</h2>
    <table>
      <TableHead names={['rule', 'reason', 'matching logs']} />
      <tbody>
        {rules.map(({ rule, name, reason, text, matching, search }) => (
          <tr key={rule}>
            <td>{name.replace('Valence: ', '')}</td>
            <td>
              <strong>{REASONS[reason]}</strong>
              <p class="why">{text}</p>
            </td>
            <td>
              {matching === 0 ? (
                0
              ) : (
                <a href={hashOf(['logs'], { query: search })}>
                  {whole(matching)}
                  <span class="hidden-text"> logs of {name}</span>
                </a>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
