import { Command, Option } from 'commander';
import { VERSION } from '../../lambda/shared/version.ts';
import { type Example, withExamples } from '../cli/help.ts';

/** The options of `npm start`. */
export interface Options {
  /** Real services instead of embedded ones. */
  live: boolean;
  /** Print the logs instead of posting them. */
  dryRun: boolean;
  /** Print only the result, as one line of JSON. */
  json: boolean;
  /** Keep running until Ctrl-C, to try the operator's tools on. */
  stay: boolean;
  /** Serve the dashboards over the logs on a page of this machine, until Ctrl-C. */
  open: boolean;
  /** The name of an API that takes Valence's place. */
  api?: string;
}

const EXAMPLES: readonly Example[] = [
  ['npm start', 'a generated tenant on this machine, three runs'],
  ['npm start -- --json', 'the same, the sum of the runs as JSON'],
  ['npm start -- --open', 'the same, then dashboards, logs and signals over the logs, in a browser'],
  ['npm start -- --dry-run | head -3', 'the same, showing the logs'],
  ['npm start -- --stay', 'keeps running, a run a minute: try "npm run ops -- status --local" with it'],
  [
    'npm start -- --api page-token',
    'the same with an API that differs from the assumed one: watch "npm run doctor" find out how',
  ],
  [
    'VALENCE_API_KEY=... DD_API_KEY=... npm start -- --live',
    'one run from your Valence tenant to your Datadog organisation',
  ],
  [
    'VALENCE_API_KEY=... VALENCE_REGION=eu npm start -- --live --dry-run',
    'what such a run would send; nothing is sent, nothing is saved',
  ],
  [
    'VALENCE_API_KEY=... npm start -- --live --dry-run --open',
    'the dashboards over the last records of your tenant; nothing is sent, nothing is saved',
  ],
];

const NOTE =
  "With --api the variable VALENCE_API_PROFILE is the function's API profile. With --live all variables of the function's configuration apply (VALENCE_REGION, DATADOG_SITE, INITIAL_LOOKBACK_SECONDS, ...). State is kept in .forwarder-state/: delete that folder to start again.";

/** The command line of `npm start`, which runs `action` with its options. */
export const startCommand = (action: (options: Options) => Promise<void>): Command =>
  withExamples(
    new Command('npm start --')
      .version(VERSION)
      .description(
        'Runs the built forwarder on this machine: against embedded stand-ins, or against the real services.',
      )
      .option('--live', 'use the real Valence and Datadog; keys from VALENCE_API_KEY and DD_API_KEY')
      .option(
        '--dry-run',
        'print each log as a line of JSON instead of posting it; with --live, save no state',
      )
      .option('--json', 'print JSON alone: the result as the last line; with --stay a line for each run')
      .addOption(
        new Option(
          '--open',
          'show dashboards, logs and signals over the logs in a browser, on a page that only this machine can open',
        ).conflicts('json'),
      )
      .addOption(
        new Option(
          '--stay',
          'keep running until Ctrl-C, a run a minute, for "npm run ops -- COMMAND --local"',
        ).conflicts(['live', 'dryRun']),
      )
      .addOption(
        new Option(
          '--api <name>',
          'like --stay, with an API of the zoo in place of Valence, for "npm run doctor" to find out; an unknown name lists them',
        )
          .conflicts(['live', 'dryRun'])
          .implies({ stay: true }),
      )
      .action((given: Partial<Options>) =>
        action({ live: false, dryRun: false, json: false, stay: false, open: false, ...given }),
      ),
    EXAMPLES,
    NOTE,
  );
