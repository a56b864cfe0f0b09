import type { Truth, ZooApi } from '../../tools/stand-ins/valence/apis/api.ts';
import type { ListKind } from '../../tools/stand-ins/valence/apis/list-request.ts';
import {
  type RunningApi,
  type StartApiOptions,
  startApi,
} from '../../tools/stand-ins/valence/apis/start-api.ts';

/** The key of every API that a test starts. */
export const KEY = 'valence-key';

/** Starts an API with its records, until it is disposed of. */
export async function startFilledApi(
  api: ZooApi,
  { records, ...options }: StartApiOptions & { records: Truth },
): Promise<RunningApi & AsyncDisposable> {
  const running = await startApi(api, options);
  for (const kind of Object.keys(records) as ListKind[]) running.shelf(kind).add(records[kind]);
  return Object.assign(running, { [Symbol.asyncDispose]: () => running.close() });
}
