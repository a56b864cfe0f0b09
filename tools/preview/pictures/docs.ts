import { writeFileSync } from 'node:fs';
import { boardImages } from './sample-boards.ts';

/** The part of `npm run docs` that draws. */
for (const [path, image] of Object.entries(boardImages())) writeFileSync(path, image);
