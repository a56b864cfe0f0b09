import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { backfillDefinition } from '../../infra/backfill-definition.ts';
import { forwarderTemplate } from './synthesised.ts';

describe('the state machine', () => {
  const machineOf = (settings: Record<string, unknown> = {}) => {
    const template = forwarderTemplate(settings);
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const parts: unknown[] = machine?.Properties.DefinitionString['Fn::Join'][1];
    const text = parts.map((part) => (typeof part === 'string' ? part : 'REFERENCE')).join('');
    return { template, definition: JSON.parse(text) };
  };

  it('has this definition and calls only the one function', () => {
    const { definition: deployed } = machineOf();

    expect(deployed).toEqual(
      backfillDefinition({
        functionArn: 'REFERENCE',
        invokeArn: 'arn:REFERENCE:states:::lambda:invoke',
        concurrency: 4,
      }),
    );
  });

  it('processes as many slices concurrently as configured, and tolerates failed ones', () => {
    const { States } = machineOf({ backfillConcurrency: 9 }).definition;

    expect(States['Fill all slices']).toMatchObject({
      MaxConcurrency: 9,
      ToleratedFailurePercentage: 100,
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    });
  });

  it('logs everything, encrypted, with the retention of the function, and traces nothing', () => {
    const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012';
    const { template } = machineOf({ kmsKeyArn: KEY, logRetentionDays: 30 });

    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { Level: 'ALL', Destinations: [Match.anyValue()] },
      TracingConfiguration: { Enabled: false },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY, RetentionInDays: 30 });
  });
});
