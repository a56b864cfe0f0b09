import { goldenNames, regenerate } from './golden.ts';

/** Entry of `npm run golden`: writes the logs of all golden records again. Read the difference before you commit it. */

for (const name of goldenNames()) regenerate(name);
