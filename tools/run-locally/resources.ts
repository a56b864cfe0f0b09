/** The function's variables that name its resources, in every local run. */
export const RESOURCES = {
  VALENCE_SECRET_ID: 'valence-api-key',
  DATADOG_SECRET_ID: 'datadog-api-key',
  STATE_TABLE: 'forwarder-state',
  QUARANTINE_BUCKET: 'forwarder-quarantine',
} as const;

/**
 * What CloudFormation lists of a local forwarder's stack: physical ids by type.
 * @param own those that differ from run to run
 */
export const stackResources = (own: {
  functionName: string;
  stateMachineArn: string;
  schedule: string;
  scheduleGroup: string;
}): Readonly<Record<string, string | readonly string[]>> => ({
  'AWS::Lambda::Function': own.functionName,
  'AWS::DynamoDB::GlobalTable': RESOURCES.STATE_TABLE,
  'AWS::S3::Bucket': RESOURCES.QUARANTINE_BUCKET,
  'AWS::SecretsManager::Secret': [RESOURCES.VALENCE_SECRET_ID, RESOURCES.DATADOG_SECRET_ID],
  'AWS::StepFunctions::StateMachine': own.stateMachineArn,
  'AWS::Scheduler::Schedule': own.schedule,
  'AWS::Scheduler::ScheduleGroup': own.scheduleGroup,
});
