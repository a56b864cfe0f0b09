import type { Mutant } from '../mutant.ts';

export const TOOLS: readonly Mutant[] = [];
