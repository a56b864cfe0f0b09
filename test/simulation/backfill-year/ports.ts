import type { HourLeases } from '../../../lambda/forwarder/core/backfill-ports.ts';
import type { PostAnswer, Quarantine, Sink, Telemetry } from '../../../lambda/forwarder/core/ports.ts';
import type { BackfillPorts } from '../../../lambda/forwarder/core/runs/backfill.ts';
import type { StateStore } from '../../../lambda/forwarder/core/state-ports.ts';
import { valenceSource } from '../../../lambda/forwarder/valence/client.ts';
import { QuarantineError, StateError } from '../../../lambda/shared/errors.ts';
import {
  HttpFailure,
  type HttpResponse,
  type ReusedBytes,
  type Transport,
} from '../../../lambda/shared/http.ts';
import { putInto } from '../../support/reused-bytes.ts';
import type { Machine } from './machine.ts';
import { queryUnits, writeUnits } from './measures.ts';
import type { YearWorld } from './world.ts';
import { numbersIn } from './year.ts';

/** The ports of one machine: the production Valence client over a simulated transport, the rest simulated. */

const ORIGIN = 'https://valence.test';

const silent: Telemetry = { count: () => undefined, info: () => undefined, warn: () => undefined };

/** How many records of a machine Datadog accepted or the quarantine took, and how many of these it has noted. */
export interface Notes {
  accepted: number;
  noted: number;
}

export function yearPorts(world: YearWorld, machine: Machine, notes: Notes): BackfillPorts {
  const { clock } = machine;
  const nextRandom = () => world.random.next();
  return {
    source: valenceSource({
      transport: transport(world, machine),
      apiKey: { value: async () => 'key', renew: async () => undefined, fix: 'None.' },
      origin: ORIGIN,
      profile: world.profile,
      telemetry: silent,
      clock,
      random: nextRandom,
    }),
    sink: sink(world, machine, notes),
    store: store(world, machine, notes),
    hours: hours(world, machine),
    quarantine: quarantine(world, machine, notes),
    telemetry: silent,
    clock,
    random: nextRandom,
  };
}

function transport(world: YearWorld, machine: Machine): Transport {
  const { measures, settings, time, year, fate } = world;
  const serve = (url: URL, into: ReusedBytes | undefined): HttpResponse => {
    const number = (name: string) => Number(url.searchParams.get(name));
    // Both bounds belong to the requested range.
    const [first, end] = year.find(number('from'), number('to') + 1);
    const start = url.searchParams.has('cursor') ? number('cursor') : first;
    const stop = Math.min(end, start + number('limit'));
    const items = Array.from({ length: stop - start }, (_, index) => year.text(start + index));
    machine.work((items.length * settings.cpuMicrosPerRecord) / 1000);
    return {
      status: 200,
      headers: { date: new Date(time.now).toUTCString() },
      body: putInto(
        Buffer.from(`{"items":[${items.join(',')}],"nextCursor":${stop < end ? `"${stop}"` : 'null'}}`),
        into,
      ),
    };
  };
  return ({ url, into }) => {
    measures.sourceRequests++;
    return machine.call({
      latencyMs: settings.sourceLatencyMs,
      fate: fate('source'),
      // The core asks for the next page before it works on this one.
      ahead: true,
      act: () => serve(new URL(url), into),
      fail: (what) => {
        if (what === 'lost') throw new HttpFailure('timeout', 'Simulated: timeout.');
        return { status: 503, headers: {}, body: Buffer.alloc(0) };
      },
    });
  };
}

function sink(world: YearWorld, machine: Machine, notes: Notes): Sink {
  const { measures, settings, tally, year, fate } = world;
  const take = (text: string): PostAnswer => {
    const numbers = [...numbersIn(text)];
    if (numbers.some(year.isRejected)) {
      return { outcome: 'rejected', status: 400, tooLarge: false, reason: 'Simulated: 400.' };
    }
    for (const number of numbers) tally.arrive(number);
    notes.accepted += numbers.length;
    return { outcome: 'success' };
  };
  return {
    post(body) {
      const text = typeof body === 'string' ? body : body.toString('latin1');
      measures.post(text);
      const own = fate('sink');
      return machine.call<PostAnswer>({
        latencyMs: settings.sinkLatencyMs,
        fate: own,
        act: () => {
          const before = notes.accepted;
          const answer = take(text);
          // The sender cannot know that it was accepted and sends it again, so no ledger entry is missing.
          if (own === 'lost') {
            tally.inDoubt += notes.accepted - before;
            notes.accepted = before;
          }
          return answer;
        },
        fail: (what) => ({
          outcome: 'retry',
          ambiguous: what === 'lost',
          throttled: false,
          reason: `Simulated: ${what}.`,
        }),
      });
    },
  };
}

const throttled = (): never => {
  throw new StateError('state-throttled', 'Simulated: throttled.', 'None.');
};

/** Calls that a backfill must never make. */
const forbidden = async (): Promise<never> => {
  throw new Error('A backfill has touched the state of the live run.');
};

function store(world: YearWorld, machine: Machine, notes: Notes): StateStore {
  const { measures, settings, table, fate } = world;
  const call = <T>(act: () => T): Promise<T> =>
    machine.call({ latencyMs: settings.tableLatencyMs, fate: fate('table'), act, fail: throttled });
  return {
    acquire: forbidden,
    save: forbidden,
    release: forbidden,
    read: (stream) => {
      measures.readUnits++;
      return call(() => table.read(stream));
    },
    loadLedger: (stream, hour, lastHour) =>
      call(() => {
        const chunks = table.loadLedger(stream, hour, lastHour);
        measures.readUnits += queryUnits(stream, chunks);
        return chunks;
      }),
    appendLedger: (stream, chunk, expiresAt) =>
      call(() => {
        measures.writeUnits += writeUnits(stream, chunk);
        measures.ledgerBytes += chunk.entries.length;
        table.appendLedger(stream, chunk, expiresAt);
        notes.noted += Math.floor((chunk.entries.length - 1) / 16);
      }),
  };
}

function hours(world: YearWorld, machine: Machine): HourLeases {
  const { measures, settings, hourLeases, fate } = world;
  // A write whose reply is lost is repeated by the SDK; the adapter's own tests cover it.
  const call = async <T>(act: () => Promise<T>): Promise<T> => {
    measures.writeUnits++;
    const own = fate('table');
    const pending = await machine.call<() => Promise<T>>({
      latencyMs: settings.tableLatencyMs,
      fate: own === 'lost' ? 'ok' : own,
      act: () => {
        const done = act();
        return () => done;
      },
      fail: throttled,
    });
    return pending();
  };
  return {
    nextFence: (stream, now) => call(() => hourLeases.nextFence(stream, now)),
    acquireHour: (request) => call(() => hourLeases.acquireHour(request)),
    releaseHour: (hour, state) => call(() => hourLeases.releaseHour(hour, state)),
  };
}

function quarantine(
  { measures, settings, tally, fate }: YearWorld,
  machine: Machine,
  notes: Notes,
): Quarantine {
  return {
    put: (object) => {
      if (!('record' in object)) throw new Error('The simulated API shows no unreadable elements.');
      const { fingerprint, record } = object;
      measures.quarantinePuts++;
      return machine.call<void>({
        latencyMs: settings.tableLatencyMs,
        fate: fate('quarantine'),
        act: () => {
          for (const number of numbersIn(JSON.stringify(record))) tally.quarantine(fingerprint, number);
          notes.accepted++;
        },
        fail: () => {
          throw new QuarantineError('quarantine-unavailable', 'Simulated: unavailable.', 'None.');
        },
      });
    },
  };
}
