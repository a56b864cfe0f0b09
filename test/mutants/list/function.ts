import type { Mutant } from '../mutant.ts';

export const FUNCTION: readonly Mutant[] = [];
