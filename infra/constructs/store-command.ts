import { Stack } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { secretIdOf } from './permissions.ts';

/** The command that stores a key. It reads the key from the terminal, so that it is in no shell history and in no list of processes. */
export const storeCommand = (scope: Construct, secret: ISecret): string =>
  `aws secretsmanager put-secret-value --region ${Stack.of(scope).region} --secret-id ${secretIdOf(secret)} --secret-string file:///dev/stdin`;
