import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Reply } from './doors.ts';
import { worldMap } from './world-map.ts';

const PAGE = fileURLToPath(new URL('../page/main.tsx', import.meta.url));

/** Its title is all that is in it: the script makes the rest of what the server answers. */
const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Preview of the Datadog content</title>
<link rel="stylesheet" href="page.css">
<link rel="icon" href="icon.svg">
</head>
<body>
<div id="page"></div>
<script src="page.js" defer></script>
</body>
</html>
`;

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#632ca6" d="M1 15V8h3v7zm5 0V1h3v14zm5 0V5h3v10z"/></svg>`;

const HTML = 'text/html; charset=utf-8';

let bundled: Promise<ReadonlyMap<string, Reply>> | undefined;

/** The files of the page by their paths. They are bundled once in a process, from the sources, so that no built file can be out of date. */
export function pageFiles(): Promise<ReadonlyMap<string, Reply>> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<ReadonlyMap<string, Reply>> {
  const { outputFiles } = await build({
    entryPoints: { page: PAGE },
    outdir: '/',
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  const file = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.contents ?? '';
  const ok = (type: string, body: string | Uint8Array): Reply => ({ status: 200, type, body });
  return new Map([
    ['/', ok(HTML, DOCUMENT)],
    ['/page.js', ok('text/javascript; charset=utf-8', file('.js'))],
    ['/page.css', ok('text/css; charset=utf-8', file('.css'))],
    ['/icon.svg', ok('image/svg+xml', ICON)],
    ['/world.json', ok('application/json', JSON.stringify(worldMap()))],
  ]);
}
