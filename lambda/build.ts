import { build } from 'esbuild';
import { forwarderBundle } from './bundle.ts';

await build(forwarderBundle('dist/forwarder'));
