import { type Stack, Token } from 'aws-cdk-lib';
import { LEASE_MARGIN_SECONDS } from '../lambda/limits.ts';
import { partitionProblem } from '../lambda/settings/deployment/aws-region.ts';
import {
  ALLOWED_INTERVAL,
  gapProblem,
  isAllowedInterval,
} from '../lambda/settings/deployment/schedule-expression.ts';
import { thresholdProblems } from './constructs/monitoring/thresholds.ts';
import type { ValenceForwarderProps } from './forwarder-props.ts';
import type { RunGaps } from './run-gaps.ts';
import { fitsInterval } from './run-timeout.ts';

/** DynamoDB's global tables name the key of each region. */
const NEEDS_REGION =
  'encryptionKey: needs a stack whose region is known at synthesis. Give the stack an env with a region.';

const LOCKED_ELSEWHERE =
  'quarantineLocked: needs a bucket that the stack creates. The policy of an existing quarantineBucket is changed where that is.';

/** What is wrong with the region of a stack, if it is known. */
function placeProblems({ region, partition }: Stack): string[] {
  const problem = Token.isUnresolved(partition) ? undefined : partitionProblem(partition);
  return problem ? [`The stack's region ${region} ${problem}.`] : [];
}

/** Rules about time that the given values break. */
function timingProblems(
  gaps: RunGaps,
  { interval, timeout, window, schedule }: ValenceForwarderProps,
): string[] {
  if (interval && !isAllowedInterval(interval)) {
    return [`interval = ${interval.toHumanString()}: must be whole minutes, ${ALLOWED_INTERVAL}.`];
  }
  const { expressionString = '' } = schedule ?? {};
  const tooLong = expressionString.startsWith('cron(') && gapProblem(expressionString);
  if (tooLong) return [`schedule = ${expressionString}: ${tooLong}.`];
  if (timeout && !fitsInterval(timeout, gaps.shortest, window)) {
    const delayed = window ? `, less the window of ${window.toHumanString()},` : '';
    return [
      `timeout = ${timeout.toHumanString()}: must end more than ${LEASE_MARGIN_SECONDS} seconds before the next run, which starts ${gaps.shortest.toHumanString()}${delayed} after this one.`,
    ];
  }
  return [];
}

/** Keys of outputs are letters and digits. Source: CloudFormation user guide, "Outputs section structure". */
const prefixProblems = ({ outputPrefix = '' }: ValenceForwarderProps): string[] =>
  /^[A-Za-z0-9]*$/.test(outputPrefix)
    ? []
    : [`outputPrefix = ${JSON.stringify(outputPrefix)}: must be letters and digits.`];

/** What is wrong with the props of a forwarder for a stack, apart from its environment. Each begins with the name of the prop. */
export const propProblems = (stack: Stack, gaps: RunGaps, props: ValenceForwarderProps): string[] => [
  ...placeProblems(stack),
  ...timingProblems(gaps, props),
  ...thresholdProblems(props.alarmThresholds),
  ...prefixProblems(props),
  ...(props.encryptionKey && Token.isUnresolved(stack.region) ? [NEEDS_REGION] : []),
  ...(props.quarantineLocked && props.quarantineBucket ? [LOCKED_ELSEWHERE] : []),
];
