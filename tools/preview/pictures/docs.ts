import { readFileSync, writeFileSync } from 'node:fs';
import { COST_DOCUMENT } from '../../../infra/cost/cost-tables.ts';
import { withDatadogBill } from '../../../infra/cost/datadog-bill.ts';
import { logSizes } from '../data/log-sizes.ts';
import { sampleImages } from './sample-images.ts';

/** The part of `npm run docs` that needs sample data: it draws, and measures logs. */
for (const [path, image] of Object.entries(sampleImages())) writeFileSync(path, image);

writeFileSync(COST_DOCUMENT, withDatadogBill(readFileSync(COST_DOCUMENT, 'utf8'), logSizes()));
