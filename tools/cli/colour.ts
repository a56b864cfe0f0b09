import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/**
 * Styles text for a terminal. Without a terminal, and with `NO_COLOR`, the text is unchanged.
 * @param stream where the text goes
 */
export const colour = (style: Style, text: string, stream: NodeJS.WritableStream = process.stdout): string =>
  styleText(style, text, { stream });
