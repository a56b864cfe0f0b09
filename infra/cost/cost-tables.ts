import { withTable } from '../document-table.ts';
import { billOf, consumptionOf, dollars, sumOf } from './bill.ts';
import type { StoredMonth } from './month.ts';

/** The document that shows the bill of a month. */
export const COST_DOCUMENT = 'docs/cost.md';

const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;

function billTable(month: StoredMonth): string {
  const lines = billOf(month, month.resources);
  return [
    row('item', 'arithmetic', 'US dollars a month'),
    '|---|---|---|',
    ...lines.map(({ item, arithmetic, usd }) => row(item, arithmetic, dollars(usd))),
    row('**sum**', '', `**${dollars(sumOf(lines))}**`),
  ].join('\n');
}

const consumptionTable = (month: StoredMonth): string =>
  [row('of a month', 'number'), '|---|---|', ...consumptionOf(month).map((cells) => row(...cells))].join(
    '\n',
  );

/** The document with the tables of a month written again. */
export const withMonth = (document: string, month: StoredMonth): string =>
  withTable(withTable(document, 'bill', billTable(month)), 'consumption', consumptionTable(month));
