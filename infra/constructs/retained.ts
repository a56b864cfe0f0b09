import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What becomes of a resource that is to be retained: it goes if the first creation of the stack fails, because then it is empty, and
 * would only be left over.
 */
export const retained = (policy: RemovalPolicy = RemovalPolicy.RETAIN): RemovalPolicy =>
  policy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : policy;
