import { expect, it } from 'vitest';
import type { StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { StateError } from '../../../../../../lambda/shared/errors.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink, fakeSource, memoryStore } from '../../../../../support/fake-ports.ts';
import { NOW, stubClock } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS } from '../../../../../support/stream-settings.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

it.each([0, 5])(
  'a run processes nothing that became due while it waited for its lease, so that all its unconfirmed writes are recorded (settle time %i)',
  async (settleSeconds) => {
    const clock = stubClock();
    const table = memoryStore();
    const first = { lease: true, note: true };
    const store: StateStore = {
      ...table,
      async acquire(request) {
        const answer = await table.acquire(request);
        if (first.lease) await clock.sleep(10_000);
        first.lease = false;
        return answer;
      },
      async appendLedger(stream, chunk, expiresAt) {
        const fails = first.note;
        first.note = false;
        if (fails) throw new StateError('state-throttled', 'Throttled.', 'None.');
        await table.appendLedger(stream, chunk, expiresAt);
      },
    };
    const due = auditRecord({ actor: 'due', timeEpoch: NOW + 7 - settleSeconds });
    const sink = fakeSink();
    const { run } = streamWorld({ source: fakeSource({ 'audit-logs': [due] }), sink, store, clock });

    for (let runs = 0; runs < 3; runs++) {
      await run('audit-logs', {
        settleSeconds,
        initialLookbackSeconds: HOUR_SECONDS + settleSeconds - 5,
      });
      await clock.sleep(300_000);
    }

    const unmarked = sink.accepted.filter(
      (log) => !Object.hasOwn(log['valence_forwarder'] as object, 'possible_duplicate'),
    );
    expect(unmarked).toHaveLength(1);
  },
);
