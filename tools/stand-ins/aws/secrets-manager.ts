import { json, type StandIn, type StandInOptions, type StandInResponse, serve } from '../http-server.ts';
import { type AccessKey, signedWith } from './signature.ts';

export interface SecretsManagerOptions extends Omit<StandInOptions, 'refuse'> {
  accessKey: AccessKey;
  /** Values by name; `null` for a secret that was created without one. */
  secrets: Readonly<Record<string, string | null>>;
}

/** Secrets Manager on a free port of 127.0.0.1, as far as reading a secret goes. */
export interface SecretsManager extends StandIn {
  /** Values by name; change them to rotate a key. */
  readonly secrets: Map<string, string | null>;
}

const GET_SECRET_VALUE = 'secretsmanager.GetSecretValue';
const ARN_PREFIX = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:';

const refuse = (type: string, Message: string): StandInResponse =>
  json(
    400,
    { __type: type, Message },
    { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type },
  );

/** The name in a secret's ARN, which ends with six random characters; a bare name stays as it is. */
const secretName = (id: string) =>
  id.startsWith('arn:') ? id.replace(/^.*:secret:/, '').replace(/-\w{6}$/, '') : id;

/** Starts Secrets Manager. Errors carry AWS's own types and words. */
export async function startSecretsManager({
  accessKey,
  ...options
}: SecretsManagerOptions): Promise<SecretsManager> {
  const secrets = new Map(Object.entries(options.secrets));
  const standIn = await serve(
    ({ headers, body }) => {
      const target = headers['x-amz-target'];
      if (target !== GET_SECRET_VALUE) return refuse('UnknownOperationException', `Unknown: ${target}`);
      const { SecretId } = JSON.parse(body.toString()) as { SecretId: string };
      const name = secretName(SecretId);
      const value = secrets.get(name);
      if (value === undefined) {
        return refuse('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      }
      if (value === null) {
        return refuse(
          'ResourceNotFoundException',
          "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        );
      }
      return json(
        200,
        {
          ARN: `${ARN_PREFIX}${name}-AbCdEf`,
          Name: name,
          SecretString: value,
          VersionId: '00000000-0000-4000-8000-000000000000',
          VersionStages: ['AWSCURRENT'],
        },
        { 'content-type': 'application/x-amz-json-1.1' },
      );
    },
    { ...options, refuse: signedWith(accessKey) },
  );
  return Object.assign(standIn, { secrets });
}
