import type { Dashboard, Definition, Group, TemplateVariable, Widget } from '../dashboard-types.ts';

/** Datadog's grid. */
export const COLUMNS = 12;

/**
 * Units of the grid that a screen of 1080 lines shows below the header of a board. At most two screens come before the first group, and no
 * group is higher, so that whoever folds a group has the next one in sight.
 */
export const SCREEN_UNITS = 12;

/** Units that the title of a group takes. */
export const GROUP_TITLE_UNITS = 1;

/** What a group is about, by its colour, which is the same on all boards. */
const THEMES = {
  amounts: 'vivid_blue',
  threats: 'vivid_orange',
  state: 'vivid_yellow',
  people: 'vivid_purple',
  places: 'vivid_green',
  changes: 'vivid_pink',
  records: 'gray',
} as const;

type Theme = keyof typeof THEMES;

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

/** A part of a board that folds. */
export interface Section {
  title: string;
  theme: Theme;
  rows: readonly Row[];
}

/** A part of a board that folds, of rows from the top. */
export const section = (theme: Theme, title: string, ...rows: readonly Row[]): Section => ({
  title,
  theme,
  rows,
});

/** The widgets of rows, one row below the other. */
function placed(rows: readonly Row[]): Widget<Definition>[] {
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

const heightOf = (rows: readonly Row[]) => rows.reduce((sum, { height }) => sum + height, 0);

/** Sections as groups, one below the other. @param top where the first one begins */
function folding(sections: readonly Section[], top: number): Widget<Group>[] {
  let y = top;
  return sections.map(({ title, theme, rows }) => {
    const height = GROUP_TITLE_UNITS + heightOf(rows);
    const layout = { x: 0, y, width: COLUMNS, height };
    y += height;
    return {
      definition: {
        type: 'group',
        title,
        show_title: true,
        background_color: THEMES[theme],
        layout_type: 'ordered',
        widgets: placed(rows),
      },
      layout,
    };
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

/** A board of rows from the top, and sections that fold below them. */
export const board = ({
  title,
  description,
  variables,
  rows,
  sections,
}: {
  title: string;
  description: string;
  variables: readonly TemplateVariable[];
  rows: readonly Row[];
  sections: readonly Section[];
}): Dashboard => ({
  title,
  description,
  layout_type: 'ordered',
  reflow_type: 'fixed',
  template_variables: variables,
  widgets: [...placed(rows), ...folding(sections, heightOf(rows))],
  tags: [],
});
