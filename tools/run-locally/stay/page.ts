import type { JsonObject } from '../../../lambda/shared/json.ts';
import type { PostedLog } from '../../preview/data/preview-logs.ts';
import { type ServedPreview, servePreview } from '../../preview/serve.ts';
import type { StayingForwarder } from './forwarder.ts';

/** Logs come in posts of up to a thousand, and each change of what is shown is evaluated again. */
const SHOW_EVERY_MS = 2_000;

/** Logs that Datadog accepted and that no page shows yet. */
export class AcceptedLogs {
  #waiting: PostedLog[] = [];

  /** Keeps a log that was accepted now. */
  readonly keep = (posted: JsonObject): void => {
    this.#waiting.push({ posted, arrival: Math.floor(Date.now() / 1000) });
  };

  /** Those since the last time. */
  take(): PostedLog[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }
}

/** Serves the page over the logs of a forwarder that keeps running, those that are still to come included. */
export async function serveStaying(
  { shown }: Pick<StayingForwarder, 'shown'>,
  accepted: AcceptedLogs,
): Promise<ServedPreview> {
  const preview = await servePreview({
    logs: accepted.take(),
    origin: 'the forwarder that runs here',
    isSample: true,
    isGrowing: true,
    forwarder: shown,
  });
  const timer = setInterval(() => preview.add(accepted.take()), SHOW_EVERY_MS);
  return {
    ...preview,
    close: () => {
      clearInterval(timer);
      return preview.close();
    },
  };
}
