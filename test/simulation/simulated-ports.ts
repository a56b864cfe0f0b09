import type {
  CallOptions,
  Ports,
  PostAnswer,
  Quarantine,
  Sink,
  Telemetry,
} from '../../lambda/forwarder/core/ports.ts';
import type { Lease, Progress, StateStore } from '../../lambda/forwarder/core/state-ports.ts';
import { valenceSource } from '../../lambda/forwarder/valence/client.ts';
import type { ApiKey } from '../../lambda/shared/api-key.ts';
import { QuarantineError, StateError } from '../../lambda/shared/errors.ts';
import { HttpFailure, type HttpResponse, type Transport } from '../../lambda/shared/http.ts';
import { putInto } from '../support/reused-bytes.ts';
import { archiveKey } from './archive-key.ts';
import type { Invocation } from './invocation.ts';
import { messageOf } from './record-changes.ts';
import { ORIGIN } from './valence-server.ts';
import type { World } from './world.ts';

const POST_TIMEOUT_MS = 30_000;

const silent: Telemetry = { count: () => undefined, info: () => undefined, warn: () => undefined };

/** The ports of one invocation: the production Valence client over a simulated transport, the rest simulated. */
export function simulatedPorts(world: World, invocation: Invocation): Ports {
  const { clock } = invocation;
  const nextRandom = () => world.random.next();
  const options = {
    transport: transport(world, invocation),
    apiKey: apiKey(world),
    clock,
    random: nextRandom,
  };
  const source = valenceSource({ ...options, telemetry: silent, origin: ORIGIN, profile: world.profile });
  return {
    source: {
      ...source,
      pages(stream, range, call) {
        world.valence.scans.expect(invocation, stream, range);
        return invocation.lists.noting(stream, range, call, source.pages(stream, range, call));
      },
    },
    sink: sink(world, invocation),
    store: store(world, invocation),
    quarantine: quarantine(world, invocation),
    telemetry: silent,
    clock,
    random: nextRandom,
  };
}

const apiKey = ({ random }: World): ApiKey => ({
  value: async () => 'key',
  renew: async () => (random.chance(0.5) ? 'newer key' : undefined),
  fix: 'Store a valid key.',
});

function transport(world: World, invocation: Invocation): Transport {
  const { gateway, time, valence, random, scenario } = world;
  const failure = (reason: HttpFailure['reason']) => new HttpFailure(reason, `Simulated: ${reason}.`);

  function trouble(): HttpResponse {
    const status = (code: number, headers = {}) => ({ status: code, headers, body: Buffer.alloc(0) });
    if (scenario.faults.has('source key refused') && random.chance(0.3)) return status(401);
    if (scenario.faults.has('source throttling') && random.chance(0.5)) {
      return status(
        429,
        random.pick<Record<string, string>>([{}, { 'retry-after': '3' }, { 'retry-after': '400' }]),
      );
    }
    switch (random.between(0, 5)) {
      case 0:
        throw failure('unreachable');
      case 1:
        throw failure('interrupted');
      case 2:
        throw failure('timeout');
      case 3:
        return { status: 200, headers: {}, body: Buffer.from('<html>maintenance</html>') };
      default:
        return status(503);
    }
  }

  return (request) => {
    let heard = () => {};
    let response: HttpResponse | undefined;
    const { pathname, searchParams } = new URL(request.url);
    world.noteEffect(request.url);
    return gateway.call(invocation, {
      kind: 'source',
      name: `read ${pathname.slice('/api/v1/'.length)} ${searchParams}`,
      act: () => {
        if (valence.isTooLarge(request, time.now)) throw failure('too-large');
        const answer = valence.answer(invocation, request, time.now);
        heard = answer.heard;
        response = { ...answer.response };
        return response;
      },
      heard: () => {
        heard();
        // Not before: a request that was aborted writes nothing.
        if (response) response.body = putInto(response.body, request.into);
      },
      refuse: trouble,
      lose: () => {
        throw failure('timeout');
      },
      timeoutMs: request.timeoutMs,
      signal: request.signal,
      cutOff: () => {
        throw failure('aborted');
      },
    });
  };
}

function sink(world: World, invocation: Invocation): Sink {
  const { gateway, time, datadog, random, answerRandom, scenario } = world;

  function trouble(): PostAnswer {
    if (scenario.faults.has('sink key refused') && random.chance(0.3)) {
      return answerRandom.chance(0.5)
        ? { outcome: 'credential', reason: 'Simulated: 401.' }
        : { outcome: 'unexplained', status: 403, reason: 'Simulated: 403.', fix: 'None.' };
    }
    if (scenario.faults.has('sink throttling') && random.chance(0.5)) {
      const retryAfterMs = random.pick([undefined, 3000, 400_000]);
      return { outcome: 'retry', ambiguous: false, throttled: true, retryAfterMs, reason: 'Simulated: 429.' };
    }
    if (random.chance(0.1)) {
      return answerRandom.chance(0.5)
        ? { outcome: 'fatal', ambiguous: false, reason: 'Simulated: 301.', fix: 'None.' }
        : { outcome: 'unexplained', status: 404, reason: 'Simulated: 404.', fix: 'None.' };
    }
    return { outcome: 'retry', ambiguous: random.chance(0.7), throttled: false, reason: 'Simulated: 503.' };
  }

  return {
    post(body: string | Buffer, { deadline }: CallOptions) {
      const left = deadline.left();
      if (left <= 0) return Promise.resolve({ outcome: 'deadline-exceeded' });
      world.noteEffect(body);
      const post = datadog.send(invocation, body.toString());
      return gateway.call<PostAnswer>(invocation, {
        kind: 'sink',
        name: `post ${post.stream} ${post.logs.map(({ message }) => message).join(' ')}`,
        act: () => datadog.take(post, time.now),
        heard: () => datadog.heard(post),
        refuse: trouble,
        lose: () => {
          post.unanswered = true;
          return left < POST_TIMEOUT_MS
            ? { outcome: 'deadline-exceeded' }
            : { outcome: 'retry', ambiguous: true, throttled: false, reason: 'Simulated: reply lost.' };
        },
        timeoutMs: Math.min(POST_TIMEOUT_MS, left),
      });
    },
  };
}

export const unavailable = (): never => {
  throw new StateError('state-throttled', 'Simulated: throttled.', 'None.');
};

function store(world: World, invocation: Invocation): StateStore {
  const { gateway, table, checker } = world;
  const call = <T>(name: string, act: () => T, failed: () => void = () => {}): Promise<T> => {
    const fail = () => {
      failed();
      return unavailable();
    };
    return gateway.call<T>(invocation, { kind: 'store', name, act, refuse: fail, lose: fail });
  };
  /** Writes progress, and lets the checker judge it before and after. */
  const write = (name: string, lease: Lease, copy: Progress, act: () => void): Promise<void> =>
    gateway.call<void>(invocation, {
      kind: 'store',
      name: `${name} ${lease.stream} W=${copy.watermark} V=${copy.finalWatermark}`,
      act: () => {
        const before = table.read(lease.stream);
        checker.progressNoted(invocation, lease, before, copy);
        act();
        checker.progressStored(lease.stream, before, table.read(lease.stream));
      },
      refuse: unavailable,
      lose: unavailable,
      mayComeAgain: true,
    });
  return {
    acquire: (request) =>
      call(`acquire ${request.stream}`, () => {
        const answer = table.acquire(request);
        if (!answer.held) checker.leaseTaken(invocation, answer.lease, answer.state);
        return answer;
      }),
    save: (lease, progress) => {
      const copy = { ...progress };
      world.noteEffect(JSON.stringify(copy));
      return write('save', lease, copy, () => table.save(lease, copy));
    },
    release: (lease, progress, clean) => {
      const copy = { ...progress };
      world.noteEffect(JSON.stringify([copy, clean]));
      const name = `release ${clean ? 'clean' : 'unclean'}`;
      return write(name, lease, copy, () => table.release(lease, copy, clean));
    },
    read: (stream) => call(`read ${stream}`, () => table.read(stream)),
    loadLedger: (stream, hour, lastHour) =>
      call(`load ledger ${stream} ${hour}${lastHour === undefined ? '' : ' and later'}`, () => {
        if (lastHour === undefined) checker.ledgerRead(invocation, stream, hour);
        return table.loadLedger(stream, hour, lastHour);
      }),
    appendLedger: (stream, chunk, expiresAt) => {
      world.noteEffect(chunk.entries);
      world.noteEffect(`${stream} ${chunk.hour}#${chunk.fence}#${chunk.sequence} ${expiresAt}`);
      return call(
        `append ledger ${stream} ${chunk.hour}#${chunk.fence}#${chunk.sequence}`,
        () => {
          checker.ledgerAppended(stream, chunk);
          table.appendLedger(stream, chunk, expiresAt);
        },
        () => invocation.failedNotes.set(stream, (invocation.failedNotes.get(stream) ?? 0) + 1),
      );
    },
  };
}

function quarantine(world: World, invocation: Invocation): Quarantine {
  const { gateway, checker, archive } = world;
  const fail = () => {
    throw new QuarantineError('quarantine-unavailable', 'Simulated: unavailable.', 'None.');
  };
  return {
    put: (object) => {
      if (!('record' in object)) throw new Error('The simulated API shows no unreadable elements.');
      const record = object;
      world.noteEffect(JSON.stringify(record));
      return gateway.call<void>(invocation, {
        kind: 'quarantine',
        name: `quarantine ${record.stream} ${messageOf(record.record)}`,
        act: () => {
          checker.quarantined(invocation, record);
          archive.set(archiveKey(record), record);
        },
        refuse: fail,
        lose: fail,
      });
    },
  };
}
