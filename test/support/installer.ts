import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, inject, it as plainIt } from 'vitest';
import { CONTENT_KINDS } from '../../lambda/content-installer/content-item.ts';
import { type SecretsManager, startSecretsManager } from '../../tools/stand-ins/aws/secrets-manager.ts';
import { accessKeyEnvironment } from '../../tools/stand-ins/aws/signature.ts';
import { type DatadogApi, startDatadogApi } from '../../tools/stand-ins/datadog/api.ts';
import { accessKey } from './aws-client.ts';
import { type CustomResourceStack, customResourceStack } from './cloudformation.ts';
import type { InstallerInvocation, InstallerOutcome } from './installer-process.ts';

/** Wherever one of these turns up in a log line, an error or an answer, a key was shown. */
export const API_KEY = 'planted-api-key-51f0';
export const APP_KEY = 'planted-application-key-88ce';
/** What signs the address that CloudFormation's answer goes to. */
const SIGNATURE = 'planted-signature';

export const API_KEY_SECRET = 'datadog-api-key';
export const APP_KEY_SECRET = 'datadog-app-key';

/** As the deployed function has it. */
const TIMEOUT_MS = 180_000;

/** The built installer between CloudFormation, Datadog and Secrets Manager on loopback addresses. */
export interface Installation extends AsyncDisposable {
  readonly stack: CustomResourceStack;
  /**
   * Another stack of the same account.
   * @param folder with the installer behind its resources; the present one by default
   */
  stackNamed(name: string, folder?: string): Promise<CustomResourceStack>;
  readonly datadog: DatadogApi;
  readonly secrets: SecretsManager['secrets'];
  /** Milliseconds that the function is given. */
  timeoutMs: number;
  /** Changes the function's environment. */
  readonly environment: Record<string, string>;
  /** The outcome of each invocation. */
  readonly outcomes: InstallerOutcome[];
}

/** Sends one invocation to the process of the installer. */
const invoked = (child: ChildProcess, invocation: InstallerInvocation): Promise<InstallerOutcome> =>
  new Promise((resolve) => {
    child.on('message', function take(message) {
      const [number, outcome] = message as [number, InstallerOutcome];
      if (number !== invocation.number) return;
      child.off('message', take);
      resolve(outcome);
    });
    child.send(invocation);
  });

/**
 * The installer, built as it is deployed, in a process for the tests of a file. When they are done, everything that it
 * wrote, threw or answered is searched for keys.
 * @param certificates file with the certificates that it trusts in addition; by default none
 */
export function useInstaller(certificates?: string) {
  let child: ChildProcess;
  let invocations = 0;
  const written: string[] = [];

  beforeAll(() => {
    child = fork(fileURLToPath(new URL('installer-process.ts', import.meta.url)), {
      execArgv: ['--import', import.meta.resolve('tsx')],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...(certificates && { NODE_EXTRA_CA_CERTS: certificates }) },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => written.push(text));
    }
  });
  afterAll(async () => {
    const ended = once(child, 'close');
    child.kill();
    await ended;
    const transcript = written.join('\n');
    expect([API_KEY, APP_KEY, SIGNATURE].filter((key) => transcript.includes(key))).toEqual([]);
  });

  async function start(): Promise<Installation> {
    const [datadog, secretsManager] = await Promise.all([
      startDatadogApi({ apiKey: API_KEY, appKey: APP_KEY }),
      startSecretsManager({
        accessKey,
        secrets: { [API_KEY_SECRET]: API_KEY, [APP_KEY_SECRET]: APP_KEY },
      }),
    ]);
    const stacks: CustomResourceStack[] = [];
    async function stackNamed(name: string, folder = inject('installerFolder')) {
      const stack: CustomResourceStack = await customResourceStack(
        async (event) => {
          const outcome = await invoked(child, {
            number: ++invocations,
            artefact: pathToFileURL(join(folder, 'index.mjs')).href,
            event,
            environment: {
              CLOUDFORMATION_RESPONSE_ORIGIN: stack.bucket.origin,
              ...installation.environment,
            },
            timeoutMs: installation.timeoutMs,
          });
          installation.outcomes.push(outcome);
          written.push(JSON.stringify([outcome, stack.events.at(-1)]));
          return outcome;
        },
        SIGNATURE,
        name,
      );
      stacks.push(stack);
      return stack;
    }
    const installation: Installation = {
      stack: await stackNamed('ValenceForwarder'),
      stackNamed,
      datadog,
      secrets: secretsManager.secrets,
      timeoutMs: TIMEOUT_MS,
      environment: {
        AWS_REGION: 'us-east-1',
        ...accessKeyEnvironment(accessKey),
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.origin,
        DATADOG_API_URL: datadog.origin,
        DATADOG_SECRET_ID: API_KEY_SECRET,
        DATADOG_APP_KEY_SECRET_ID: APP_KEY_SECRET,
      },
      outcomes: [],
      async [Symbol.asyncDispose]() {
        written.push(JSON.stringify(stacks.map(({ events }) => events)));
        await Promise.all([
          datadog.close(),
          secretsManager.close(),
          ...stacks.map((stack) => stack[Symbol.asyncDispose]()),
        ]);
      },
    };
    return installation;
  }

  return {
    /** A test that may ask for `place`: an installation of its own. */
    it: plainIt.extend<{ place: Installation }>({
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures this one needs.
      place: async ({}, use) => {
        await using place = await start();
        await use(place);
      },
    }),
    installation: start,
    /** Everything that the installer has written so far. */
    log: () => written.join('\n'),
  };
}

/** The names of everything in the organisation, by kind. */
export const namesIn = ({ objects }: DatadogApi) =>
  Object.fromEntries(
    CONTENT_KINDS.map((kind) => [kind, [...objects[kind].values()].map(({ name, title }) => name ?? title)]),
  );
