import * as z from 'zod';

/** Readers of values that AWS gave: identifiers and ARNs, checked by their form. */

const ACCOUNT = '\\d{12}';
const REGION = '[a-z]{2}(-[a-z]+){1,2}-\\d';

/** An ARN is not longer. Source: IAM user guide, "IAM and AWS STS quotas", and the types of CloudFormation. */
const MAX_ARN_LENGTH = 2048;

/** An ARN of one kind of resource. */
const arn = (service: string, place: string, resource: string, what: string) =>
  z
    .string({ error: 'is not text' })
    .regex(new RegExp(`^arn:aws[a-z-]*:${service}:${place}:${resource}$`), {
      error: `is not the ARN of ${what}`,
    })
    .max(MAX_ARN_LENGTH, { error: `is longer than ${MAX_ARN_LENGTH} characters` });

export const kmsKeyArn = () =>
  arn(
    'kms',
    `${REGION}:${ACCOUNT}`,
    'key/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})',
    'a KMS key',
  );

export const topicArn = () => arn('sns', `${REGION}:${ACCOUNT}`, '[A-Za-z0-9_-]+', 'an SNS topic');

export const policyArn = () => arn('iam', `:(aws|${ACCOUNT})`, 'policy/[\\w+=,.@/-]+', 'an IAM policy');

/** The region in an ARN; undefined when the text is none. */
export const regionOf = (arnText: string): string | undefined => arnText.split(':')[3];

/** The region that a stack belongs to, where its settings tell: a key serves its own region alone. */
export const stackRegion = ({
  awsRegion,
  kmsKeyArn,
}: {
  awsRegion?: string | undefined;
  kmsKeyArn?: string | undefined;
}): string | undefined => awsRegion ?? (kmsKeyArn && regionOf(kmsKeyArn));

/** An identifier such as `vpc-0123456789abcdef0`. */
export const resourceId = (prefix: 'vpc' | 'subnet' | 'sg') =>
  z.string({ error: 'is not text' }).regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), {
    error: `is not, or holds something that is not, an identifier ${prefix}-...`,
  });

const COMPLETE_SECRET_ARN = new RegExp(
  `^arn:aws[a-z-]*:secretsmanager:${REGION}:${ACCOUNT}:secret:[\\w/+=.@-]+-[A-Za-z0-9]{6}$`,
);

/** Source: Secrets Manager API, `CreateSecret`, `Name`. */
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;

/** How Datadog's API keys (32 digits) and application keys (40) look. */
const DATADOG_KEY = /^([0-9a-f]{32}|[0-9a-f]{40})$/i;

/**
 * Name or ARN of a secret. A key in its place would be readable in the template and in the function's environment. An ARN
 * without the six characters at its end is refused: the name itself may end with such characters, and then the permission
 * would be for another secret.
 */
export const secretId = () =>
  z.string({ error: 'is not text' }).superRefine((text, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if (text.startsWith('arn:')) {
      if (!COMPLETE_SECRET_ARN.test(text))
        refuse('is not the complete ARN of a secret, with the six characters that end it');
    } else if (!SECRET_NAME.test(text)) refuse('is not the name of a secret');
    else if (DATADOG_KEY.test(text)) refuse('looks like the key itself');
  });
