import { drawn } from './dashboards/drawing.ts';
import { DASHBOARDS } from './dashboards.ts';

/** Drawings of the boards, by path. */
export const dashboardImages = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(DASHBOARDS).map(([key, board]) => [`docs/images/dashboard-${key}.svg`, drawn(board)]),
  );
