import { execFileSync, spawnSync } from 'node:child_process';
import { Command, Option } from 'commander';
import { expect, it } from 'vitest';
import { completionScript } from '../../../../tools/cli/completion.ts';

function program(): Command {
  const tool = new Command('npm run ops --').option('--json', "print JSON; it's one line");
  tool.command('status').description('show $(touch it)').option('--watch [length]', 'repeat');
  tool
    .command('watermark')
    .command('set')
    .addOption(new Option('--stream <stream>').choices(['alerts', 'audit-logs']));
  return tool;
}

const outputOf = (shell: string, ...args: string[]) => execFileSync(shell, args, { encoding: 'utf8' });

const isInstalled = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

/** What bash offers after some words, the last of which is being typed. */
function offeredByBash(...words: string[]): string[] {
  const script = `${completionScript(program(), 'bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _valence_ops; echo "\${COMPREPLY[*]}"`;
  const text = execFileSync('bash', ['-c', script, 'bash', 'valence-ops', ...words], { encoding: 'utf8' });
  return text.trim().split(' ');
}

it.each([
  [[''], ['status', 'watermark', '--json', '--help']],
  [['st'], ['status']],
  [
    ['status', '--'],
    ['--watch', '--json', '--help'],
  ],
  [
    ['watermark', ''],
    ['set', '--json', '--help'],
  ],
  [['--json', 'watermark', 'set', '--s'], ['--stream']],
  [
    ['watermark', 'set', '--stream', 'a'],
    ['alerts', 'audit-logs'],
  ],
])('bash offers after %j what fits', (words, offered) => {
  expect(offeredByBash(...words)).toEqual(offered);
});

it.runIf(isInstalled('zsh'))('zsh offers what fits', () => {
  const script = `compdef() { :; }; compadd() { shift; print -r -- "$@"; }
${completionScript(program(), 'zsh')}
words=(valence-ops watermark set ''); CURRENT=4; _valence_ops`;

  expect(outputOf('zsh', '-fc', script)).toBe('--stream --json --help\n');
});

it.runIf(isInstalled('fish'))('fish offers what fits', () => {
  const script = `${completionScript(program(), 'fish')}
complete -C 'valence-ops watermark '; complete -C 'valence-ops watermark set --stream '`;

  expect(outputOf('fish', '-Nc', script)).toMatch(/^set\b[\s\S]*^alerts\b[\s\S]*^audit-logs\b/m);
});

it('defines the short name where there is no such command, by the way in which the tool is started', () => {
  expect(completionScript(program(), 'bash')).toMatch(
    /^command -v valence-ops >\/dev\/null \|\| valence-ops\(\) \{ npm --prefix \S+ run --silent ops -- "\$@"; \}/,
  );
  expect(completionScript(program().name('npx valence-ops'), 'fish')).toMatch(
    /^command -q valence-ops; or function valence-ops; npx valence-ops \$argv; end/,
  );
});

it('quotes every description for the shell', () => {
  const script = completionScript(program(), 'fish');

  expect(script).toContain(`-d 'show $(touch it)'`);
  expect(script).toContain(`-d 'print JSON; it'\\''s one line'`);
});
