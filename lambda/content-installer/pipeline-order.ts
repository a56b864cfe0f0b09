import * as z from 'zod/mini';
import { LOG_SOURCE } from '../contract.ts';
import type { JsonObject } from '../shared/json.ts';
import { ContentError } from './content-error.ts';
import type { DatadogApi } from './datadog-api.ts';
import { KINDS } from './kinds.ts';
import { markIn } from './mark.ts';
import { type FoundObject, objectsOf } from './objects.ts';

/**
 * The order of the log pipelines of an organisation. The pipeline of Datadog's hosted integration comes by itself with the first
 * log, so usually below ours, and then overwrites the standard attributes of alerts with several events.
 */

/** Source: Datadog API reference, "Logs Pipelines" (v1), "Get pipeline order". */
const PATH = '/api/v1/logs/config/pipeline-order';

const orderSchema = z.looseObject({ pipeline_ids: z.array(z.string()) });

/** The command that moves our pipeline. */
export const ORDER_COMMAND = 'npm run datadog -- order';

/** Where our pipeline is, and the hosted ones. */
export interface PipelineOrder {
  ours: FoundObject;
  /** Hosted pipelines that run after ours, in their order. */
  after: readonly FoundObject[];
  /** The ids of all pipelines, as they are. */
  ids: readonly string[];
}

/** Whether a pipeline takes the values of all events of an alert: the hosted one, or a clone of it. */
function isHosted({ is_enabled, is_read_only, filter, processors }: JsonObject): boolean {
  const { query } = (filter ?? {}) as JsonObject;
  return (
    is_enabled !== false &&
    String(query).includes(LOG_SOURCE) &&
    (is_read_only === true || JSON.stringify(processors ?? []).includes('%{alert.events.'))
  );
}

/**
 * The order of the pipelines, as far as it matters.
 * @param found the log pipelines of the organisation; listed when left out
 * @returns undefined if our pipeline is not installed
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function readPipelineOrder(
  api: DatadogApi,
  found?: readonly FoundObject[],
): Promise<PipelineOrder | undefined> {
  const pipelines = found ?? (await objectsOf('pipeline', api).list());
  const ours = pipelines.find(({ body }) => markIn('pipeline', body));
  if (!ours) return undefined;
  const hosted = pipelines.filter((pipeline) => pipeline !== ours && isHosted(pipeline.body));
  if (hosted.length === 0) return { ours, after: [], ids: [] };
  const { json } = await api.repeatable({ method: 'GET', path: PATH, scope: KINDS.pipeline.scopes.read });
  const parsed = orderSchema.safeParse(json);
  if (!parsed.success) {
    throw new ContentError(
      'datadog-unexpected-answer',
      `Datadog's answer to GET ${PATH} does not have the documented form.`,
      'Check the Datadog site (datadogSite). If it is right, report the error.',
    );
  }
  const ids = parsed.data.pipeline_ids;
  const place = ({ id }: FoundObject) => ids.indexOf(id);
  const after = hosted
    .filter((pipeline) => place(pipeline) > place(ours))
    .sort((one, other) => place(one) - place(other));
  return { ours, after, ids };
}

/**
 * Moves our pipeline right below the last hosted one; all others keep their order.
 * @param order as it was read just before; Datadog refuses it if a pipeline has come or gone since
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function moveBelow(api: DatadogApi, { ours, after, ids }: PipelineOrder): Promise<void> {
  const last = after.at(-1);
  if (!last) return;
  const pipeline_ids = ids.flatMap((id) => (id === ours.id ? [] : id === last.id ? [id, ours.id] : [id]));
  const { write: scope } = KINDS.pipeline.scopes;
  await api.repeatable({ method: 'PUT', path: PATH, body: { pipeline_ids }, scope });
}

/** What the order of the pipelines does to logs, and what to do; undefined if it is right. */
export function orderWarning(order: PipelineOrder | undefined): { message: string; fix: string } | undefined {
  if (!order || order.after.length === 0) return undefined;
  const names = order.after.map(({ body }) => `"${String(body['name'])}"`).join(', ');
  return {
    message: `The log pipeline ${names} runs after ours and joins the values of all events of an alert in usr, evt, network and http.`,
    fix: `Run ${ORDER_COMMAND} with DD_API_KEY and DD_APP_KEY, and with -c datadogSite=... unless cdk.json has the site; or drag our pipeline below it in Datadog: Logs > Pipelines.`,
  };
}

/** What the user should know of the order after our pipeline was installed. It never fails: the pipeline itself is installed. */
export async function orderNote(api: DatadogApi): Promise<string | undefined> {
  const warning = orderWarning(await readPipelineOrder(api).catch(() => undefined));
  return warning && `${warning.message} Fix: ${warning.fix}`;
}
