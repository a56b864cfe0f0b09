import type { Mutant } from '../mutant.ts';

/** Bugs in what is deployed. */
export const INFRASTRUCTURE: readonly Mutant[] = [
  {
    name: 'topic-admits-dashboards',
    what: 'The alarm topic takes messages from dashboards instead of alarms, so no mail arrives.',
    file: 'infra/constructs/monitoring/alarm-topic.ts',
    find: "resource: 'alarm'",
    replace: "resource: 'dashboard'",
    caughtBy: ['test/infra/monitoring.test.ts'],
  },
  {
    name: 'topic-of-any-account',
    what: 'The alarm topic takes messages from alarms of every account.',
    file: 'infra/constructs/monitoring/alarm-topic.ts',
    find: "StringEquals: { 'aws:SourceAccount': account },",
    replace: '',
    caughtBy: ['test/infra/monitoring.test.ts'],
  },
  {
    name: 'scheduler-role-for-any-group',
    what: 'Any schedule of the account may use the role that starts the function.',
    file: 'infra/constructs/schedule.ts',
    find: "'aws:SourceArn': this.group.scheduleGroupArn,",
    replace: '',
    caughtBy: ['test/infra/permissions.test.ts'],
  },
  {
    name: 'backfill-role-for-any-machine',
    what: 'Any state machine of the account may use the role of the backfill.',
    file: 'infra/constructs/backfill.ts',
    find: "'aws:SourceArn': [arn, ",
    replace: "'aws:SourceArn': ['*', ",
    caughtBy: ['test/infra/permissions.test.ts'],
  },
  {
    name: 'application-key-is-api-key',
    what: 'The installer gets the secret of the API key as that of the application key.',
    file: 'infra/constructs/datadog-content.ts',
    find: 'DATADOG_APP_KEY_SECRET_ID: secretIdOf(appKeySecret)',
    replace: 'DATADOG_APP_KEY_SECRET_ID: secretIdOf(apiKeySecret)',
    caughtBy: ['test/infra/datadog-content.test.ts'],
  },
  {
    name: 'backfill-never-idle',
    what: 'A call that comes no further counts as progress, so the state machine goes round for ever.',
    file: 'infra/backfill-definition.ts',
    find: 'coveredTo > $states.input.from ? 0',
    replace: 'coveredTo >= $states.input.from ? 0',
    caughtBy: ['test/infra/backfill.test.ts'],
  },
  {
    name: 'backfill-calls-not-counted',
    what: 'The calls of a slice are not counted, so one that comes a second further each time goes on for days.',
    file: 'infra/backfill-definition.ts',
    find: '$states.input.calls + 1',
    replace: '$states.input.calls',
    caughtBy: ['test/infra/backfill-failures.test.ts'],
  },
];
