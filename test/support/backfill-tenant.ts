import type { useForwarder } from './forwarder.ts';
import type { Tenant } from './tenant.ts';

const HOUR = 3600;

/** Makes tenants with one completed live run, so that a backfill may forward everything before the last two hours. */
export const servedTenantOf =
  (newTenant: ReturnType<typeof useForwarder>['newTenant']) =>
  async (environment: Record<string, string> = {}) => {
    const tenant = await newTenant({
      profile: { auditLogs: { pageSize: 400 } },
      environment: { LOOKBACK_SECONDS: '0', ...environment },
    });
    await tenant.run();
    return tenant;
  };

/** The range from `from` to `to` hours ago, in whole hours. */
export function hoursBack({ now }: Tenant, from: number, to: number) {
  const hour = Math.floor(now() / HOUR);
  return { from: (hour - from) * HOUR, to: (hour - to) * HOUR };
}
