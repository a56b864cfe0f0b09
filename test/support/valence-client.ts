import type { Stream } from '../../lambda/contract.ts';
import type { CallOptions, Page } from '../../lambda/forwarder/core/ports.ts';
import { valenceSource } from '../../lambda/forwarder/valence/client.ts';
import { resolveApiProfile } from '../../lambda/settings/api-profile.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { ampleTime, NOW, recordingTelemetry, stubClock, stubKey } from './outside-world.ts';
import { type Script, scriptedServer } from './scripted-server.ts';

/** The hour before {@link NOW}. */
const LAST_HOUR = { from: NOW - 3600, to: NOW };

/** A page with all its records read. */
type ReadPage = Page & { records: JsonObject[] };

/** The shipped client against a loopback server, with a clock that never really waits. */
export function clientOf(origin: string, profile: object = {}, keys = ['valence-key']) {
  const clock = stubClock();
  const telemetry = recordingTelemetry();
  const apiKey = stubKey(...keys);
  const source = valenceSource({
    transport: axiosTransport(),
    apiKey,
    origin,
    profile: resolveApiProfile(profile),
    clock,
    random: () => 0.5,
    telemetry,
  });
  const call = (change: Partial<CallOptions> = {}) => ({ deadline: ampleTime(clock), ...change });

  async function pages(stream: Stream = 'alerts', change: Partial<CallOptions> = {}): Promise<ReadPage[]> {
    const all: Page[] = [];
    const readAgain = (page: Page | undefined) => page && Object.assign(page, { records: [...page.records] });
    for await (const page of source.pages(stream, LAST_HOUR, call(change))) {
      // As late as the core does, which works on a page while the next one is on its way.
      readAgain(all.at(-1));
      all.push(page);
    }
    readAgain(all.at(-1));
    return all as ReadPage[];
  }

  return {
    source,
    clock,
    telemetry,
    apiKey,
    call,
    pages,
    records: async (stream?: Stream): Promise<JsonObject[]> =>
      (await pages(stream)).flatMap(({ records }) => records),
    /** The error that a scan of the alerts ends with, which it must. */
    failure: (change: Partial<CallOptions> = {}): Promise<unknown> =>
      pages('alerts', change).then(
        (all) => {
          throw new Error(`The scan ended well, with ${all.length} pages.`);
        },
        (error: unknown) => error,
      ),
  };
}

/** What the client asked, what it read, and the error that it ended with, against an API that a profile describes. */
export async function readAs(profile: object, script: Script) {
  await using server = await scriptedServer(script);
  const client = clientOf(server.origin, profile);
  const records = await client.records().catch((error: unknown) => ({ error }));
  return {
    ...(Array.isArray(records) ? { records } : records),
    requests: server.requests,
    queries: server.requests.map(({ query }) => Object.fromEntries(query)),
    bodies: server.requests.map(({ body }) => (body.length > 0 ? JSON.parse(body.toString()) : undefined)),
  };
}
