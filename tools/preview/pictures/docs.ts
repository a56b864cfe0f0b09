import { writeFileSync } from 'node:fs';
import { sampleImages } from './sample-images.ts';

/** The part of `npm run docs` that draws. */
for (const [path, image] of Object.entries(sampleImages())) writeFileSync(path, image);
