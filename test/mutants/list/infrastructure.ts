import type { Mutant } from '../mutant.ts';

export const INFRASTRUCTURE: readonly Mutant[] = [];
