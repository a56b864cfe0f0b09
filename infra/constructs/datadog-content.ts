import { CustomResource, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { functionCode } from '#function-code';
import type { ContentItem, Destination } from '../../lambda/content-installer/content-item.ts';
import { DATADOG_SITES, type DatadogSite } from '../../lambda/shared/datadog-sites.ts';
import { ConfigError } from '../../lambda/shared/errors.ts';
import { contentItems } from '../datadog/content.ts';
import { acknowledgeNetwork, type FunctionNetwork, inNetwork } from './network.ts';
import {
  logGroupStatements,
  networkStatements,
  secretIdOf,
  secretKeyStatements,
  secretStatements,
} from './permissions.ts';

const MEMORY_MIB = 256;

/** Long enough to wait for several resets of a rate limit. */
const TIMEOUT = Duration.minutes(3);

/** Lambda repeats an event that failed without an answer: three runs in total, with a minute and then two between them. */
const PATIENCE = Duration.minutes(15);

/**
 * Largest body in bytes of JSON. An update carries the old and the new one, and Lambda takes 256 KB of an asynchronous
 * event. Source: AWS Lambda quotas.
 */
const MAX_BODY_BYTES = 110_000;

export interface DatadogContentProps extends FunctionNetwork {
  /**
   * What to install: some of it, or customised, by `contentItems` of `valence-datadog-forwarder/content`.
   * @default all of the content
   */
  readonly items?: readonly ContentItem[] | undefined;
  /** Secret that holds the Datadog API key; it must be filled before the deployment. */
  readonly apiKeySecret: ISecret;
  /** Secret that holds the Datadog application key; it must be filled before the deployment. */
  readonly appKeySecret: ISecret;
  /**
   * Proxy for connections to Datadog. AWS is reached without it.
   * @default direct connections
   */
  readonly httpsProxy?: string | undefined;
  /** Hosts that are reached without the proxy. */
  readonly noProxy?: readonly string[] | undefined;
  /** Secret that holds the credentials of the proxy. */
  readonly proxySecret?: ISecret | undefined;
  /**
   * Customer managed key of the two secrets.
   * @default the AWS managed key, or the key of an imported secret
   */
  readonly secretsKey?: IKey | undefined;
  /**
   * Customer managed key of the log group. Its policy must let CloudWatch Logs use it.
   * @default a key that AWS manages
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * Site of the Datadog organisation. A change installs the content there and removes it from the former one.
   * @default 'datadoghq.com'
   */
  readonly datadogSite?: DatadogSite | undefined;
  /**
   * Origin that replaces the site's management API.
   * @default the site's own
   */
  readonly datadogApiUrl?: string | undefined;
  /**
   * How long the installer's log is kept.
   * @default three months
   */
  readonly logRetention?: RetentionDays | undefined;
}

/**
 * A body as a single ASCII text: CloudFormation turns every other value into text, and shows a question mark for each
 * character that is not ASCII.
 * Source: CloudFormation user guide, "Template format".
 */
const asciiJson = (body: object): string =>
  JSON.stringify(body).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * Pipeline, dashboards, detection rules and monitors in a Datadog organisation, each a resource of the stack that is
 * installed, changed, rolled back and removed separately. A Datadog organisation needs them once.
 */
export class DatadogContent extends Construct {
  /** What it installs: the bodies that Datadog gets, by kind and key. */
  readonly items: readonly ContentItem[];
  /** The role of the installer. */
  readonly role: Role;
  /** The log of the installer. */
  readonly logGroup: LogGroup;

  /** @throws {ConfigError} when an item is too large for an event */
  constructor(scope: Construct, id: string, props: DatadogContentProps) {
    super(scope, id);
    this.items = props.items ?? contentItems();
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
    });
    const { apiKeySecret, appKeySecret, proxySecret } = props;
    const secrets = [apiKeySecret, appKeySecret, ...(proxySecret ? [proxySecret] : [])];
    this.role = new Role(this, 'Role', {
      description: 'What the installer of the Datadog content may do',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        installer: new PolicyDocument({
          statements: [
            ...logGroupStatements(this.logGroup),
            ...secretStatements(...secrets),
            ...secretKeyStatements([props.secretsKey, ...secrets.map(({ encryptionKey }) => encryptionKey)]),
            ...(props.vpc ? networkStatements() : []),
          ],
        }),
      },
    });
    if (props.vpc) acknowledgeNetwork(this.role);
    const installer = new LambdaFunction(this, 'Installer', {
      description: 'Installs dashboards, pipeline, rules and monitors of Valence in Datadog',
      code: functionCode('content-installer'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MIB,
      timeout: TIMEOUT,
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        DATADOG_SECRET_ID: secretIdOf(apiKeySecret),
        DATADOG_APP_KEY_SECRET_ID: secretIdOf(appKeySecret),
        ...(props.datadogSite && { DATADOG_SITE: props.datadogSite }),
        ...(props.datadogApiUrl && { DATADOG_API_URL: props.datadogApiUrl }),
        ...(props.httpsProxy && { HTTPS_PROXY_URL: props.httpsProxy }),
        ...(props.noProxy?.length && { NO_PROXY_HOSTS: props.noProxy.join(',') }),
        ...(proxySecret && { PROXY_SECRET_ID: secretIdOf(proxySecret) }),
      },
      ...inNetwork(this, 'Installer of the Datadog content: HTTPS out, nothing in', props),
      // The answer may have been lost. It is safe to handle an event twice.
      retryAttempts: 2,
      maxEventAge: PATIENCE,
    });
    const reported =
      'CloudFormation waits for the answer to every event and reports when none arrives, so no failure is lost.';
    Validations.of(installer).acknowledge(
      { id: 'Serverless-LambdaDLQ', reason: reported },
      { id: 'Serverless-LambdaAsyncFailureDestination', reason: reported },
      {
        id: 'Serverless-LambdaTracing',
        reason: 'It runs only during a deployment, and its log shows what it did.',
      },
    );
    this.install(this.items, installer.functionArn, {
      Site: props.datadogSite ?? DATADOG_SITES[0],
      ...(props.datadogApiUrl && { ApiUrl: props.datadogApiUrl }),
      ApiKeySecret: secretIdOf(apiKeySecret),
      AppKeySecret: secretIdOf(appKeySecret),
    });
  }

  /** @param destination belongs to the identity of each resource: another one means another object */
  private install(items: readonly ContentItem[], serviceToken: string, destination: Destination): void {
    const bodies = items.map((item) => ({ ...item, body: asciiJson(item.body) }));
    const tooLarge = bodies.filter(({ body }) => body.length > MAX_BODY_BYTES);
    if (tooLarge.length > 0) {
      throw new ConfigError(
        tooLarge.map(
          ({ kind, key, body }) =>
            `${kind} ${key}: ${body.length} bytes of JSON; CloudFormation delivers at most ${MAX_BODY_BYTES}.`,
        ),
      );
    }
    const resources = bodies.map(
      ({ kind, key, body }) =>
        new CustomResource(this, `${kind}-${key}`, {
          serviceToken,
          resourceType: 'Custom::DatadogContent',
          serviceTimeout: PATIENCE,
          properties: { Kind: kind, Key: key, Body: body, Destination: destination },
        }),
    );
    // One after the other: CloudFormation would create all of them concurrently, and they would use up Datadog's rate
    // limits and then wait. In a chain each call has the limits for itself, and a failure stops the later ones.
    for (const [index, resource] of resources.entries()) {
      const before = resources[index - 1];
      if (before) resource.node.addDependency(before);
    }
  }
}
