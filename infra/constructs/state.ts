import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, type ITableV2, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface StateProps {
  /**
   * Table that exists, with the state of a former forwarder.
   * @default a new one
   */
  readonly table?: ITableV2 | undefined;
  /**
   * Key that a new table is encrypted with, or that the existing one is said to be.
   * @default a key that DynamoDB owns
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * What happens to a new table when the stack is deleted. A table that is kept also has deletion protection.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/**
 * The state table: leases, watermarks and the ledger. Without it the next run would start from the beginning, so it
 * survives the deletion of the stack, and a mistaken write can be undone (point-in-time recovery).
 */
export class State extends Construct {
  readonly table: ITableV2;
  /** Customer managed key of the table, as far as the settings say. */
  readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: StateProps = {}) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.table = props.table ?? this.newTable(props);
  }

  private newTable({ encryptionKey, removalPolicy = RemovalPolicy.RETAIN }: StateProps): TableV2 {
    return new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      ...(encryptionKey && { encryption: TableEncryptionV2.customerManagedKey(encryptionKey) }),
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });
  }
}
