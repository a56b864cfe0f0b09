import type { Dashboard } from './dashboard-types.ts';
import { ALERT_INSIGHTS } from './dashboards/alert-insights.ts';
import { AUDIT_INSIGHTS } from './dashboards/audit-insights.ts';
import { FORWARDER_HEALTH } from './dashboards/forwarder-health.ts';
import type { BoardKey } from './dashboards/links.ts';
import { OVERVIEW } from './dashboards/overview.ts';

/** The dashboards by their stable keys. */
export const DASHBOARDS: Readonly<Record<BoardKey, Dashboard>> = {
  overview: OVERVIEW,
  'alert-insights': ALERT_INSIGHTS,
  'audit-insights': AUDIT_INSIGHTS,
  'forwarder-health': FORWARDER_HEALTH,
};
