import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS, inPackage } from '../../../packaging/commands.ts';

describe('a text of the project, for the package', () => {
  it.each([
    ['Run npm run ops -- tail --failed', 'Run npx valence-ops tail --failed'],
    ['npm run doctor', 'npx valence-doctor'],
    ['"npm run doctor" finds out which', '"npx valence-doctor" finds out which'],
    ["new Command('npm run ops --')", "new Command('npx valence-ops')"],
    ['npm run doctor -- --json', 'npx valence-doctor --json'],
    ['npm run --silent preview -- FILE | jq', 'npx valence-preview FILE | jq'],
    ['npm run ops -- status, then npm run doctor.', 'npx valence-ops status, then npx valence-doctor.'],
  ])('%s: names the command that the package has', (text, named) => {
    expect(inPackage(text)).toBe(named);
  });

  it.each(['npm run synth', 'npm run docs', 'npm run doctors', 'npx cdk deploy', 'npm start -- --stay'])(
    '%s: stays',
    (text) => {
      expect(inPackage(text)).toBe(text);
    },
  );
});

it('each command is a tool that a checkout has under the name of its script', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));

  for (const [command, entry] of Object.entries(COMMANDS)) {
    expect(existsSync(entry)).toBe(true);
    expect(scripts[command.replace('valence-', '')]).toBe(`tsx ${relative('.', entry)}`);
  }
});
