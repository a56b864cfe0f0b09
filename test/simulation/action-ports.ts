import type { HourLeases } from '../../lambda/forwarder/core/backfill-ports.ts';
import type { QuarantineArchive } from '../../lambda/forwarder/core/ports.ts';
import { QuarantineError } from '../../lambda/shared/errors.ts';
import type { Invocation } from './invocation.ts';
import { unavailable } from './simulated-ports.ts';
import type { World } from './world.ts';

/** The leases of hours, each call with a fate of its own. */
export function hourLeases({ gateway, hours }: World, invocation: Invocation): HourLeases {
  const call = async <T>(name: string, act: () => Promise<T>): Promise<T> =>
    gateway.call<Promise<T>>(invocation, {
      kind: 'store',
      name,
      act,
      refuse: unavailable,
      lose: unavailable,
    });
  return {
    nextFence: (stream, now) => call(`count ${stream}`, () => hours.nextFence(stream, now)),
    acquireHour: (request) =>
      call(`acquire ${request.stream} ${request.hour}`, () => hours.acquireHour(request)),
    releaseHour: (hour, state) =>
      call(`release ${hour.stream} ${hour.hour}`, () => hours.releaseHour(hour, state)),
  };
}

const fail = (): never => {
  throw new QuarantineError('quarantine-unavailable', 'Simulated: unavailable.', 'None.');
};

/** The quarantine as a replay sees it. */
export function quarantineArchive(
  { gateway, checker, archive }: World,
  invocation: Invocation,
): QuarantineArchive {
  const call = <T>(name: string, act: () => T): Promise<T> =>
    gateway.call<T>(invocation, { kind: 'quarantine', name, act, refuse: fail, lose: fail });
  return {
    put: () => Promise.reject(new Error('A replay puts nothing into quarantine.')),
    list: (prefix) =>
      call('list quarantine', () => [...archive.keys()].filter((key) => key.startsWith(prefix)).sort()),
    get: (key) => call(`get ${key}`, () => archive.get(key) ?? 'gone'),
    delete: (key) =>
      call(`delete ${key}`, () => {
        const object = archive.get(key);
        if (object) checker.actions.deleted(object);
        archive.delete(key);
      }),
  };
}
