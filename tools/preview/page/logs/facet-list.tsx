import { useState } from 'preact/hooks';
import { termOf } from '../../../datadog/interpreter/query/term.ts';
import type { FacetCounts, FoundFacets } from '../../explore/answers.ts';
import { useAnswer } from '../shell/answer.ts';
import { facetName, whole } from '../shell/format.ts';
import { hasTerm } from './terms.ts';

/** What most users look for first. The others are counted once they are opened. */
const OPEN_FIRST: readonly string[] = [
  'service',
  'status',
  '@alert_type_details.severity',
  '@valence_forwarder.primary_event.action',
];

/** Facets with their values; a value is a term of the search that can be put in and taken out. */
export function FacetList({
  search,
  query,
  onTerm,
}: {
  search: URLSearchParams;
  query: string;
  onTerm: (term: string) => void;
}) {
  const [open, setOpen] = useState(OPEN_FIRST);
  const question = new URLSearchParams([
    ...search,
    ...open.map((facet): [string, string] => ['facet', facet]),
  ]);
  const { value } = useAnswer<FoundFacets>('api/facets', question);
  return (
    <aside class="facets" aria-label="Facets">
      {value?.facets.map((facet) => (
        <details
          key={facet}
          open={open.includes(facet)}
          onToggle={({ currentTarget }) =>
            setOpen((before) =>
              currentTarget.open === before.includes(facet)
                ? before
                : currentTarget.open
                  ? [...before, facet]
                  : before.filter((each) => each !== facet),
            )
          }
        >
          <summary title={facet}>{facetName(facet)}</summary>
          <Values counts={value.counts.find((each) => each.facet === facet)} query={query} onTerm={onTerm} />
        </details>
      ))}
    </aside>
  );
}

function Values({
  counts,
  query,
  onTerm,
}: {
  counts: FacetCounts | undefined;
  query: string;
  onTerm: (term: string) => void;
}) {
  if (!counts) return <p class="none">…</p>;
  if (counts.values.length === 0) return <p class="none">no log has it</p>;
  const more = counts.distinct - counts.values.length;
  return (
    <ul>
      {counts.values.map(({ value, count }) => {
        const term = termOf(counts.facet, value);
        return (
          <li key={value}>
            <button
              type="button"
              class="value"
              title={value}
              aria-pressed={hasTerm(query, term)}
              onClick={() => onTerm(term)}
            >
              {value === '' ? '(empty)' : value}
            </button>
            <span class="count">{whole(count)}</span>
          </li>
        );
      })}
      {more > 0 && <li class="none">and {whole(more)} more</li>}
    </ul>
  );
}
