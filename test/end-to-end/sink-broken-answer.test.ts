import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { useForwarder } from '../support/forwarder.ts';
import { auditRecords } from '../support/records.ts';

const { it, newTenant } = useForwarder();

const HEAD_END = '\r\n\r\n';

/** An intake without an HTTP library: it stores the logs of each post, and answers byte by byte as the test decides. */
async function rawIntake(answer: (socket: Socket) => void) {
  const logs: JsonObject[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      const headEnd = received.indexOf(HEAD_END);
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received.toString('latin1', 0, headEnd))?.[1]);
      const body = received.subarray(headEnd + HEAD_END.length);
      if (body.length < length) return;
      received = Buffer.alloc(0);
      logs.push(...(JSON.parse(gunzipSync(body).toString()) as JsonObject[]));
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    logs,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends the beginning of an answer, and ends the connection once that is on its way. */
const brokenOff = (text: string, end: (socket: Socket) => void) => (socket: Socket) => {
  socket.write(text, () => end(socket));
};

const reset = (socket: Socket) => socket.resetAndDestroy();
const close = (socket: Socket) => socket.end();

it.for([
  ['its connection is reset in the headers', 'Content-Le', reset],
  ['a header is not valid', 'Content Length 2\r\n\r\n{}', close],
  ['its connection is reset in the body', 'Content-Length: 1000\r\n\r\n{', reset],
  ['its connection is closed in the body', 'Content-Length: 1000\r\n\r\n{', close],
  ['a chunk of its body is cut short', 'Transfer-Encoding: chunked\r\n\r\n64\r\n{"sta', reset],
  ['the length of a chunk is no number', 'Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n', close],
  [
    'its body is announced as gzip and is none',
    'Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}',
    close,
  ],
  ['its body has no announced length and is reset', '\r\n{', reset],
] as const)(
  'F98 a 202 breaks off, %s: five records are five logs, over several runs',
  async ([, rest, end]) => {
    await using intake = await rawIntake(brokenOff(`HTTP/1.1 202 Accepted\r\n${rest}`, end));
    await using tenant = await newTenant({ environment: { DATADOG_INTAKE_URL: intake.origin } });
    const records = auditRecords(5, tenant.now() - 600, 60);
    tenant.valence.auditLogs.add(records);

    const statuses: string[] = [];
    for (let run = 0; run < 6; run++) {
      statuses.push((await tenant.run()).status);
      tenant.travel(300);
    }

    expect(statuses).toEqual(Array(6).fill('ok'));
    expect(intake.logs.map(({ details }) => details).toSorted()).toEqual(
      records.map(({ details }) => details).toSorted(),
    );
  },
);
