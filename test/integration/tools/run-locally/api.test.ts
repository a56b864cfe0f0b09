import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { printed, runTool, startTool } from '../../../support/operator/run-tool.ts';

/** What the forwarder prints for the doctor: variables, then the command with its options. */
function commandIn(text: string) {
  const [, variables = '', args = ''] =
    /^ {2}(VALENCE_BASE_URL=.*) npm run doctor(?: -- (.*))?$/m.exec(text) ?? [];
  return {
    environment: Object.fromEntries(variables.split(' ').map((pair) => pair.split('=', 2))),
    args: args.split(' '),
  };
}

it('shows the command with which the doctor finds the profile of an API of the zoo', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'start-api-'));
  const environment = { LOCAL_FORWARDER_FILE: join(folder, 'forwarder.json') };
  const staying = startTool('start', ['--api', 'odata'], environment);
  await printed(staying, /start it again/);
  const command = commandIn(staying.written.stdout);

  const doctor = await runTool('doctor', ['--json', ...command.args], command.environment);
  staying.child.kill();
  await staying.ended;
  await rm(folder, { recursive: true });

  expect(staying.written.stdout).toContain('The first run failed');
  expect(doctor.json().valenceApi).toEqual({
    rangeTemplate: { name: '$filter', value: 'time ge {from} and time le {to}' },
  });
}, 120_000);
