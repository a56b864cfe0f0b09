import { fileURLToPath } from 'node:url';
import { type Command, CommanderError, Option } from 'commander';
import { shellWord } from '../../lambda/shared/shell.ts';
import { printText } from './terminal.ts';

/** Completion in shells, from the commands and options of a tool. */

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** What can follow the words of a command: `watermark set` and its options. */
interface Node {
  /** The words before, such as ` watermark set`; empty for the tool. */
  trail: string;
  commands: readonly Command[];
  options: readonly Option[];
}

const optionsOf = (command: Command): Option[] => [
  ...command.options.filter(({ hidden }) => !hidden),
  ...(command.parent ? optionsOf(command.parent).filter(({ long }) => long !== '--version') : []),
];

function nodesIn(command: Command, trail = ''): Node[] {
  const own = { trail, commands: command.commands, options: optionsOf(command) };
  return [own, ...command.commands.flatMap((sub) => nodesIn(sub, `${trail} ${sub.name()}`))];
}

const longNames = (options: readonly Option[]): string[] => [
  ...options.flatMap(({ long }) => (long ? [long] : [])),
  '--help',
];

const wordsOf = ({ commands, options }: Node): string =>
  shellWord([...commands.map((each) => each.name()), ...longNames(options)].join(' '));

/** The options of all commands whose values are few, with these. */
function choicesIn(nodes: readonly Node[]): Map<string, readonly string[]> {
  const options = nodes.flatMap((node) => node.options);
  return new Map(options.flatMap(({ long, argChoices }) => (long && argChoices ? [[long, argChoices]] : [])));
}

/** A `case` of bash and zsh: each pattern with what it does. */
const cases = (of: string, arms: readonly (readonly [pattern: string, action: string])[]): string =>
  [`  case "${of}" in`, ...arms.map(([pattern, action]) => `    ${pattern}) ${action} ;;`), '  esac'].join(
    '\n',
  );

/** Finds the command that is being typed and what may follow, for bash and zsh, whose arrays begin at 0 and at 1. */
function finding(nodes: readonly Node[], words: string, first: number, current: string): string {
  const trails = nodes.flatMap(({ trail }) => (trail === '' ? [] : [shellWord(trail)]));
  const choices = [...choicesIn(nodes)].map(
    ([name, values]) => [name, `candidates=${shellWord(values.join(' '))}`] as const,
  );
  const step =
    trails.length === 0
      ? ''
      : `\n${cases(`$trail \${${words}[i]}`, [[trails.join('|'), `trail="$trail \${${words}[i]}"`]])}`;
  return `  local trail='' candidates='' i
  for ((i = ${first}; i < ${current}; i++)); do
    :${step}
  done
${cases(
  '$trail',
  nodes.map((node) => [node.trail === '' ? "''" : shellWord(node.trail), `candidates=${wordsOf(node)}`]),
)}${choices.length > 0 ? `\n${cases(`\${${words}[${current} - 1]}`, choices)}` : ''}`;
}

const bash = (name: string, nodes: readonly Node[]): string => `_${name.replaceAll('-', '_')}() {
${finding(nodes, 'COMP_WORDS', 1, 'COMP_CWORD')}
  COMPREPLY=($(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _${name.replaceAll('-', '_')} ${name}
`;

const zsh = (name: string, nodes: readonly Node[]): string => `_${name.replaceAll('-', '_')}() {
${finding(nodes, 'words', 2, 'CURRENT')}
  compadd -- \${=candidates} || _files
}
compdef _${name.replaceAll('-', '_')} ${name}
`;

/** What fish offers after the words of a node. Its commands and options are one line each, because each has a description. */
function fishLines(name: string, { trail, commands, options }: Node): string[] {
  const last = trail.split(' ').at(-1) ?? '';
  const others = commands.map((each) => each.name()).join(' ');
  const when =
    last === ''
      ? '__fish_use_subcommand'
      : `__fish_seen_subcommand_from ${last}${others ? `; and not __fish_seen_subcommand_from ${others}` : ''}`;
  const line = (what: string, description: string) =>
    `complete -c ${name} -n ${shellWord(when)} ${what} -d ${shellWord(description)}`;
  return [
    ...commands.map((each) => line(`-f -a ${each.name()}`, each.description())),
    ...options.map(({ long, required, argChoices, description }) =>
      line(
        `-l ${(long ?? '').slice(2)}${required ? ' -r' : ''}${argChoices ? ` -f -a ${shellWord(argChoices.join(' '))}` : ''}`,
        description,
      ),
    ),
  ];
}

const fish = (name: string, nodes: readonly Node[]): string =>
  `${nodes.flatMap((node) => fishLines(name, node)).join('\n')}\n`;

const SCRIPTS: Readonly<Record<Shell, typeof bash>> = { bash, zsh, fish };

/** The folder of the checkout. */
const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The name under which a tool is completed, and a function of that name where there is no such command: no shell completes what follows
 * `npm run ops --`.
 */
function shortName(toolName: string, shell: Shell): { name: string; definition: string } {
  const [program = '', ...rest] = toolName.replace(/ --$/, '').split(' ');
  const tool = rest.at(-1) ?? '';
  const name = program === 'npx' ? tool : `valence-${tool}`;
  const script = `npm --prefix ${shellWord(PROJECT)} run --silent ${tool} --`;
  const call = program === 'npx' ? `npx ${tool}` : script;
  return {
    name,
    definition:
      shell === 'fish'
        ? `command -q ${name}; or function ${name}; ${call} $argv; end\n`
        : `command -v ${name} >/dev/null || ${name}() { ${call} "$@"; }\n`,
  };
}

/** The script that completes a tool in a shell. */
export function completionScript(program: Command, shell: Shell): string {
  const { name, definition } = shortName(program.name(), shell);
  return definition + SCRIPTS[shell](name, nodesIn(program));
}

/** Adds the option that prints the script. It counts before everything else, so that no argument has to be given. */
export const withCompletion = (program: Command): Command =>
  program
    .addOption(
      new Option(
        '--completion <shell>',
        'print a script that completes commands and options in this shell',
      ).choices(SHELLS),
    )
    .on('option:completion', (shell: Shell) => {
      printText(completionScript(program, shell));
      throw new CommanderError(0, 'completion', '');
    });
