import { fileURLToPath } from 'node:url';

const inProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Folder of the built artefact. */
export const ARTEFACT_FOLDER = inProject('dist/forwarder');

/** The function's own log lines of the latest local run. */
export const LOG_FILE = inProject('dist/local-run.log');

/** State of live runs. */
export const STATE_FOLDER = inProject('.forwarder-state');
