import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ProcessedLog } from '../../../../../tools/datadog/interpreter/log.ts';
import { matches } from '../../../../../tools/datadog/interpreter/query/match.ts';
import { termOf } from '../../../../../tools/datadog/interpreter/query/term.ts';
import { hasTerm, toggled } from '../../../../../tools/preview/page/logs/terms.ts';

const log = (name: string): ProcessedLog => ({
  source: '',
  service: 'alerts',
  status: 'info',
  timestamp: 0,
  message: '',
  tags: [],
  attributes: { name },
});

it('a term finds its value, whatever it contains', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '"', '\\', ' ', '(', '<', '*', '\n') }), (value) => {
      expect(matches(termOf('@name', value), log(value))).toBe(true);
      expect(matches(termOf('@name', value), log(`${value}!`))).toBe(false);
    }),
  );
});

it.each(['', 'service:alerts', 'a OR b', '@x:"y z" -service:b'])(
  'goes into "%s" and out of it again',
  (query) => {
    const term = termOf('@name', 'Ann');
    const narrowed = toggled(query, term);
    expect(hasTerm(narrowed, term)).toBe(true);
    expect(toggled(narrowed, term).replace(/^\((.*)\)$/, '$1')).toBe(query);
  },
);

it('narrows a search with alternatives as a whole', () => {
  const narrowed = toggled('service:alerts OR service:audit-logs', termOf('@name', 'Ann'));
  expect(matches(narrowed, log('Ann'))).toBe(true);
  expect(matches(narrowed, log('Ben'))).toBe(false);
});
