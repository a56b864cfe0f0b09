import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { retained } from './retained.ts';

export interface ApiKeySecretsProps {
  /**
   * Secret that holds the Valence API key.
   * @default a new and empty secret
   */
  readonly valence?: ISecret | undefined;
  /**
   * Secret that holds the Datadog API key.
   * @default a new and empty secret
   */
  readonly datadog?: ISecret | undefined;
  /**
   * Key to encrypt new secrets with.
   * @default the key that AWS manages for Secrets Manager
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * Key of secrets that exist.
   * @default the one that they were imported with
   */
  readonly secretsKey?: IKey | undefined;
  /**
   * What happens to new secrets when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** The two API keys. New secrets are empty: the user stores the key, so that no template and no shell history contains it. */
export class ApiKeySecrets extends Construct {
  readonly valence: ISecret;
  readonly datadog: ISecret;
  /** Customer managed keys of the two, as far as the settings say. */
  readonly encryptionKeys: readonly IKey[];

  constructor(scope: Construct, id: string, props: ApiKeySecretsProps = {}) {
    super(scope, id);
    this.valence = props.valence ?? this.emptySecret('ValenceApiKey', 'API key of Valence Security', props);
    this.datadog = props.datadog ?? this.emptySecret('DatadogApiKey', 'API key of Datadog', props);
    const keyOf = (existing: ISecret | undefined) =>
      existing ? (props.secretsKey ?? existing.encryptionKey) : props.encryptionKey;
    this.encryptionKeys = [...new Set([keyOf(props.valence), keyOf(props.datadog)])].filter(
      (key) => key !== undefined,
    );
  }

  private emptySecret(id: string, description: string, props: ApiKeySecretsProps): ISecret {
    // Without a value the `Secret` construct generates a password, which would be sent to Valence as if it were a key.
    const secret = new CfnSecret(this, id, { description, kmsKeyId: props.encryptionKey?.keyArn });
    secret.applyRemovalPolicy(retained(props.removalPolicy));
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'A person creates the key in the other product, so it cannot be rotated here.',
    });
    return Secret.fromSecretCompleteArn(this, `${id}Secret`, secret.ref);
  }
}
