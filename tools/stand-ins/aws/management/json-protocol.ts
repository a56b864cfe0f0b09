import { json, type StandInResponse } from '../../http-server.ts';

/** AWS's JSON protocol, which CloudWatch, CloudWatch Logs, KMS and Step Functions speak. */

export type JsonRequest = Readonly<Record<string, unknown>>;

const HEADERS = { 'content-type': 'application/x-amz-json-1.0' };

export const reply = (value: object): StandInResponse => json(200, value, HEADERS);

/** An error of the caller. */
export const refuse = (type: string, message: string): StandInResponse =>
  json(400, { __type: type, message }, HEADERS);
