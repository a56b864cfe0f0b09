import { expect, it } from 'vitest';
import { STACK_OUTPUTS } from '../../lambda/contract.ts';
import { RESOURCE_TYPES } from '../../tools/ops/own-resources.ts';
import { forwarderTemplate } from './synthesised.ts';

/** The logical id in a reference such as `{ Ref: id }` or `{ 'Fn::GetAtt': [id, attribute] }`. */
const referenced = (value: { Ref?: string; 'Fn::GetAtt'?: [string, string] }) =>
  value.Ref ?? value['Fn::GetAtt']?.[0] ?? '';

it('the tools of operators know the types of the resources that outputs and environment name', () => {
  const template = forwarderTemplate().toJSON();
  const typeOf = (value: object) => template.Resources[referenced(value)]?.Type;
  const output = (name: string) => typeOf(template.Outputs[name].Value);
  const { Environment } =
    template.Resources[referenced(template.Outputs[STACK_OUTPUTS.functionName].Value)].Properties;
  const { VALENCE_SECRET_ID, DATADOG_SECRET_ID } = Environment.Variables;

  expect({
    function: output(STACK_OUTPUTS.functionName),
    'state machine': output(STACK_OUTPUTS.backfillStateMachine),
    table: output(STACK_OUTPUTS.stateTable),
    bucket: output(STACK_OUTPUTS.quarantineBucket),
    secret: typeOf(VALENCE_SECRET_ID),
  }).toEqual(RESOURCE_TYPES);
  // CloudFormation lists a secret by what a reference to it gives.
  for (const id of [VALENCE_SECRET_ID, DATADOG_SECRET_ID]) {
    expect(id).toEqual({ Ref: expect.any(String) });
    expect(typeOf(id)).toBe(RESOURCE_TYPES.secret);
  }
});
