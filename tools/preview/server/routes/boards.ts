import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import type { Boards } from '../../api.ts';
import { type Route, shownData } from '../preview.ts';

/** The boards to choose from. */
export const boards: Route = {
  path: 'boards',
  answer: (_query, preview): Boards => ({
    boards: Object.entries(DASHBOARDS).map(([key, { title, description }]) => ({ key, title, description })),
    data: shownData(preview),
  }),
};
