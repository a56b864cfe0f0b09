import { isLosslessNumber } from 'lossless-json';

/** A parsed JSON object from outside. Numbers that a double cannot hold are kept as their text (see json-text.ts). */
export type JsonObject = { [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !isLosslessNumber(value);

/** Whether a field reports something: it is there, and neither null, false, an empty text nor an empty list or object. */
export const isReported = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
