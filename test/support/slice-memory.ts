import { redaction } from '../../lambda/forwarder/core/logs/redact/redact.ts';
import { valenceSource } from '../../lambda/forwarder/valence/client.ts';
import { resolveApiProfile } from '../../lambda/settings/api-profile.ts';
import type { Transport } from '../../lambda/shared/http.ts';
import { fakeSink } from './fake-ports.ts';
import { NOW, recordingTelemetry, stubClock } from './outside-world.ts';
import { STREAM_SETTINGS } from './stream-settings.ts';
import { streamWorld } from './stream-world.ts';

/**
 * A program that forwards one second of audit records which together are far larger than the memory, and writes as JSON what it
 * forwarded and how much memory that took at most, in MiB. It runs in a process of its own, with the flags of the function.
 * @param argv[2] `large`: records that have to be shrunk; `shown twice`: the same, each on two pages; `redacted`: records whose logs are
 *   small, because their long text is removed
 */

const SECOND = NOW - 1000;
const PAGES = 24;
const kind = process.argv[2] ?? 'large';
const [count, length] = kind === 'redacted' ? [48, 400_000] : [19, 1_000_000];
const filling = 'x'.repeat(length);

function page(number: number): Buffer {
  const shown = kind === 'shown twice' ? number >> 1 : number;
  const records = Array.from(
    { length: count },
    (_, index) =>
      `{"timeEpoch":${SECOND},"actor":"a${shown}-${index}","action":"A","success":true,"ipAddress":"192.0.2.1","details":"${filling}"}`,
  );
  // In another order, because a page that repeats the one before would be refused.
  if (shown !== number && number % 2 === 1) records.reverse();
  return Buffer.from(
    `{"items":[${records.join(',')}],"nextCursor":${number + 1 < PAGES ? number + 1 : null}}`,
  );
}

const transport: Transport = async ({ url }) => {
  const { searchParams } = new URL(url);
  const isShown = Number(searchParams.get('from')) <= SECOND && SECOND < Number(searchParams.get('to'));
  const body = isShown
    ? page(Number(searchParams.get('cursor') ?? 0))
    : Buffer.from('{"items":[],"nextCursor":null}');
  return { status: 200, headers: {}, body };
};

const sink = fakeSink();
const logContext =
  kind === 'redacted'
    ? {
        ...STREAM_SETTINGS.logContext,
        redaction: redaction({ remove: ['details'], hash: [] }, new Uint8Array(32), false),
      }
    : STREAM_SETTINGS.logContext;
const { run } = streamWorld(
  {
    sink: {
      async post(...call) {
        const answer = await sink.post(...call);
        // What it remembers is not the function's memory.
        sink.accepted.length = 0;
        return answer;
      },
    },
    source: valenceSource({
      transport,
      apiKey: { value: async () => 'key', renew: async () => undefined, fix: 'None.' },
      origin: 'https://valence.test',
      profile: resolveApiProfile({}),
      telemetry: recordingTelemetry(),
      clock: stubClock(),
      random: () => 0.5,
    }),
  },
  { logContext, lookbackSeconds: 0 },
);
const { forwarded, error } = await run('audit-logs');
process.stdout.write(
  JSON.stringify({ forwarded, error, peakMib: Math.round(process.resourceUsage().maxRSS / 1024) }),
);
