import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { ContentError } from './content-error.ts';
import { CONTENT_KINDS, type ContentItem, type Destination } from './content-item.ts';
import type { Owner } from './ownership.ts';

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
    ResourceProperties: z.optional(z.unknown()),
  }),
  z.discriminatedUnion('RequestType', [
    z.object({ RequestType: z.literal('Create') }),
    z.object({
      RequestType: z.literal('Update'),
      PhysicalResourceId: z.string(),
      OldResourceProperties: z.optional(z.unknown()),
    }),
    z.object({ RequestType: z.literal('Delete'), PhysicalResourceId: z.string() }),
  ]),
);

export type CustomResourceRequest = z.output<typeof requestSchema>;

/**
 * Reads an event of CloudFormation.
 * @throws {z.core.$ZodError} when it is not an event of CloudFormation; then CloudFormation waits for no answer
 */
export const requestOf = (event: unknown): CustomResourceRequest => requestSchema.parse(event);

/** The id under which CloudFormation knows the resource, unless the answer contains another one. */
export const physicalIdOf = (request: CustomResourceRequest): string =>
  request.RequestType === 'Create'
    ? `${NOT_CREATED}/${request.LogicalResourceId}`
    : request.PhysicalResourceId;

const destinationSchema = z.strictObject({
  Site: z.optional(z.string()),
  ApiUrl: z.optional(z.string()),
  ApiKeySecret: z.string(),
  AppKeySecret: z.string(),
}) satisfies z.ZodMiniType<Destination>;

/** A destination as one text. */
const placeOf = ({ Site, ApiUrl, ApiKeySecret, AppKeySecret }: Destination): string =>
  [Site, ApiUrl, ApiKeySecret, AppKeySecret].join('\n');

/**
 * The owner that ownership marks name: the resource of a stack at a destination, hashed, because a name of a stack is no business of
 * everyone who sees a dashboard. A stack that is deleted and created again is another owner. So is a resource at another destination:
 * when CloudFormation deletes what an update to that destination has replaced, the deletion leaves alone an object that the update has
 * found again, because both destinations are the same organisation.
 * @param destination undefined where the environment decides
 * @param earlier where the resource was before, too
 */
export function ownerOf(
  { StackId, LogicalResourceId }: CustomResourceRequest,
  destination: Destination | undefined,
  earlier?: Destination,
): Owner {
  const resource = `${StackId}\n${LogicalResourceId}`;
  const named = (place: Destination | undefined) =>
    createHash('sha256')
      .update(place ? `${resource}\n${placeOf(place)}` : resource)
      .digest('hex')
      .slice(0, 12);
  // Marks of earlier versions name the resource alone.
  return { name: named(destination), formerNames: [named(earlier), named(undefined)] };
}

/** Follows a physical id that would otherwise be that of an object of the same id elsewhere. */
const ELSEWHERE = '@';

/** Datadog's id in a physical id. */
export const datadogIdOf = (physicalId: string): string => physicalId.split(ELSEWHERE)[0] ?? '';

/**
 * The physical id of an object that replaces another one. CloudFormation deletes the former one if the ids differ, so they must,
 * although organisations may number their objects alike.
 * @param former physical id of the object that is replaced
 */
export function replacementId(id: string, former: string, destination: Destination | undefined): string {
  if (id !== former) return id;
  const place = createHash('sha256').update(JSON.stringify(destination)).digest('hex').slice(0, 8);
  return `${id}${ELSEWHERE}${place}`;
}

/** CloudFormation turns every property into text, also numbers and flags. So the body is passed as one JSON text. */
const propertiesSchema = z.object({
  Kind: z.enum(CONTENT_KINDS),
  Key: z.string().check(z.regex(/^[\w-]+$/)),
  Body: z.string(),
  /** Versions that did not know it yet left it to the function's environment. */
  Destination: z.optional(destinationSchema),
});

type Properties = z.output<typeof propertiesSchema>;

/** An item, and where it is. */
export interface Placed {
  item: ContentItem;
  /** Undefined where the environment decides. */
  destination: Destination | undefined;
}

/** What a request is about. */
export interface Wanted extends Placed {
  /** Whether an update asks for another destination than before. */
  moved: boolean;
  /** What an update changes; undefined when its properties are not those of an item. */
  former: Placed | undefined;
}

const bodySchema = z.record(z.string(), z.unknown());

/** @throws {SyntaxError | z.core.$ZodError} when the body is not a JSON object */
const placed = ({ Kind: kind, Key: key, Body, Destination: destination }: Properties): Placed => ({
  item: { kind, key, body: bodySchema.parse(JSON.parse(Body)) },
  destination,
});

/** What the resource of an update was before, as far as CloudFormation knows: a rollback comes from what failed. */
function formerOf(request: CustomResourceRequest): Placed | undefined {
  if (request.RequestType !== 'Update') return undefined;
  const properties = propertiesSchema.safeParse(request.OldResourceProperties);
  try {
    return properties.success ? placed(properties.data) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether both places are known and differ. */
const isElsewhere = (former: Placed | undefined, { destination }: Placed): boolean =>
  former?.destination !== undefined &&
  destination !== undefined &&
  !isDeepStrictEqual(former.destination, destination);

/**
 * The item that a request is about, and where it is.
 * @throws {ContentError} when the properties are not those of an item
 */
export function wantedOf(request: CustomResourceRequest): Wanted {
  const { ResourceProperties, LogicalResourceId } = request;
  const problem = (what: string) =>
    new ContentError(
      'wrong-properties',
      `${LogicalResourceId}: ${what}.`,
      'Deploy the properties as the CDK app writes them: Kind, Key, Destination, and Body as JSON text.',
    );
  const properties = propertiesSchema.safeParse(ResourceProperties);
  if (!properties.success) {
    const wrong = properties.error.issues.map(({ path }) => path.join('.'));
    throw problem(`wrong properties: ${wrong.join(', ')}`);
  }
  let wanted: Placed;
  try {
    wanted = placed(properties.data);
  } catch {
    throw problem('Body is not a JSON object');
  }
  const former = formerOf(request);
  return { ...wanted, former, moved: isElsewhere(former, wanted) };
}
