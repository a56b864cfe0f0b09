import { build } from 'esbuild';
import { forwarderBundle, installerBundle } from './bundle.ts';

// Only the owner changes what was built, whatever the machine allows by default.
process.umask(0o022);
await Promise.all([
  build(forwarderBundle('dist/forwarder')),
  build(installerBundle('dist/content-installer')),
]);
