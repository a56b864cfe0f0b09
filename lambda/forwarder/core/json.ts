/** A parsed JSON object from outside. Numbers that a double cannot hold are kept as their text (see common/json-text.ts). */
export type JsonObject = { [key: string]: unknown };
