import type { Mutant } from '../mutant.ts';

export const INSTALLER: readonly Mutant[] = [];
