import { randomUUID } from 'node:crypto';
import { type Reply, type StandIn, serve } from '../../tools/stand-ins/http-server.ts';

/** What a custom resource sends to CloudFormation. */
export interface ResourceAnswer {
  Status: 'SUCCESS' | 'FAILED';
  Reason?: string;
  PhysicalResourceId: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
}

/** Resources of a template, by logical id: the properties of each, in the order of their dependencies. */
export type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type StackEvent = Pick<ResourceAnswer, 'LogicalResourceId' | 'Status' | 'Reason'> & {
  RequestType: 'Create' | 'Update' | 'Delete';
};

/** A stack of custom resources in a chain, and CloudFormation's behaviour towards them. */
export interface CustomResourceStack extends AsyncDisposable {
  /**
   * Creates the stack, or updates it to new resources; rolls back on the first failure.
   * @returns whether it ended without a rollback
   */
  deploy(resources: Resources): Promise<boolean>;
  /** Deletes the stack. Returns whether every resource was deleted. */
  destroy(): Promise<boolean>;
  /** Physical ids by logical id. */
  readonly physicalIds: ReadonlyMap<string, string>;
  /** Every request and how it was answered, in order. */
  readonly events: StackEvent[];
  /** Where answers are taken: its `origin`, and faults. */
  readonly bucket: StandIn;
  /** Sends one request of one's own and returns the answer. */
  send(request: Record<string, unknown>): Promise<ResourceAnswer>;
}

const MAX_ANSWER_BYTES = 4096;
const stackId = (name: string) =>
  `arn:aws:cloudformation:eu-west-1:111122223333:stack/${name}/0c1d2e3f-0c1d-0c1d-0c1d-0c1d2e3f4a5b`;

/**
 * CloudFormation, as far as custom resources in a chain of dependencies can tell.
 * Source: CloudFormation user guide, "Custom resources": what is sent in a rollback, in the cleanup after a replacement
 * and for a resource that could not be created.
 * @param invoke the function behind the resources
 * @param signature the signature in the addresses for answers
 * @param name of the stack
 */
export async function customResourceStack(
  invoke: (event: object) => Promise<unknown>,
  signature: string,
  name: string,
): Promise<CustomResourceStack> {
  const answers = new Map<string, ResourceAnswer>();
  const physicalIds = new Map<string, string>();
  const events: StackEvent[] = [];
  let deployed: Resources = {};

  const bucket = await serve(({ method, path, headers, body }): Reply => {
    // The address is signed for this method and for no content type.
    if (method !== 'PUT' || headers['content-type']) return { status: 403, body: 'SignatureDoesNotMatch' };
    if (body.length > MAX_ANSWER_BYTES) return { status: 400, body: 'EntityTooLarge' };
    answers.set(path.slice(1), JSON.parse(body.toString()) as ResourceAnswer);
    return { status: 200 };
  });

  async function send(request: Record<string, unknown>): Promise<ResourceAnswer> {
    const RequestId = randomUUID();
    const event = {
      RequestId,
      ResponseURL: `${bucket.origin}/${RequestId}?Signature=${signature}`,
      StackId: stackId(name),
      ResourceType: 'Custom::DatadogContent',
      LogicalResourceId: 'Item',
      ...request,
    };
    const outcome = await invoke(event);
    const answer = answers.get(RequestId);
    if (!answer) throw new Error(`CloudFormation got no answer: ${JSON.stringify(outcome)}`);
    return answer;
  }

  async function ask(
    RequestType: StackEvent['RequestType'],
    LogicalResourceId: string,
    more: Record<string, unknown>,
  ): Promise<ResourceAnswer> {
    const answer = await send({ RequestType, LogicalResourceId, ...more });
    const { Status, Reason } = answer;
    events.push({ RequestType, LogicalResourceId, Status, ...(Reason && { Reason }) });
    return answer;
  }

  async function remove(id: string, PhysicalResourceId: string, from: Resources): Promise<boolean> {
    const properties = { PhysicalResourceId, ResourceProperties: from[id] };
    return (await ask('Delete', id, properties)).Status === 'SUCCESS';
  }

  /** Physical ids to delete once everything else has succeeded: of replaced and of dropped resources. */
  type Cleanup = { id: string; physicalId: string; from: Resources }[];

  async function bring(id: string, to: Resources, from: Resources, cleanup: Cleanup): Promise<boolean> {
    const physicalId = physicalIds.get(id);
    const ResourceProperties = to[id];
    if (physicalId === undefined) {
      const answer = await ask('Create', id, { ResourceProperties });
      // Also of a failed creation: its id is deleted in the rollback.
      physicalIds.set(id, answer.PhysicalResourceId);
      return answer.Status === 'SUCCESS';
    }
    if (JSON.stringify(ResourceProperties) === JSON.stringify(from[id])) return true;
    const answer = await ask('Update', id, {
      PhysicalResourceId: physicalId,
      ResourceProperties,
      OldResourceProperties: from[id],
    });
    if (answer.Status === 'FAILED') return false;
    if (answer.PhysicalResourceId !== physicalId) {
      physicalIds.set(id, answer.PhysicalResourceId);
      cleanup.push({ id, physicalId, from });
    }
    return true;
  }

  async function rollBack(touched: readonly string[], to: Resources, from: Resources): Promise<void> {
    const cleanup: Cleanup = [];
    for (const id of [...touched].reverse()) {
      if (from[id]) await bring(id, from, to, cleanup);
    }
    for (const id of [...touched].reverse()) {
      const physicalId = physicalIds.get(id);
      if (from[id] || physicalId === undefined) continue;
      if (await remove(id, physicalId, to)) physicalIds.delete(id);
    }
    for (const { id, physicalId, from: properties } of cleanup) await remove(id, physicalId, properties);
  }

  return {
    physicalIds,
    events,
    bucket,
    send,
    async deploy(resources) {
      const from = deployed;
      const touched: string[] = [];
      const cleanup: Cleanup = [];
      for (const id of Object.keys(resources)) {
        touched.push(id);
        if (!(await bring(id, resources, from, cleanup))) {
          await rollBack(touched, resources, from);
          return false;
        }
      }
      deployed = resources;
      for (const { id, physicalId, from: properties } of cleanup) await remove(id, physicalId, properties);
      for (const id of Object.keys(from).reverse()) {
        const physicalId = physicalIds.get(id);
        if (resources[id] || physicalId === undefined) continue;
        if (await remove(id, physicalId, from)) physicalIds.delete(id);
      }
      return true;
    },
    async destroy() {
      for (const [id, physicalId] of [...physicalIds].reverse()) {
        if (!(await remove(id, physicalId, deployed))) return false;
        physicalIds.delete(id);
      }
      deployed = {};
      return true;
    },
    [Symbol.asyncDispose]: () => bucket.close(),
  };
}
