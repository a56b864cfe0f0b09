import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What opens a file with the user's browser. None of them is a shell, so that its path is only ever an argument. */
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
  spawn(command, [...options, redirectTo(address)], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

/**
 * Writes a page that leads to an address. Every user of the machine can read the arguments of a process, so that the address, which
 * holds the token, must not be one.
 * @returns the path of the page, which only this user can read; it is removed when the process ends
 */
export function redirectTo(address: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'valence-preview-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const page = join(folder, 'preview.html');
  writeFileSync(page, `<!doctype html><meta http-equiv="refresh" content="0; url=${address}">`, {
    mode: 0o600,
  });
  return page;
}

/** On Linux a browser needs a display; without one a text browser would take over the terminal. */
const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
