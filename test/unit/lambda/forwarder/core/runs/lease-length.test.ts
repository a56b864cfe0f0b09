import { expect, it } from 'vitest';
import type { HourRequest } from '../../../../../../lambda/forwarder/core/backfill-ports.ts';
import type { LeaseRequest } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { backfillWorld } from '../../../../../support/backfill-world.ts';
import { memoryStore } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

/** Lambda kills the invocation after 240 seconds; the clock of the machine that takes over may be 20 seconds ahead. */
const LEASE_END = NOW + 240 + 20;
const TIME_MS = 235_000;

it('the lease of a stream ends 20 seconds after Lambda has killed the run that holds it', async () => {
  const requests: LeaseRequest[] = [];
  const table = memoryStore();
  const store = {
    ...table,
    acquire: (request: LeaseRequest) => {
      requests.push(request);
      return table.acquire(request);
    },
  };

  await streamWorld({ store }).run('alerts', {}, TIME_MS);

  expect(requests).toMatchObject([{ now: NOW, leaseUntil: LEASE_END }]);
});

it('the lease of an hour ends 20 seconds after Lambda has killed the backfill that holds it', async () => {
  const requests: HourRequest[] = [];
  const world = await backfillWorld();
  const hours = {
    ...world.hours,
    acquireHour: (request: HourRequest) => {
      requests.push(request);
      return world.hours.acquireHour(request);
    },
  };

  await world.fill({}, {}, TIME_MS, { hours });

  expect(requests.map(({ leaseUntil }) => leaseUntil)).toEqual([LEASE_END, LEASE_END, LEASE_END]);
});
