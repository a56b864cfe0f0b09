import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const BIOME = resolve('node_modules/@biomejs/biome/bin/biome');

const CORE = ['runs', 'slices', 'delivery', 'ledger', 'logs', 'records', 'memory'];

/** What no room of the core may import, relative to the room. */
const OUTSIDE_THE_CORE = [
  'node:fs',
  'node:http',
  '@aws-sdk/client-s3',
  'axios',
  '../../handler.ts',
  '../../wiring.ts',
  '../../config.ts',
  '../../actions/run.ts',
  '../../reporting/result.ts',
  '../../valence/client.ts',
  '../../datadog/intake.ts',
  '../../aws/state-table.ts',
  '../../../settings/environment.ts',
  '../../../shared/axios-transport.ts',
  '../../../shared/aws/s3.ts',
  '../../../content-installer/handler.ts',
  '../../../bundling/bundle.ts',
  '../../../../infra/app.ts',
  '../../../../tools/cli/files.ts',
];

/** Forbidden imports by room. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(CORE.map((room) => [`lambda/forwarder/core/${room}`, OUTSIDE_THE_CORE])),
  'lambda/forwarder/core': ['node:fs', './records/time.ts', './runs/stream.ts', '../valence/client.ts'],
  'lambda/forwarder/valence': [
    'node:fs',
    'axios',
    '../aws/state-table.ts',
    '../datadog/intake.ts',
    '../actions/run.ts',
    '../reporting/result.ts',
    '../wiring.ts',
    '../core/runs/stream.ts',
    '../../shared/axios-transport.ts',
    '../../shared/aws/s3.ts',
    '../../content-installer/handler.ts',
  ],
  'lambda/forwarder/datadog': [
    'axios',
    '../aws/state-table.ts',
    '../valence/client.ts',
    '../actions/run.ts',
    '../core/delivery/delivery.ts',
    '../../shared/axios-transport.ts',
    '../../settings/environment.ts',
  ],
  'lambda/forwarder/aws': [
    'axios',
    '../valence/client.ts',
    '../datadog/intake.ts',
    '../actions/run.ts',
    '../config.ts',
    '../core/runs/stream.ts',
    '../../shared/axios-transport.ts',
  ],
  'lambda/forwarder/reporting': [
    '@aws-sdk/client-s3',
    '../aws/state-table.ts',
    '../valence/client.ts',
    '../actions/run.ts',
    '../../shared/axios-transport.ts',
  ],
  'lambda/forwarder/actions': [
    '@aws-sdk/client-s3',
    'node:fs',
    '../handler.ts',
    '../datadog/intake.ts',
    '../../shared/axios-transport.ts',
    '../../shared/aws/clients.ts',
    '../../content-installer/handler.ts',
  ],
  'lambda/forwarder': ['../content-installer/handler.ts', '../bundling/bundle.ts', '../../infra/app.ts'],
  'lambda/content-installer': ['../forwarder/config.ts', '../bundling/bundle.ts', '../../infra/app.ts'],
  'lambda/shared': ['../forwarder/config.ts', '../content-installer/mark.ts', '../../tools/cli/files.ts'],
  'lambda/settings': ['../forwarder/config.ts', '../content-installer/mark.ts', '../../infra/config.ts'],
  infra: [
    '../tools/cli/files.ts',
    '../lambda/forwarder/datadog/intake.ts',
    '../lambda/forwarder/valence/client.ts',
    '../lambda/forwarder/core/ports.ts',
    '../lambda/content-installer/install.ts',
  ],
};

/** What a room of the tools may not import: the tools that use it, and what only a server has. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  'tools/preview/data': ['../../run-locally/start.ts', '../../datadog/plan.ts', '../../ops/stack.ts'],
  'tools/preview/page/boards': [
    'node:fs',
    '../../server/server.ts',
    '../../data/log-store.ts',
    '../../serve.ts',
    '../../../run-locally/start.ts',
  ],
  'tools/datadog/evaluator': ['../../preview/serve.ts', '../../ops/stack.ts'],
  'tools/stand-ins': ['../preview/serve.ts'],
  'tools/cli': ['../preview/serve.ts'],
};

/** The order of imports in the core: what a room may not import of it. */
const LATER_ROOMS: Readonly<Record<string, readonly string[]>> = {
  slices: ['runs'],
  delivery: ['runs', 'slices'],
  ledger: ['runs', 'slices', 'delivery', 'logs'],
  logs: ['runs', 'slices', 'delivery', 'ledger'],
  records: ['runs', 'slices', 'delivery', 'ledger', 'logs'],
  memory: ['runs', 'slices', 'delivery', 'ledger', 'logs', 'records'],
};

/** What the core does not do itself. */
const OWN_TIME_AND_CHANCE = [
  'export const probe = Date.now();',
  'export const probe = Date.now;',
  'export const probe = new Date();',
  'export const probe = Math.random();',
  'export const probe = performance.now();',
  'export const probe = crypto.randomUUID();',
  'export const probe = fetch;',
  "export { randomUUID } from 'node:crypto';",
  "export { systemClock } from '../../../shared/clock.ts';",
];

interface Probe {
  folder: string;
  code: string;
}

interface Diagnostic {
  category: string;
  location: { path: string };
}

/** The rules that keep the rooms apart. Another one may dislike a probe as well. */
const BOUNDARIES = /^(lint\/style\/noRestricted(Imports|Globals)|plugin)$/;

const importing = (folder: string, path: string): Probe => ({
  folder,
  code: `import { probe } from '${path}';\n\nprobe();`,
});

/** Lints the probes with the rules of this repository, as if they were files of it, and returns those that pass. */
function accepted(probes: readonly Probe[]): string[] {
  const root = mkdtempSync(join(tmpdir(), 'rooms-'));
  try {
    for (const file of ['biome.json', 'biome.core.grit']) copyFileSync(file, join(root, file));
    const paths = probes.map(({ folder, code }, index) => {
      // The boundary of the core is a few files, which its rules know by the ends of their names.
      const path = join(folder, `probe-${index}${folder.endsWith('core') ? '-ports' : ''}.ts`);
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), `${code}\n`);
      return path;
    });
    const { stdout } = spawnSync(
      process.execPath,
      [BIOME, 'lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'],
      { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
    const refused = new Set(
      diagnostics.filter(({ category }) => BOUNDARIES.test(category)).map(({ location }) => location.path),
    );
    return probes.flatMap(({ folder, code }, index) =>
      refused.has(paths[index] ?? '') ? [] : [`${folder}: ${code.split('\n')[0]}`],
    );
  } finally {
    rmSync(root, { recursive: true });
  }
}

it('lint refuses what the rooms may not import', () => {
  const outside = Object.entries({ ...FORBIDDEN, ...TOOLS }).flatMap(([folder, paths]) =>
    paths.map((path) => importing(folder, path)),
  );
  const order = Object.entries(LATER_ROOMS).flatMap(([room, later]) =>
    later.map((other) => importing(`lambda/forwarder/core/${room}`, `../${other}/probe.ts`)),
  );
  expect(accepted([...outside, ...order])).toEqual([]);
});

it('lint refuses a clock and a random source of the core’s own', () => {
  const probes = CORE.flatMap((room) =>
    OWN_TIME_AND_CHANCE.map((code) => ({ folder: `lambda/forwarder/core/${room}`, code })),
  );
  expect(accepted(probes)).toEqual([]);
});

it('lint accepts the ports, shared code without I/O, and times that the core was given', () => {
  const probes = [
    ...['runs', 'slices', 'delivery', 'ledger', 'logs', 'records'].flatMap((room) => [
      importing(`lambda/forwarder/core/${room}`, '../ports.ts'),
      importing(`lambda/forwarder/core/${room}`, '../memory/pool.ts'),
      importing(`lambda/forwarder/core/${room}`, '../../../shared/errors.ts'),
    ]),
    importing('lambda/forwarder/core/runs', '../records/time.ts'),
    importing('lambda/forwarder/valence', '../core/ports.ts'),
    importing('infra', '../lambda/forwarder/config.ts'),
    { folder: 'lambda/forwarder/core/records', code: "export const probe = new Date('2026-01-01');" },
    { folder: 'lambda/forwarder/valence', code: 'export const probe = Date.now();' },
  ];
  expect(accepted(probes)).toHaveLength(probes.length);
});
