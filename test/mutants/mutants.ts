import { CORE } from './list/core.ts';
import { FUNCTION } from './list/function.ts';
import { INFRASTRUCTURE } from './list/infrastructure.ts';
import { INSTALLER } from './list/installer.ts';
import { REFUSED_RANGES } from './list/refused-ranges.ts';
import { TOOLS } from './list/tools.ts';
import type { Mutant } from './mutant.ts';

/** Every mutant, in the order in which they are tried. */
export const MUTANTS: readonly Mutant[] = [
  ...CORE,
  ...FUNCTION,
  ...INSTALLER,
  ...INFRASTRUCTURE,
  ...TOOLS,
  ...REFUSED_RANGES,
];
