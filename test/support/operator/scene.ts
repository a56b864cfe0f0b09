import { randomUUID } from 'node:crypto';
import type { Stream } from '../../../lambda/contract.ts';
import { dynamoStateStore } from '../../../lambda/forwarder/aws/state-table.ts';
import { tableSecret } from '../../../lambda/forwarder/aws/table-secret.ts';
import type { Progress, StateStore } from '../../../lambda/forwarder/core/state-ports.ts';
import { resolveApiProfile } from '../../../lambda/settings/api-profile.ts';
import { dynamoClient } from '../../../lambda/shared/aws/clients.ts';
import type { DigestSecret } from '../../../lambda/shared/keyed-digest.ts';
import { VERSION } from '../../../lambda/shared/version.ts';
import { startForwarderAws } from '../../../tools/run-locally/forwarder-aws.ts';
import { RESOURCES, stackResources } from '../../../tools/run-locally/resources.ts';
import type { Aws } from '../../../tools/stand-ins/aws/aws.ts';
import type { Account, LogLine } from '../../../tools/stand-ins/aws/management/account.ts';
import { startAwsManagement } from '../../../tools/stand-ins/aws/management/management.ts';
import { type DatadogIntake, startDatadogIntake } from '../../../tools/stand-ins/datadog/intake.ts';
import { startValenceApi, type ValenceApi } from '../../../tools/stand-ins/valence/api.ts';
import { STAND_IN_CLIENT } from '../aws-client.ts';
import { type CommandResult, runTool } from './run-tool.ts';
import { type ScriptedStateMachine, scriptedStateMachine } from './scripted-state-machine.ts';

/** The keys of every scene: wherever they turn up in an output, a key was shown. */
export const VALENCE_KEY = 'planted-valence-key-51d7';
export const DATADOG_KEY = 'planted-datadog-key-b83e';

export const STACK = 'ValenceForwarder';
export const FUNCTION_NAME = 'forwarder-function';
const GROUP = 'forwarder-group';
const SCHEDULE = 'forwarder-schedule';

export interface SceneOptions {
  /** What Valence's API really looks like, as a user would write it. */
  reality?: Parameters<typeof resolveApiProfile>[0];
  maxPageSize?: number;
}

/** The account of a scene, whose log and backfills the test writes. */
type SceneAccount = Account & { logs: LogLine[]; stateMachine: ScriptedStateMachine };

/** A deployed forwarder with everything around it, and the tools in processes of their own. */
export interface Scene extends AsyncDisposable {
  readonly account: SceneAccount;
  readonly aws: Aws;
  readonly valence: ValenceApi;
  readonly datadog: DatadogIntake;
  readonly store: StateStore;
  /** What points the deployed function at the other parties. */
  readonly functionEnvironment: Readonly<Record<string, string>>;
  /** What points the AWS clients of an operator at the scene. */
  readonly awsEnvironment: Readonly<Record<string, string>>;
  /** Reads or creates the secret of the state table. */
  readonly secret: () => Promise<DigestSecret>;
  /** What points a tool without AWS at the other parties. */
  readonly serviceEnvironment: Readonly<Record<string, string>>;
  /** Gives a stream a state, as a run would leave it. */
  leaveState(stream: Stream, progress: Partial<Progress> & { watermark: number }): Promise<void>;
  /** Takes the lease of a stream for some seconds, as a run does. */
  holdLease(stream: Stream, seconds: number): Promise<void>;
  /** `npm run ops -- ...args` */
  ops(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<CommandResult>;
  /** `npm run doctor -- ...args` */
  doctor(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<CommandResult>;
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:Backfill';

function accountWith(environment: Readonly<Record<string, string>>): SceneAccount {
  return {
    stacks: [
      {
        name: STACK,
        status: 'UPDATE_COMPLETE',
        outputs: {
          FunctionName: FUNCTION_NAME,
          StateTable: RESOURCES.STATE_TABLE,
          QuarantineBucket: RESOURCES.QUARANTINE_BUCKET,
          LogGroup: '/forwarder',
          BackfillStateMachine: stateMachineArn,
          Version: VERSION,
        },
        resources: stackResources({
          functionName: FUNCTION_NAME,
          stateMachineArn,
          schedule: SCHEDULE,
          scheduleGroup: GROUP,
        }),
      },
    ],
    functions: {
      [FUNCTION_NAME]: {
        environment,
        timeoutSeconds: 240,
        memoryMiB: 512,
        invoke: async () => ({ checks: [{ name: 'state-table', ok: true, fix: null }] }),
      },
    },
    schedules: { [`${GROUP}/${SCHEDULE}`]: { expression: 'rate(5 minutes)', state: 'ENABLED' } },
    alarms: [],
    logs: [],
    // So that clients have to turn pages.
    logEventsPerPage: 1,
    stateMachine: scriptedStateMachine(stateMachineArn),
    refusal: undefined,
  };
}

/** The key of the scene's schedule in its account. */
export const SCHEDULE_KEY = `${GROUP}/${SCHEDULE}`;

/** Starts a scene of its own for one test. */
export async function startScene({ reality = {}, maxPageSize }: SceneOptions = {}): Promise<Scene> {
  const [aws, valence, datadog] = await Promise.all([
    startForwarderAws({ valence: VALENCE_KEY, datadog: DATADOG_KEY }),
    startValenceApi({
      apiKey: VALENCE_KEY,
      profile: resolveApiProfile(reality),
      ...(maxPageSize !== undefined && { maxPageSize }),
    }),
    startDatadogIntake({ apiKey: DATADOG_KEY }),
  ]);
  const services = {
    VALENCE_BASE_URL: valence.origin,
    DATADOG_INTAKE_URL: datadog.origin,
    DATADOG_API_URL: datadog.origin,
  };
  const functionEnvironment = { ...RESOURCES, ...services, TENANT: 'acme' };
  const account = accountWith(functionEnvironment);
  const management = await startAwsManagement(account, aws.accessKey);
  const awsEnvironment = { ...aws.environment, ...management.environment };
  const client = dynamoClient({
    ...STAND_IN_CLIENT,
    credentials: aws.accessKey,
    endpoint: aws.dynamoDb.origin,
  });
  const store = dynamoStateStore({ client, table: RESOURCES.STATE_TABLE });

  async function acquire(stream: Stream, start: number, seconds: number) {
    const now = nowSeconds();
    const answer = await store.acquire({
      stream,
      owner: randomUUID(),
      now,
      leaseUntil: now + seconds,
      start,
      slice: 3600,
    });
    if (answer.held) throw new Error(`The lease of ${stream} is held.`);
    return answer;
  }

  return {
    account,
    aws,
    valence,
    datadog,
    store,
    functionEnvironment,
    awsEnvironment,
    secret: tableSecret({ client, table: RESOURCES.STATE_TABLE }),
    serviceEnvironment: services,
    async leaveState(stream, progress) {
      const { lease, state } = await acquire(stream, progress.finalWatermark ?? progress.watermark, 60);
      await store.release(lease, { ...state, ...progress, saves: state.saves + 1 }, true);
    },
    async holdLease(stream, seconds) {
      await acquire(stream, nowSeconds(), seconds);
    },
    ops: (args, environment = {}) => runTool('ops', args, { ...awsEnvironment, ...environment }),
    doctor: (args, environment = {}) => runTool('doctor', args, { ...services, ...environment }),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await Promise.all([management.close(), aws.close(), valence.close(), datadog.close()]);
    },
  };
}
