import { build } from 'esbuild';
import { forwarderBundle } from '../../../lambda/bundling/bundle.ts';
import { isArtefactFresh } from '../artefact.ts';

/** Builds `dist/forwarder` unless it is as new as its sources, once before all test files that drive it. */
export async function setup(): Promise<void> {
  if (!isArtefactFresh()) await build(forwarderBundle('dist/forwarder'));
}
