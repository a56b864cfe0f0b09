import { OWN_LOG } from '../../../contract.ts';
import { SinkError } from '../../../shared/errors.ts';
import type { Poster } from './poster.ts';

const PROBE_BODY = JSON.stringify([
  {
    ...OWN_LOG,
    message:
      'The forwarder checks whether the intake accepts a plain log, because it refused several records.',
  },
]);

/**
 * Posts a log that any working intake accepts, to find out whether the records or the intake are at fault.
 * @param rejected how many records were rejected one by one
 * @throws {SinkError} when Datadog rejects that log, too; further as {@link Poster.post} does
 */
export async function probeIntake(poster: Poster, rejected: number): Promise<void> {
  const rejection = await poster.post(() => PROBE_BODY, { unconfirmed: false });
  if (!rejection) return;
  throw new SinkError(
    'datadog-refuses-everything',
    `Datadog refused ${rejected} records one by one and then a log known to be good: ${rejection.reason}`,
    'Check the site (DATADOG_SITE), and DATADOG_INTAKE_URL when it is set; nothing was given up.',
  );
}
