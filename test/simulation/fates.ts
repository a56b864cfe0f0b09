import type { DecideFate, Fate } from './gateway.ts';
import type { Random } from './random.ts';
import type { Fault, Scenario, Window } from './scenario.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1000;

/** Faults of a whole invocation are rarer than those of a call; otherwise nothing would ever be completed. */
const INVOCATION_FAULT_SHARE = 0.2;

export const isWithin = (windows: readonly Window[], now: number): boolean =>
  windows.some(({ from, to }) => now >= from && now < to);

/** Draws the outcome of each call while the scenario still has faults. */
export function seededFates(scenario: Scenario, time: VirtualTime, random: Random): DecideFate {
  const { faults, faultRate, faultsEnd, sourceOutages, sinkOutages } = scenario;
  const meets = (fault: Fault, share = 1) => faults.has(fault) && random.chance(faultRate * share);
  const slow = (fault: Fault) =>
    meets(fault) ? random.between(SECOND, 45 * SECOND) : random.between(5, 150);

  return (_, kind): Fate => {
    if (time.now >= faultsEnd) return { result: 'ok', delayMs: random.between(5, 60) };
    const fate: Fate = { result: 'ok', delayMs: 0 };
    if (meets('crashes', INVOCATION_FAULT_SHARE)) fate.crash = random.pick(['before', 'after']);
    if (meets('freezes', INVOCATION_FAULT_SHARE)) fate.freezeMs = random.between(SECOND, 900 * SECOND);
    switch (kind) {
      case 'source':
        fate.delayMs = slow('source slow');
        if (isWithin(sourceOutages, time.now) || meets('source errors') || meets('source throttling')) {
          fate.result = 'refused';
        }
        if (meets('source key refused', 0.3)) fate.result = 'refused';
        break;
      case 'sink':
        fate.delayMs = slow('sink slow');
        if (isWithin(sinkOutages, time.now) || meets('sink throttling') || meets('sink key refused', 0.3)) {
          fate.result = 'refused';
        }
        if (meets('sink errors')) fate.result = random.pick(['refused', 'lost']);
        break;
      case 'store':
        fate.delayMs = slow('store slow');
        if (meets('store throttling')) fate.result = 'refused';
        if (meets('store replies lost')) fate.result = random.pick(['lost', 'repeated']);
        break;
      case 'quarantine':
        fate.delayMs = slow('store slow');
        if (meets('quarantine errors', 5)) fate.result = random.pick(['refused', 'lost']);
        break;
    }
    return fate;
  };
}

/** Occasionally a write to the store takes effect again later, or for the first time after its caller has given up. */
export function withDelayedWrites(
  decide: DecideFate,
  { faults, faultsEnd }: Scenario,
  time: VirtualTime,
  random: Random,
): DecideFate {
  if (!faults.has('delayed saves')) return decide;
  return (invocation, kind, number) => {
    const fate = decide(invocation, kind, number);
    if (kind !== 'store' || time.now >= faultsEnd || !random.chance(0.15)) return fate;
    const result = fate.result === 'ok' && random.chance(0.3) ? 'refused' : fate.result;
    // Most within the same run: a write of an earlier one is refused because of its lease.
    const longest = random.pick([SECOND, 10 * SECOND, 1800 * SECOND]);
    return { ...fate, result, againMs: random.between(100, longest) };
  };
}

/** Every call succeeds except one, at which the caller dies. */
export function crashAt(number: number, when: 'before' | 'after'): DecideFate {
  return (_, __, current) => ({
    result: 'ok',
    delayMs: 20 + (current % 7),
    crash: current === number ? when : undefined,
  });
}
