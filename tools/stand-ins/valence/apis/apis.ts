import type { ZooApi } from './api.ts';
import { CHANGED_TIMES } from './changed-times.ts';
import { DEEP_PAGES } from './deep-pages.ts';
import { FAILING_ANSWERS } from './failing-answers.ts';
import { IDENTITIES } from './identities.ts';
import { KEYS } from './keys.ts';
import { LISTS_AS_ASSUMED } from './lists-as-assumed.ts';
import { OVERLAPPING_PAGES } from './overlapping-pages.ts';
import { PAGING } from './paging.ts';
import { RANGES } from './ranges.ts';
import { SHAPES } from './shapes.ts';

/** The zoo, by what the APIs differ in. Each is modelled on an API that exists, or on a bug report about a poller of one. */
export const APIS: readonly ZooApi[] = [
  ...LISTS_AS_ASSUMED,
  ...FAILING_ANSWERS,
  ...SHAPES,
  ...IDENTITIES,
  ...KEYS,
  ...RANGES,
  ...CHANGED_TIMES,
  ...PAGING,
  ...DEEP_PAGES,
  ...OVERLAPPING_PAGES,
];

/** The API of a name; undefined when there is none. */
export const findApi = (name: string): ZooApi | undefined => APIS.find((api) => api.name === name);
