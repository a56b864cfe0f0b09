import { OWN_ATTRIBUTE } from '../../../../contract.ts';
import { WRITTEN_FACTS } from '../../../../shared/log-paths.ts';
import { EACH, parseRedactPath, type Step } from '../../../../shared/redact-path.ts';

/** The places of a log that no name is searched in, as a tree of the steps to them. A place without further steps is one. */
export type KeptPlaces = ReadonlyMap<Step, KeptPlaces>;

/** What contains nothing of the record. */
const OWN_PATHS = [
  ...['ddsource', 'service', 'ddtags'],
  ...['fingerprint', 'tenant', 'run_id', 'changed[*]'].map((name) => `${OWN_ATTRIBUTE}.${name}`),
];

const stepsOf = (path: string): Step[] => parseRedactPath(path) ?? [];

/**
 * Where a log keeps its texts whatever people are called: whoever calls himself `Open` or like an address must not take
 * status and address from his logs, because detection rules go by them. What a rule names is searched.
 * @param rules paths of the rules
 */
export function keptPlaces(rules: readonly (readonly Step[])[]): KeptPlaces {
  const facts = WRITTEN_FACTS.map((paths) => paths.map(stepsOf)).filter(
    (paths) => !paths.some((path) => rules.some((rule) => names(rule, path))),
  );
  const root = new Map<Step, KeptPlaces>();
  for (const path of [...OWN_PATHS.map(stepsOf), ...facts.flat()]) {
    let place = root;
    for (const step of path) {
      const inner = (place.get(step) ?? new Map()) as Map<Step, KeptPlaces>;
      place.set(step, inner);
      place = inner;
    }
  }
  return root;
}

/** Whether a rule is about a place, something around it or something in it. A name also applies to the elements of a list. */
function names([step, ...rest]: readonly Step[], [place, ...inner]: readonly Step[]): boolean {
  if (step === undefined || place === undefined) return true;
  if (place === EACH) return names(step === EACH ? rest : [step, ...rest], inner);
  return (step === EACH || step === place) && names(rest, inner);
}
