import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { BadQuery } from '../bad-query.ts';
import type { ListedLog, LogPage } from './answers.ts';
import { type Archive, idOf } from './archive.ts';
import { marksOf } from './explanations.ts';

/** A list shows a line of each log; the whole message is one click away. */
const SHOWN_CHARACTERS = 400;

const CURSOR = /^(-?\d+(?:\.\d+)?):(\d+)$/;

const cursorAfter = (log: ProcessedLog) => Buffer.from(`${log.timestamp}:${idOf(log)}`).toString('base64url');

/** @throws {BadQuery} when no page gave it */
function parsedCursor(cursor: string): { timestamp: number; id: number } {
  const [, timestamp, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (timestamp === undefined) {
    throw new BadQuery('The list has no such place. Load it again from its beginning.');
  }
  return { timestamp: Number(timestamp), id: Number(id) };
}

/**
 * One page of the logs that a search found. A cursor names the log before it, not a number of logs, so that logs that arrive in the
 * meantime neither repeat nor hide any.
 * @param positions of the logs, newest first
 * @param cursor of the page before; the first page when left out
 * @throws {BadQuery} when the cursor is none
 */
export function pageOf(archive: Archive, positions: Uint32Array, limit: number, cursor?: string): LogPage {
  const start = cursor === undefined ? 0 : firstAtOrAfter(positions, positionAfter(archive, cursor));
  const shown = Array.from(
    positions.subarray(start, start + limit),
    (position) => archive.logs[position] as ProcessedLog,
  );
  const last = shown.at(-1);
  const more = start + shown.length < positions.length;
  return {
    logs: shown.map((log) => listed(log)),
    next: last && more ? cursorAfter(last) : null,
  };
}

function positionAfter(archive: Archive, cursor: string): number {
  const { timestamp, id } = parsedCursor(cursor);
  return archive.after(timestamp, id);
}

function firstAtOrAfter(positions: Uint32Array, wanted: number): number {
  const index = positions.findIndex((position) => position >= wanted);
  return index === -1 ? positions.length : index;
}

/** A log as lists show it. */
export function listed(log: ProcessedLog): ListedLog {
  const { timestamp, status, service, message } = log;
  const line = message.length > SHOWN_CHARACTERS ? `${message.slice(0, SHOWN_CHARACTERS)}…` : message;
  return { id: idOf(log), timestamp, status, service, message: line, marks: marksOf(log) };
}
