import { gunzipSync } from 'node:zlib';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Intercept, StandInRequest } from '../../tools/stand-ins/http-server.ts';

/** The logs of a post to Datadog's intake. */
export const postedLogs = ({ body }: Pick<StandInRequest, 'body'>): JsonObject[] =>
  JSON.parse(gunzipSync(body).toString());

/** Refuses every post that holds the given text, as Datadog does: whole. */
export const refusePostsWith =
  (text: string, status: number): Intercept =>
  (request) =>
    JSON.stringify(postedLogs(request)).includes(text) ? { status } : undefined;
