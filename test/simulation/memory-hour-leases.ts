import type { Hour, HourLeases, HourState } from '../../lambda/forwarder/core/backfill-ports.ts';
import { MemoryStore } from './memory-store.ts';

type HourItem = HourState & { owner: string | undefined; leaseUntil: number };

const nameOf = ({ stream, hour }: Hour) => `${stream}#${hour}`;

/**
 * The leases of hours in memory. Behaves as the DynamoDB adapter does.
 * @param table that holds the state of the streams
 */
export function memoryHourLeases(table = new MemoryStore()): HourLeases {
  const hours = new Map<string, HourItem>();
  return {
    async nextFence(stream, now) {
      return table.nextLedgerFence(stream, now);
    },

    async acquireHour({ now, leaseUntil, slice, ...hour }) {
      const present = hours.get(nameOf(hour));
      if (present && present.leaseUntil > now) {
        return present.owner === hour.owner
          ? { held: false, clean: false, slice: present.slice }
          : { held: true, until: present.leaseUntil };
      }
      const left = { clean: present?.clean ?? true, slice: present?.slice ?? slice };
      hours.set(nameOf(hour), { ...left, clean: false, owner: hour.owner, leaseUntil });
      return { held: false, ...left };
    },

    async releaseHour(hour, state) {
      if (hours.get(nameOf(hour))?.owner !== hour.owner) return;
      hours.set(nameOf(hour), { ...state, owner: undefined, leaseUntil: 0 });
    },
  };
}
