import { expect } from 'vitest';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { HttpFailure, type HttpRequest } from '../../lambda/shared/http.ts';

/** The key that every request carries, and no error may contain. */
export const PLANTED = 'planted-secret';

export const get = (url: string, change: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: { authorization: `Bearer ${PLANTED}` },
  timeoutMs: 5000,
  maxResponseBytes: 100_000,
  ...change,
});

/** The failure of a request, which must fail. */
export async function failureOf(request: HttpRequest, send = axiosTransport()): Promise<HttpFailure> {
  const failure = await send(request).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(HttpFailure);
  return failure as HttpFailure;
}
