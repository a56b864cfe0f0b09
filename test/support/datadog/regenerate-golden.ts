import { goldenNames, regenerate } from './golden.ts';

/** Entry of `npm run golden`: writes the logs of all golden records anew. Read the difference before committing it. */

for (const name of goldenNames()) regenerate(name);
