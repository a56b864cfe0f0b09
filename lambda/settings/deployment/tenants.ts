import * as z from 'zod/mini';
import { contextShape, type StackSetting } from '../definition.ts';
import { collectionSettings } from '../function/collection.ts';
import { inContext } from '../kinds.ts';
import { jsonOf } from '../readers.ts';

const NAMED = 'lower-case letters, digits and hyphens, 40 at most';

/** A tenant as it is given: its name, and the settings in which it differs. */
const tenant = z.looseObject(
  {
    name: collectionSettings.tenant.value.context,
  },
  { error: 'holds something that is not an object' },
);

/** The name of the only forwarder, or the list of tenants. The other settings of a tenant are read elsewhere. */
export const tenantSettings = {
  tenant: {
    context: 'tenant',
    value: inContext(collectionSettings.tenant.value.context, `${NAMED}; not with tenants`),
    description:
      'Name of the only forwarder in metrics, logs, tags and quarantined objects; its stack stays `ValenceForwarder`. Not set: `default`. See docs/upgrade.md before you change it.',
    example: { context: 'acme' },
  },
  tenants: {
    context: 'tenants',
    value: inContext(
      jsonOf(
        z
          .array(tenant, { error: 'is not a list' })
          .check(z.minLength(1, { error: 'is empty: no forwarder would be deployed' })),
      ),
      `a JSON list of objects, each with a \`name\` (${NAMED}) and any settings of this table that differ for it, except those of the Datadog content`,
    ),
    description:
      'Several tenants, each with a forwarder in its own stack, `ValenceForwarder-<name>`. Not set: one forwarder, in the stack `ValenceForwarder`.',
    // A message that showed the value could show a key that a user put into it.
    secret: true,
    example: { context: [{ name: 'acme' }] },
  },
} as const satisfies Record<string, StackSetting>;

export const tenantsSchema = z.object(contextShape(tenantSettings)).check(
  z.refine(({ tenants = [] }) => new Set(tenants.map(({ name }) => name)).size === tenants.length, {
    path: ['tenants'],
    error: 'names a tenant twice',
  }),
  z.refine(({ tenant, tenants }) => tenant === undefined || tenants === undefined, {
    path: ['tenant'],
    error: 'is set with tenants, whose list has the name of each',
  }),
);

const numbered = (list: unknown[]): Tenant[] =>
  list.flatMap((one, index) => {
    const { data } = z.looseObject({}).safeParse(one);
    return data ? [{ ...data, name: typeof data['name'] === 'string' ? data['name'] : String(index) }] : [];
  });

/**
 * Reports the problems of each tenant, also in a list with wrong, repeated or missing names. A tenant without a name gets
 * its number.
 */
export const numberedTenantsSchema = z.object({
  tenants: z.optional(jsonOf(z.pipe(z.array(z.unknown()), z.transform(numbered)))),
});

export type Tenant = z.output<typeof tenant>;
