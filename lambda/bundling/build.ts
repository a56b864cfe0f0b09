import { build } from 'esbuild';
import { forwarderBundle, installerBundle } from './bundle.ts';

// Only the owner may change what was built, also if the machine's default permits more.
process.umask(0o022);
await Promise.all([
  build(forwarderBundle('dist/forwarder')),
  build(installerBundle('dist/content-installer')),
]);
