import { CONTENT } from './list/content.ts';
import { DELIVERY } from './list/delivery.ts';
import { FUNCTION } from './list/function.ts';
import { INFRASTRUCTURE } from './list/infrastructure.ts';
import { INSTALLER } from './list/installer.ts';
import { LOGS } from './list/logs.ts';
import { REFUSED_RANGES } from './list/refused-ranges.ts';
import { RUNS } from './list/runs.ts';
import { SLICES } from './list/slices.ts';
import { TOOLS } from './list/tools.ts';
import type { Mutant } from './mutant.ts';

/** Every mutant, in the order in which they are tried. */
export const MUTANTS: readonly Mutant[] = [
  ...RUNS,
  ...SLICES,
  ...DELIVERY,
  ...LOGS,
  ...FUNCTION,
  ...INSTALLER,
  ...CONTENT,
  ...INFRASTRUCTURE,
  ...TOOLS,
  ...REFUSED_RANGES,
];
