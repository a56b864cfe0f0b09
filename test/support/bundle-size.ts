import { buildSync } from 'esbuild';
import { forwarderBundle } from '../../lambda/bundling/bundle.ts';

/**
 * What the artefact's code weighs, in KiB.
 * @returns `start`: what every cold start reads and parses, that is the entry and all that it imports statically; `all`: that and
 *   what is imported only when needed
 */
export function bundleSize(): { start: number; all: number } {
  const { outputs } = buildSync({
    ...forwarderBundle('dist/forwarder'),
    write: false,
    metafile: true,
  }).metafile;
  const code = Object.entries(outputs).filter(([path]) => path.endsWith('.mjs'));
  const kib = (paths: Iterable<string>) =>
    [...paths].reduce((sum, path) => sum + (outputs[path]?.bytes ?? Number.NaN), 0) / 1024;

  const started = new Set(
    code.filter(([, { entryPoint }]) => entryPoint?.endsWith('/forwarder/handler.ts')).map(([path]) => path),
  );
  for (const path of started) {
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) started.add(imported);
    }
  }
  return { start: kib(started), all: kib(code.map(([path]) => path)) };
}
