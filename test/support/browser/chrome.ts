import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The browser that the tests drive: `CHROME_PATH`, else the first Chromium or Chrome on the `PATH`.
 * @throws {Error} what to do, when there is none
 */
export function chromePath(environment: NodeJS.ProcessEnv = process.env): string {
  const { CHROME_PATH, PATH = '' } = environment;
  if (CHROME_PATH) {
    if (isExecutable(CHROME_PATH)) return CHROME_PATH;
    throw new Error(`CHROME_PATH is "${CHROME_PATH}", which is no program. Set it to a Chromium or Chrome.`);
  }
  const candidates = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = [...candidates, ...APPLICATIONS].find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    'The browser tests need Chromium or Chrome, and there is none on the PATH. Install it (Debian: apt-get install chromium), or set CHROME_PATH.',
  );
}
