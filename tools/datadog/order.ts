import type { DatadogApi } from '../../lambda/content-installer/datadog-api.ts';
import { nameOf } from '../../lambda/content-installer/kinds.ts';
import type { FoundObject } from '../../lambda/content-installer/objects.ts';
import { moveBelow, readPipelineOrder } from '../../lambda/content-installer/pipeline-order.ts';
import { inOneLine } from '../cli/terminal.ts';
import { ToolError } from '../cli/tool-error.ts';

/** Our log pipeline, and the hosted ones that it was moved below; none if it was below them already. */
export interface OrderFix {
  ours: FoundObject;
  below: readonly FoundObject[];
}

/**
 * Moves our log pipeline below the hosted one, if that runs after it. Nothing else changes its place.
 * @throws {ToolError} when our pipeline is not installed; as {@link DatadogApi.repeatable} does
 */
export async function fixOrder(api: DatadogApi): Promise<OrderFix> {
  const order = await readPipelineOrder(api);
  if (!order) {
    throw new ToolError(
      'Our log pipeline is not installed in this organisation: deploy with datadogContent, or check datadogSite and the keys.',
    );
  }
  await moveBelow(api, order);
  return { ours: order.ours, below: order.after };
}

const named = ({ id, body }: FoundObject) => inOneLine(`${nameOf('pipeline', body)} [${id}]`);

/** What was done, as one line. */
export const orderText = ({ ours, below }: OrderFix): string =>
  below.length === 0
    ? `${named(ours)} runs after every hosted log pipeline of this product, or there is none: nothing was changed.`
    : `${named(ours)} was moved below ${below.map(named).join(' and ')}.`;
