import type { AlarmState } from './alarm-state.ts';

/** A rule of a composite alarm: whether it holds, given the states of other alarms. */
export type Rule = (stateOf: (alarm: string) => AlarmState) => boolean;

const TOKENS = /\(|\)|AND|OR|NOT|(?:ALARM|OK|INSUFFICIENT_DATA)\("[^"]+"\)/g;
const LEAF = /^(ALARM|OK|INSUFFICIENT_DATA)\("([^"]+)"\)$/;

/**
 * Reads the expression of a rule. Source: CloudWatch API, PutCompositeAlarm, `AlarmRule`.
 * @throws {Error} if it is not one, or has a function that is not simulated
 */
export function parseRule(text: string): Rule {
  const tokens = text.match(TOKENS) ?? [];
  if (tokens.join('') !== text.replaceAll(/\s(?=(?:[^"]*"[^"]*")*[^"]*$)/g, '')) {
    throw new Error(`This rule is not simulated: ${text}`);
  }
  let position = 0;
  const rule = alternatives();
  if (position < tokens.length) throw new Error(`This rule does not end where it should: ${text}`);
  return rule;

  function alternatives(): Rule {
    const terms = [conjunction()];
    while (tokens[position] === 'OR') {
      position++;
      terms.push(conjunction());
    }
    return (stateOf) => terms.some((term) => term(stateOf));
  }

  function conjunction(): Rule {
    const terms = [operand()];
    while (tokens[position] === 'AND') {
      position++;
      terms.push(operand());
    }
    return (stateOf) => terms.every((term) => term(stateOf));
  }

  function operand(): Rule {
    const token = tokens[position++] ?? '';
    if (token === 'NOT') {
      const inner = operand();
      return (stateOf) => !inner(stateOf);
    }
    if (token === '(') {
      const inner = alternatives();
      if (tokens[position++] !== ')') throw new Error(`A bracket is not closed: ${text}`);
      return inner;
    }
    const [, state, alarm = ''] = LEAF.exec(token) ?? [];
    if (!state) throw new Error(`${token} is no operand: ${text}`);
    return (stateOf) => stateOf(alarm) === state;
  }
}
