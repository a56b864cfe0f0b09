import { knownPartitionOf } from '../../lambda/settings/deployment/aws-region.ts';
import { regionOf, stackRegion } from '../../lambda/settings/deployment/aws-values.ts';
import type { Rule } from '../../lambda/settings/rules.ts';

/** Settings with the ARN of something that has to be where the stack is. */
interface Places {
  readonly awsRegion?: string | undefined;
  readonly kmsKeyArn?: string | undefined;
  readonly existingSecretsKmsKeyArn?: string | undefined;
  readonly existingDataKmsKeyArn?: string | undefined;
  readonly existingValenceSecret?: string | undefined;
  readonly existingDatadogSecret?: string | undefined;
  readonly existingDatadogAppKeySecret?: string | undefined;
  readonly existingProxySecret?: string | undefined;
  readonly alarmTopicArn?: string | undefined;
  readonly permissionsBoundary?: string | undefined;
}

type ArnKey = Exclude<keyof Places, 'awsRegion'>;

const isArn = (text: string | undefined): text is string => text?.startsWith('arn:') ?? false;

/** Region of an ARN; undefined if it is that of a global service. */
const placeOf = (arn: string): string | undefined => regionOf(arn) || undefined;

/** Whether something with an ARN cannot be used in a region; what has but a name is where the stack is. */
function isElsewhere(arn: string, region: string): boolean {
  const place = placeOf(arn);
  return place === undefined ? arn.split(':')[1] !== knownPartitionOf(region) : place !== region;
}

/**
 * One rule for each setting: what a stack uses is where the stack is. If no setting says where that is, all of it is in one place.
 * @param keys the settings with an ARN that the stack uses
 * @param applies whether there will be such a stack
 */
export const regionRules = <Values extends Places>(
  keys: readonly (ArnKey & keyof Values & string)[],
  applies: (settings: Partial<Values>) => boolean = () => true,
): Rule<Values>[] =>
  keys.map((key) => ({
    key,
    error: 'is in another region than the stack, which awsRegion or else kmsKeyArn decides',
    reads: [key, 'awsRegion', 'kmsKeyArn'],
    isBroken(settings) {
      const { [key]: arn, awsRegion, kmsKeyArn } = settings as Places;
      if (!isArn(arn) || !applies(settings)) return false;
      const region = stackRegion({ awsRegion, kmsKeyArn }) ?? firstPlace(settings as Places, keys);
      return region !== undefined && isElsewhere(arn, region);
    },
  }));

/** The region of the first of the settings that has one. */
function firstPlace(settings: Places, keys: readonly ArnKey[]): string | undefined {
  const arns = keys.map((key) => settings[key]).filter(isArn);
  return arns.map(placeOf).find((place) => place !== undefined);
}
