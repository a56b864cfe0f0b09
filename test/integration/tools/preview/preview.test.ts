import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { VERSION } from '../../../../lambda/shared/version.ts';
import { postedLogs, previewLogs } from '../../../../tools/preview/data/preview-logs.ts';
import { readGolden } from '../../../support/datadog/golden.ts';
import { npmRun, runTool } from '../../../support/operator/run-tool.ts';

const preview = (...args: string[]) => runTool('preview', args);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'preview-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of the given text, or of any other value as JSON. */
function file(content: unknown): string {
  const path = join(folder, 'records.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const ALERT = readGolden('63-alert-re-dated.json');
const AUDIT = readGolden('01-user-signed-in.json');
const entry = ({ stream, record }: typeof ALERT) => ({ stream, record });

it('prints the logs of all records as one JSON array, and nothing else', async () => {
  const { code, stdout, stderr } = await npmRun('preview', [
    file([entry(AUDIT), entry(AUDIT), entry(ALERT)]),
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const logs = JSON.parse(stdout);
  expect(logs).toHaveLength(3);
  expect(logs[0]).toEqual(AUDIT.log);
  expect(Object.keys(logs[2])).toEqual(['service', 'status', 'timestamp', 'message', 'attributes']);
});

it('re-dates nothing unless the time of forwarding is given', async () => {
  const records = file([entry(ALERT)]);
  const [own, epoch, iso] = await Promise.all([
    preview(records),
    preview(records, '--now', String(ALERT.now)),
    preview('--now', new Date((ALERT.now ?? 0) * 1000).toISOString(), records),
  ]);
  expect(JSON.parse(own.stdout)[0]).toMatchObject({ timestamp: 1_767_000_000_000 });
  expect(JSON.parse(epoch.stdout)).toEqual([ALERT.log]);
  expect(JSON.parse(iso.stdout)).toEqual([ALERT.log]);
});

it('redacts as the forwarder does, with a secret of its own', async () => {
  const records = file([entry(AUDIT)]);
  const { actor } = AUDIT.record as { actor: string };
  const [plain, redacted, wrong] = await Promise.all([
    preview(records),
    preview(records, '--redact', '{"hash":["actor"]}'),
    preview(records, '--redact', '{"hash":["nothing"]}'),
  ]);
  expect(plain.stdout).toContain(actor);
  expect(redacted.stdout).not.toContain(actor);
  expect(redacted.stdout).toMatch(/"name":"[0-9a-f]{64}"/);
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toContain('--redact');
});

describe('a file that is not what it must be is explained', () => {
  it.each([
    ['no JSON', '{oops', 'is not JSON'],
    ['no array', {}, 'expected array'],
    ['an unknown stream', [{ stream: 'audit', record: {} }], 'at [0].stream'],
    ['no record', [entry(AUDIT), { stream: 'alerts', record: 'secret' }], 'at [1].record'],
  ])('%s', async (_, content, explanation) => {
    const { code, stdout, stderr } = await preview(file(content));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('records.json');
    expect(stderr).toContain(explanation);
    expect(stderr).not.toMatch(/secret|oops/);
  });

  it('no file', async () => {
    const { code, stderr } = await preview(join(folder, 'none.json'));
    expect(code).toBe(1);
    expect(stderr).toContain('none.json cannot be read: ENOENT');
  });
});

it('says how it is used', async () => {
  const [help, nothing, badTime] = await Promise.all([
    preview('--help'),
    preview(),
    preview(file([]), '--now', 'noon'),
  ]);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('npm run preview --');
  expect(nothing).toMatchObject({ code: 1, stdout: '' });
  expect(nothing.stderr).toContain("missing required argument 'file'");
  expect(badTime.stderr).toContain('epoch seconds or an ISO 8601 date');
});

it('identical audit records get fingerprints of their own, as in production', () => {
  const posted = postedLogs([entry(AUDIT), entry(AUDIT)], undefined, 0);
  const fingerprints = posted.map(({ posted: log }) => log['valence_forwarder']);
  expect(fingerprints[0]).not.toEqual(fingerprints[1]);
});

it('a record without a time is taken to be forwarded now', () => {
  const [log] = previewLogs([{ stream: 'audit-logs', record: { action: 'User signed in' } }], undefined, 5);
  expect(log?.timestamp).toBe(5000);
});

describe('the records of the example', () => {
  const EXAMPLE = 'examples/records.json';

  it('are shown, on one line or with indentation', async () => {
    const [line, pretty] = await Promise.all([preview(EXAMPLE, '--json'), preview(EXAMPLE, '--pretty')]);

    expect(line.stdout.trimEnd()).not.toContain('\n');
    expect(pretty.stdout).toContain('\n    "service": "alerts",\n');
    expect(JSON.parse(pretty.stdout)).toEqual(JSON.parse(line.stdout));
    expect(new Set(JSON.parse(line.stdout).map(({ service }: { service: string }) => service))).toEqual(
      new Set(['alerts', 'audit-logs']),
    );
  });

  it('come from standard input, which is - on every system', async () => {
    const tool = join(inject('toolsFolder'), 'preview.mjs');
    const stdout = execFileSync(process.execPath, [tool, '-'], {
      input: readFileSync(EXAMPLE),
      encoding: 'utf8',
    });
    const nothing = await preview('-');

    expect(stdout).toBe((await preview(EXAMPLE)).stdout);
    expect(nothing.stderr).toContain('Standard input is not JSON.');
  });
});

it('prints its version', async () => {
  expect(await preview('--version')).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
});
