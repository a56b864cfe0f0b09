import type { ShownForwarder } from '../../explore/answers.ts';
import type { Route } from '../preview.ts';

const NONE: ShownForwarder = {
  kind: 'none',
  at: 0,
  streams: [],
  runs: [],
  quarantine: { total: 0, shown: [] },
};

/** How the forwarder is that sent the logs, if one runs or ran. */
export const forwarder: Route = {
  path: 'forwarder',
  answer: (_query, preview): Promise<ShownForwarder> | ShownForwarder => preview.forwarder?.() ?? NONE,
};
