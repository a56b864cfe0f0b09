import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DATADOG_SITES } from '../../../lambda/shared/datadog-sites.ts';
import { VALENCE_REGIONS } from '../../../lambda/shared/valence-regions.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

/** Every file below .github, by its path. */
const files = readdirSync('.github', { recursive: true, encoding: 'utf8', withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

describe('the workflows', () => {
  const steps = files
    .filter((path) => path.startsWith('.github/workflows/'))
    .flatMap((path) => read(path).split('\n'))
    .filter((line) => /\buses:/.test(line));

  it('pin every action by commit, with its version in a comment', () => {
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) expect(step).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('run the oldest Node that `engines` allows, and the one of .nvmrc', () => {
    const { jobs } = parse(read('.github/workflows/ci.yml'));
    const { engines } = JSON.parse(read('package.json'));

    expect(engines.node).toBe('>=20.19');
    expect(jobs.verify.strategy.matrix.node).toEqual(['20.19.0', read('.nvmrc').trim()]);
  });

  it('install no Node whose version is open: Node 24 comes with the hash of its lockfile', () => {
    const { jobs } = parse(read('.github/workflows/ci.yml'));
    const all = Object.values<{ steps: { uses?: string; run?: string; with?: Record<string, string> }[] }>(
      jobs,
    );
    const installed = all
      .flatMap((job) => job.steps)
      .filter(({ uses }) => uses?.startsWith('actions/setup-node@'))
      .map((step) => step.with?.['node-version']);

    expect(new Set(installed)).toEqual(new Set(['20.19.0']));
    expect(jobs.verify.steps).toContainEqual({
      run: expect.stringMatching(/^bash \.ci\/node24\.sh .*>> "\$GITHUB_PATH"$/),
      if: "matrix.node == '24'",
    });
  });

  it('refuse a pull request that adds a dependency with a known vulnerability', () => {
    const { jobs } = parse(read('.github/workflows/ci.yml'));
    const [step] = jobs['dependency-review'].steps;

    expect(jobs['dependency-review'].if).toBe("github.event_name == 'pull_request'");
    // A script with the range in its text could be made to run what a branch is named.
    expect(step.run).not.toContain('${{');
    expect(step.run).toMatch(/dependency-graph\/compare\/\$RANGE[\s\S]*exit 1/);
  });

  it('check signatures and known vulnerabilities of the packages', () => {
    const { jobs } = parse(read('.github/workflows/ci.yml'));
    const commands = jobs.dependencies.steps.flatMap(({ run }: { run?: string }) => run ?? []);

    expect(commands).toEqual([
      'npm ci --ignore-scripts --no-audit --no-fund',
      'npm audit signatures',
      'npm ci --prefix .ci/node24 --ignore-scripts --no-audit --no-fund',
      'npm audit signatures --prefix .ci/node24',
      'npm audit --omit=dev --audit-level=high',
    ]);
  });
});

describe('the release', () => {
  const workflow = parse(read('.github/workflows/release.yml'));
  const jobs = Object.values<{
    permissions?: Record<string, string>;
    steps: { uses?: string; run?: string; with?: Record<string, string> }[];
  }>(workflow.jobs);
  const commandsOf = (job: string) =>
    workflow.jobs[job].steps.flatMap(({ run }: { run?: string }) => run ?? []);

  it('runs on the tag of a version alone, and is never ended halfway', () => {
    expect(workflow.on).toEqual({ push: { tags: ['v*'] } });
    expect(workflow.concurrency['cancel-in-progress']).toBe(false);
  });

  it('calls .ci/release, and nothing else but the way of the files from one job to the next', () => {
    expect(commandsOf('build')).toEqual(['.ci/release --dry-run']);
    expect(commandsOf('publish')).toEqual([
      'gh run download "$GITHUB_RUN_ID" --name release --dir dist/release',
      '.ci/release --upload',
    ]);
  });

  it('may write only where no code of a dependency runs, and no more than it needs', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs.build).not.toHaveProperty('permissions');
    expect(workflow.jobs.publish).toMatchObject({
      environment: 'release',
      permissions: { actions: 'read', contents: 'write', 'id-token': 'write' },
    });
  });

  it('uses no cache that another run could have written', () => {
    const steps = jobs.flatMap((job) => job.steps);

    expect(steps.flatMap((step) => step.with?.['cache'] ?? [])).toEqual([]);
    for (const { uses } of steps) expect(uses ?? '').not.toContain('cache@');
  });

  it('is tried without uploading on every push', () => {
    const { jobs: tried } = parse(read('.github/workflows/ci.yml'));

    expect(tried.verify.steps).toContainEqual({
      run: '.ci/release --dry-run --skip-ci',
      if: "matrix.node == '24'",
    });
  });
});

describe('the bug form', () => {
  const { body } = parse(read('.github/ISSUE_TEMPLATE/bug.yml'));
  const fields = new Map<string, { attributes: { label: string; options?: string[] } }>(
    body.flatMap((field: { id?: string }) => (field.id ? [[field.id, field]] : [])),
  );
  const optionsOf = (id: string) => fields.get(id)?.attributes.options ?? [];

  it('asks for the version, the region, the site, the status and the report of the doctor', () => {
    expect([...fields.keys()]).toEqual(
      expect.arrayContaining(['version', 'region', 'site', 'status', 'doctor']),
    );
    expect(fields.get('status')?.attributes.label).toContain('npm run ops -- status');
    expect(fields.get('doctor')?.attributes.label).toContain('npm run doctor');
  });

  it('offers every Valence region and every Datadog site', () => {
    expect(optionsOf('region')).toEqual(expect.arrayContaining([...VALENCE_REGIONS]));
    expect(optionsOf('site')).toEqual(expect.arrayContaining([...DATADOG_SITES]));
  });
});

describe('the issue forms and the pull-request template', () => {
  it.each(['bug', 'feature', 'question'])('%s: is a form with a name, a description and fields', (name) => {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${name}.yml`));

    expect(form.name).toBeTypeOf('string');
    expect(form.description).toBeTypeOf('string');
    expect(form.body.some(({ type }: { type: string }) => type !== 'markdown')).toBe(true);
  });

  it('names only npm scripts and files that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const text = files.map(read).join('\n');
    const commands = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    const paths = [...text.matchAll(/blob\/main\/([\w/.-]+)/g)].map(([, path = '']) => path);

    expect(commands.length).toBeGreaterThan(0);
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(() => read(path)).not.toThrow();
  });
});

describe('Dependabot', () => {
  interface Update {
    'package-ecosystem': string;
    directory: string;
    groups: Record<string, { patterns: string[] }>;
    ignore?: { 'dependency-name': string; 'update-types'?: string[] }[];
  }
  const updates: Update[] = parse(read('.github/dependabot.yml')).updates;
  const ofProject = updates.find(({ directory }) => directory === '/') as Update;
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const versions: Record<string, string> = { ...dependencies, ...devDependencies };
  const MAJOR = ['version-update:semver-major'];

  it('updates the packages, the Node binaries of CI and the actions', () => {
    expect(updates.map((update) => [update['package-ecosystem'], update.directory])).toEqual([
      ['npm', '/'],
      ['npm', '/.ci/node24'],
      ['github-actions', '/'],
    ]);
  });

  it('updates the AWS SDK at once, and the CDK at once', () => {
    expect(ofProject.groups['aws-sdk']?.patterns).toEqual(['@aws-sdk/*']);
    expect(ofProject.groups['cdk']?.patterns).toEqual(['aws-cdk-lib', 'constructs', 'cdk-nag']);
  });

  it.each([
    ['aws-cdk', undefined, /^2\.1148\.1$/],
    ['typescript', MAJOR, /^~7\./],
    ['vitest', MAJOR, /^4\./],
    ['@vitest/*', MAJOR, undefined],
    ['commander', MAJOR, /^14\./],
    ['@types/node', MAJOR, /^\^20\./],
  ])('leaves %s at its version', (name, types, version) => {
    const rule = ofProject.ignore?.find((ignored) => ignored['dependency-name'] === name);

    expect(rule).toBeDefined();
    expect(rule?.['update-types']).toEqual(types);
    if (version) expect(versions[name]).toMatch(version);
  });
});
