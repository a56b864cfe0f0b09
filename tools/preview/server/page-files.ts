import { pageCode } from '#preview-page';
import type { Reply } from './doors.ts';
import { worldMap } from './world-map.ts';

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

let made: Promise<ReadonlyMap<string, Reply>> | undefined;

/** The files of the page by their paths, made once in a process. */
export function pageFiles(): Promise<ReadonlyMap<string, Reply>> {
  made ??= makeFiles();
  return made;
}

async function makeFiles(): Promise<ReadonlyMap<string, Reply>> {
  const { script, style } = await pageCode();
  const ok = (type: string, body: string | Uint8Array): Reply => ({ status: 200, type, body });
  return new Map([
    ['/', ok(HTML, DOCUMENT)],
    ['/page.js', ok('text/javascript; charset=utf-8', script)],
    ['/page.css', ok('text/css; charset=utf-8', style)],
    ['/icon.svg', ok('image/svg+xml', ICON)],
    ['/world.json', ok('application/json', JSON.stringify(worldMap()))],
  ]);
}
