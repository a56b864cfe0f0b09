import { createHash } from 'node:crypto';
import type { HourLeases } from '../../lambda/forwarder/core/backfill-ports.ts';
import type { QuarantinedObject } from '../../lambda/forwarder/core/ports.ts';
import type { ApiProfile } from '../../lambda/settings/api-profile.ts';
import { Checker } from './checker.ts';
import { DatadogIntake } from './datadog-intake.ts';
import { isWithin, seededFates, withDelayedWrites } from './fates.ts';
import { type DecideFate, Gateway } from './gateway.ts';
import { Invocation } from './invocation.ts';
import { memoryHourLeases } from './memory-hour-leases.ts';
import { MemoryStore } from './memory-store.ts';
import { type Random, seededRandom } from './random.ts';
import type { Scenario } from './scenario.ts';
import { drawSkewMs } from './skewed-machines.ts';
import { profileOf, ValenceServer } from './valence-server.ts';
import { VirtualTime } from './virtual-time.ts';

/** Everything outside the production code, for one scenario. */
export class World {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly random: Random;
  /** For draws that came later, so that seeds keep what {@link random} draws. */
  readonly answerRandom: Random;
  readonly gateway: Gateway;
  readonly valence: ValenceServer;
  readonly datadog: DatadogIntake;
  readonly table: MemoryStore;
  readonly hours: HourLeases;
  /** What is in quarantine, by key. */
  readonly archive = new Map<string, QuarantinedObject>();
  readonly checker: Checker;
  readonly invocations: Invocation[] = [];
  readonly #skewRandom: Random;
  /** Everything that the production code sent, stored or asked for, byte by byte. */
  readonly #effects = createHash('sha256');
  /** The profile with which the production client reads the server. */
  readonly profile: ApiProfile;

  /** @param decide what becomes of each call; by the scenario's own faults when left out */
  constructor(scenario: Scenario, decide?: DecideFate) {
    const { seed, profile } = scenario;
    this.scenario = scenario;
    this.profile = profileOf(scenario);
    this.time = new VirtualTime(scenario.start);
    this.table = new MemoryStore(() => this.time.now / 1000);
    this.hours = memoryHourLeases(this.table);
    this.random = seededRandom(seed, `world ${profile}`);
    this.answerRandom = seededRandom(seed, `answers ${profile}`);
    this.#skewRandom = seededRandom(seed, `skew ${profile}`);
    const fates = decide ?? this.#fates();
    this.gateway = new Gateway(this.time, fates);
    this.valence = new ValenceServer(scenario, this.random);
    this.checker = new Checker(scenario, this.valence, this.gateway);
    this.datadog = new DatadogIntake(scenario, this.checker, this.gateway);
  }

  #fates(): DecideFate {
    const { seed, profile } = this.scenario;
    const random = (use: string) => seededRandom(seed, `${use} ${profile}`);
    const fates = seededFates(this.scenario, this.time, random('fates'));
    return withDelayedWrites(fates, this.scenario, this.time, random('delays'));
  }

  /** Adds to what {@link digest} is computed from. */
  noteEffect(effect: string | Uint8Array): void {
    this.#effects.update(effect);
  }

  /** Two versions of the production code that send and store the same bytes have the same digest. Ends the recording. */
  digest(): string {
    return this.#effects.digest('hex');
  }

  /** A machine that starts now. */
  invoke(): Invocation {
    const { clockJumps, faults, lambdaTimeoutMs, machines } = this.scenario;
    const id = this.invocations.length + 1;
    const skewMs = faults.has('skewed machines') ? drawSkewMs(machines, id, this.#skewRandom) : 0;
    const clockError = (now: number) =>
      skewMs + clockJumps.filter((jump) => isWithin([jump], now)).reduce((sum, { ms }) => sum + ms, 0);
    const invocation = new Invocation(id, this.time, clockError);
    invocation.killAfter(lambdaTimeoutMs);
    this.invocations.push(invocation);
    return invocation;
  }
}
