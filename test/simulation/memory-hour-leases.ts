import type { Hour, HourLeases, HourState, Stream } from '../../lambda/forwarder/core/ports.ts';

type HourItem = HourState & { owner: string | undefined; leaseUntil: number };

const nameOf = ({ stream, hour }: Hour) => `${stream}#${hour}`;

/** The leases of hours in memory. Behaves as the DynamoDB adapter does. */
export function memoryHourLeases(): HourLeases {
  const fences = new Map<Stream, number>();
  const hours = new Map<string, HourItem>();
  return {
    async nextFence(stream, now) {
      const fence = (fences.get(stream) ?? 5_000_000_000 + now) + 1;
      fences.set(stream, fence);
      return fence;
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
