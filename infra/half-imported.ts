import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** Whether a resource exists already, so that it may hold what a former forwarder left. One of the same app begins empty. */
const isImported = (resource: ITableV2 | IBucket | undefined): boolean =>
  resource !== undefined && resource.node.defaultChild === undefined;

/** What does not work if only one of table and bucket is that of a former forwarder: they belong together. */
export function halfImported(given: {
  stateTable?: ITableV2 | undefined;
  quarantineBucket?: IBucket | undefined;
}): string[] {
  const [table, bucket] = [isImported(given.stateTable), isImported(given.quarantineBucket)];
  if (bucket && !table) {
    return [
      'quarantineBucket (existingQuarantineBucket) is given without stateTable (existingStateTable): its objects are signed with the secret of the former table, so that a replay sends none of them. Give the table, too.',
    ];
  }
  if (table && !bucket) {
    return [
      'stateTable (existingStateTable) is given without quarantineBucket (existingQuarantineBucket): the ledger of the table holds what the former forwarder quarantined, so that no run sends it, and a replay looks for it in the new bucket. Give the former bucket, too, unless it is empty.',
    ];
  }
  return [];
}
