import { build } from 'esbuild';
import { forwarderBundle, installerBundle } from './bundle.ts';

await Promise.all([
  build(forwarderBundle('dist/forwarder')),
  build(installerBundle('dist/content-installer')),
]);
