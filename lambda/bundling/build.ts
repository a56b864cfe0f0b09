import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { forwarderBundle, installerBundle } from './bundle.ts';

// Only the owner may change what was built, also if the machine's default permits more.
process.umask(0o022);
// The names of some files contain a hash of their content: without this, those of former builds would stay.
for (const folder of ['dist/forwarder', 'dist/content-installer'])
  rmSync(folder, { recursive: true, force: true });
await Promise.all([
  build(forwarderBundle('dist/forwarder')),
  build(installerBundle('dist/content-installer')),
]);
