/** The function's variables that name its resources, in every local run. */
export const RESOURCES = {
  VALENCE_SECRET_ID: 'valence-api-key',
  DATADOG_SECRET_ID: 'datadog-api-key',
  STATE_TABLE: 'forwarder-state',
  QUARANTINE_BUCKET: 'forwarder-quarantine',
} as const;
