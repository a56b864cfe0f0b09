import { json, type StandInResponse } from '../../http-server.ts';

/** What Lambda and EventBridge Scheduler, which speak AWS's REST protocol, answer to an unknown name. */
export const notFound = (what: string): StandInResponse =>
  json(404, { message: `${what} not found` }, { 'x-amzn-errortype': 'ResourceNotFoundException' });
