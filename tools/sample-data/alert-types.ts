import type { Platform } from './organisation.ts';

/** An alert type as the API gives it. */
export interface AlertType {
  [field: string]: unknown;
  vuid: string;
  name: string;
  description: string;
  severity: string;
  defaultSeverity: string;
  platform: Platform;
  sourceKind: string;
  disabled: boolean;
  mitreAttackTactics: string[];
  mitreAttackTechniques: string[];
}

type Row = [name: string, severity: string, platform: Platform, tactic: string, technique: string];

/** Every severity, and every platform. */
const ROWS: [Row, ...Row[]] = [
  ['Admin role granted outside of the change window', 'Critical', 'Microsoft 365', 'TA0003', 'T1098.003'],
  ['Mailbox forwarding to an external address', 'High', 'Microsoft 365', 'TA0009', 'T1114.003'],
  ['OAuth app with mail access consented', 'High', 'Google Workspace', 'TA0001', 'T1528'],
  ['Sensitive file shared with anyone', 'Medium', 'Google Workspace', 'TA0010', 'T1567.002'],
  ['MFA factor reset by an administrator', 'Medium', 'Okta', 'TA0006', 'T1556.006'],
  ['Sign-in from an unusual country', 'Low', 'Okta', 'TA0001', 'T1078.004'],
  ['Mass export of records', 'Critical', 'Salesforce', 'TA0009', 'T1213'],
  ['Repository made public', 'High', 'GitHub', 'TA0010', 'T1567.001'],
  ['Branch protection switched off', 'Medium', 'GitHub', 'TA0005', 'T1562.001'],
  ['External guest invited to a private channel', 'Low', 'Slack', 'TA0001', 'T1199'],
  ['Bypass code created', 'High', 'Duo', 'TA0006', 'T1621'],
  ['Recording shared outside of the organisation', 'Low', 'Zoom', 'TA0010', 'T1567'],
];

function toAlertType([name, severity, platform, tactic, technique]: Row, index: number): AlertType {
  return {
    vuid: `at-${String(index + 1).padStart(4, '0')}`,
    name,
    description: `${name} was observed on ${platform}. Confirm that the change was intended, or revert it.`,
    severity,
    // An administrator may have changed the severity; the default stays.
    defaultSeverity: index % 5 === 4 ? 'High' : severity,
    platform,
    sourceKind: 'valenceDefined',
    disabled: false,
    mitreAttackTactics: [tactic],
    mitreAttackTechniques: [technique],
  };
}

const [first, ...others] = ROWS;

/** Every alert type there is. */
export const ALERT_TYPES: [AlertType, ...AlertType[]] = [
  toAlertType(first, 0),
  ...others.map((row, index) => toAlertType(row, index + 1)),
];
