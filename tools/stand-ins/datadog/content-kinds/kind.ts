import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { json, type Reply } from '../../http-server.ts';

/**
 * What Datadog's management API accepts of each kind of content, what it makes of it, and how it answers.
 * Sources: Datadog API reference (v1 and v2), and recorded exchanges where that is silent.
 */
export interface KindRules {
  readonly path: string;
  readonly scopes: { read: string; write: string };
  /** What is wrong with a body; empty when it is accepted. */
  problems(body: JsonObject): string[];
  /** A 400 in the form of this kind. */
  refuse(problems: readonly string[]): Reply;
  /** The answer to an unknown id. */
  missing(): Reply;
  /** What is wrong with a body that is to replace an object: attributes that stay as they are for its life. */
  unchangeable?(body: JsonObject, object: JsonObject): string[];
  /** What is stored of an accepted body: defaults filled in, what the server adds, and what it leaves out or changes. */
  stored(body: JsonObject, id: string): JsonObject;
  /** Its id for the n-th object. */
  id(number: number): string;
  /** The list. */
  listed(objects: readonly JsonObject[], query: URLSearchParams): Reply;
  removed(id: string): Reply;
}

/** Messages in the form of most of the API. */
export const errors = (status: number, messages: readonly string[]): Reply =>
  json(status, { errors: messages });

/** A 400 in the form of pipelines and of the validation of rules. */
export const error = (code: string, message: string, details: readonly string[]): Reply =>
  json(400, { error: { code, message, details } });

/** A problem for each required field that a body lacks. */
export const absent = (body: JsonObject, ...fields: string[]): string[] =>
  fields.filter((field) => body[field] === undefined).map((field) => `The field ${field} is required`);

/** An id of three parts of three characters, as dashboards and rules have. */
export const idOfThreeParts = (start: string, number: number): string =>
  `${start}-${String(number)
    .padStart(6, '0')
    .replace(/^(...)/, '$1-')}`;

/** A problem for an attribute that a body would change. */
export const changed = (name: string, wanted: unknown, present: unknown): string[] =>
  wanted === undefined || present === undefined || wanted === present
    ? []
    : [`${name} cannot be changed from ${present} to ${wanted}`];

export const objectsIn = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter((item) => item !== null && typeof item === 'object') : [];

export const wholeNumber = (query: URLSearchParams, name: string, otherwise: number): number =>
  Number(query.get(name) ?? otherwise);

/** The n-th page of a size. */
export const pageOf = (objects: readonly JsonObject[], number: number, size: number): JsonObject[] =>
  objects.slice(number * size, (number + 1) * size);
