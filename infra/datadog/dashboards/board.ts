import type { Dashboard, Definition, TemplateVariable, Widget } from '../dashboard-types.ts';

/** Datadog's grid. */
export const COLUMNS = 12;

/** Widgets in a row, from the left, each with its width in columns. */
export interface Row {
  /** Height in units of Datadog's grid. */
  height: number;
  cells: readonly (readonly [width: number, definition: Definition])[];
}

/** Widgets in a row. */
export const row = (height: number, ...cells: Row['cells']): Row => ({ height, cells });

/** Widgets in a row that share the width. */
export const evenly = (height: number, ...definitions: readonly Definition[]): Row =>
  row(height, ...definitions.map((definition) => [COLUMNS / definitions.length, definition] as const));

/** The widgets of rows, one row below the other. */
function placed(rows: readonly Row[]): Widget[] {
  let y = 0;
  return rows.flatMap(({ height, cells }) => {
    let x = 0;
    const widgets = cells.map(([width, definition]) => {
      const widget = { definition, layout: { x, y, width, height } };
      x += width;
      return widget;
    });
    y += height;
    return widgets;
  });
}

/** A template variable that matches everything until a value is selected. */
export const variable = (name: string, prefix: string, values: readonly string[] = []): TemplateVariable => ({
  name,
  prefix,
  available_values: values,
  defaults: ['*'],
});

/** A search narrowed by variables. */
export const narrowed = (search: string, variables: readonly TemplateVariable[]): string =>
  [search, ...variables.map(({ name }) => `$${name}`)].join(' ');

/** A board of rows from the top. */
export const board = ({
  title,
  description,
  variables,
  rows,
}: {
  title: string;
  description: string;
  variables: readonly TemplateVariable[];
  rows: readonly Row[];
}): Dashboard => ({
  title,
  description,
  layout_type: 'ordered',
  reflow_type: 'fixed',
  template_variables: variables,
  widgets: placed(rows),
  tags: [],
});
