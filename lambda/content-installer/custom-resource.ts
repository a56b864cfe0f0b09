import * as z from 'zod';
import type { JsonObject } from '../shared/json.ts';
import { ContentError } from './content-error.ts';
import { CONTENT_KINDS, type ContentItem } from './content-item.ts';

/**
 * The physical id of an item that could not be created. CloudFormation deletes what it could not create, under the id of
 * the failed answer: that deletion has nothing to do and must succeed, or the rollback would be stuck.
 */
const NOT_CREATED = 'not-created';

export const isNotCreated = (physicalId: string): boolean => physicalId.startsWith(NOT_CREATED);

/**
 * What CloudFormation asks for.
 * Source: CloudFormation user guide, "Custom resource request objects".
 */
const requestSchema = z.intersection(
  z.object({
    ResponseURL: z.url(),
    StackId: z.string(),
    RequestId: z.string(),
    LogicalResourceId: z.string(),
    /** Read only when the answer to a mistake in them can be sent. */
    ResourceProperties: z.unknown().optional(),
  }),
  z.discriminatedUnion('RequestType', [
    z.object({ RequestType: z.literal('Create') }),
    z.object({ RequestType: z.literal('Update'), PhysicalResourceId: z.string() }),
    z.object({ RequestType: z.literal('Delete'), PhysicalResourceId: z.string() }),
  ]),
);

export type CustomResourceRequest = z.output<typeof requestSchema>;

/**
 * Reads an event of CloudFormation.
 * @throws {z.ZodError} when it is not an event of CloudFormation; then CloudFormation waits for no answer
 */
export const requestOf = (event: unknown): CustomResourceRequest => requestSchema.parse(event);

/** The id under which CloudFormation knows the resource, unless the answer contains another one. */
export const physicalIdOf = (request: CustomResourceRequest): string =>
  request.RequestType === 'Create'
    ? `${NOT_CREATED}/${request.LogicalResourceId}`
    : request.PhysicalResourceId;

/** CloudFormation turns every property into text, also numbers and flags. So the body is passed as one JSON text. */
const propertiesSchema = z.object({
  Kind: z.enum(CONTENT_KINDS),
  Key: z.string().regex(/^[\w-]+$/),
  Body: z.string(),
});

/**
 * The item that a request is about.
 * @throws {ContentError} when the properties are not those of an item
 */
export function itemOf({ ResourceProperties, LogicalResourceId }: CustomResourceRequest): ContentItem {
  const problem = (what: string) =>
    new ContentError(
      'wrong-properties',
      `${LogicalResourceId}: ${what}.`,
      'Deploy the properties as the CDK app writes them: Kind, Key, and Body as JSON text.',
    );
  const properties = propertiesSchema.safeParse(ResourceProperties);
  if (!properties.success) {
    const wrong = properties.error.issues.map(({ path }) => path.join('.'));
    throw problem(`wrong properties: ${wrong.join(', ')}`);
  }
  const { Kind: kind, Key: key, Body } = properties.data;
  return { kind, key, body: bodyOf(Body) };

  function bodyOf(text: string): JsonObject {
    try {
      return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    } catch {
      throw problem('Body is not a JSON object');
    }
  }
}
