import { spawn } from 'node:child_process';

/** What opens an address with the user's browser. None of them is a shell, so that an address is only ever an argument. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [command: string, ...options: string[]]>> = {
  darwin: ['open'],
  linux: ['xdg-open'],
  win32: ['explorer.exe'],
};

/**
 * Opens an address in the user's browser, if there is a user at a terminal. Where that is not possible, nothing happens: the address is
 * printed anyway.
 */
export function openBrowser(address: string): void {
  const opener = OPENERS[process.platform];
  if (!process.stdout.isTTY || !opener || !hasDisplay()) return;
  const [command, ...options] = opener;
  spawn(command, [...options, address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

/** On Linux a browser needs a display; without one a text browser would take over the terminal. */
const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
