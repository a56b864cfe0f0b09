import type { StandInResponse } from '../../http-server.ts';
import type { Account } from './account.ts';
import { type JsonRequest, refuse, reply } from './json-protocol.ts';

/** KMS: which key a name is for, and who manages it. */

/** Describes a key by its ARN, id or alias. */
export function describeKey({ keys }: Account, { KeyId }: JsonRequest): StandInResponse {
  if (!keys) return refuse('AccessDeniedException', 'User is not authorized to perform: kms:DescribeKey');
  const idOf = (arn: string) => arn.slice(arn.indexOf('/') + 1);
  const key = keys.find(({ arn, alias }) => [arn, idOf(arn), alias].includes(String(KeyId)));
  if (!key) return refuse('NotFoundException', `Key ${KeyId} is not found`);
  return reply({ KeyMetadata: { KeyId: idOf(key.arn), Arn: key.arn, KeyManager: key.manager } });
}
