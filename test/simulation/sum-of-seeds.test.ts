import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { progressOf } from './sum-of-seeds.ts';

const TASK = { profile: 'core', from: 0, seeds: 300 };

const newFile = () => join(mkdtempSync(join(tmpdir(), 'seeds-')), 'progress.json');

it('a run that was interrupted continues where it was', () => {
  const file = newFile();
  const { sum, save } = progressOf(TASK, file);
  Object.assign(sum, { done: 100, runs: 7, calls: 70, digest: 5, failedSeeds: [42] });
  save();
  sum.done = 150;

  const next = progressOf(TASK, file);

  expect(next.sum).toEqual({ done: 100, runs: 7, calls: 70, digest: 5, failedSeeds: [42] });
});

it('a file about other seeds is not continued', () => {
  const file = newFile();
  progressOf(TASK, file).save();

  expect(() => progressOf({ ...TASK, seeds: 400 }, file)).toThrow(/is about other seeds or options/);
});

it('without a file nothing is kept', () => {
  progressOf(TASK, undefined).save();

  expect(progressOf(TASK, undefined).sum.done).toBe(0);
});
