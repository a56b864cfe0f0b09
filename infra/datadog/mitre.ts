/**
 * The tactics and techniques of MITRE ATT&CK that the detection rules use, with the short names of Datadog's tags.
 * Source: MITRE ATT&CK for Enterprise. A new version may rename them or move a technique to another tactic.
 */
export const ATTACK_VERSION = '17.1';

export const TACTICS = {
  TA0001: 'initial-access',
  TA0003: 'persistence',
  TA0004: 'privilege-escalation',
  TA0005: 'defense-evasion',
  TA0006: 'credential-access',
  TA0008: 'lateral-movement',
  TA0009: 'collection',
  TA0010: 'exfiltration',
  TA0011: 'command-and-control',
  TA0040: 'impact',
} as const;

export type TacticId = keyof typeof TACTICS;

/** Techniques with every tactic of the table above that ATT&CK lists them under. */
export const TECHNIQUES = {
  T1078: { name: 'valid-accounts', tactics: ['TA0001', 'TA0003', 'TA0004', 'TA0005'] },
  T1090: { name: 'proxy', tactics: ['TA0011'] },
  T1098: { name: 'account-manipulation', tactics: ['TA0003', 'TA0004'] },
  T1110: { name: 'brute-force', tactics: ['TA0006'] },
  T1136: { name: 'create-account', tactics: ['TA0003'] },
  T1213: { name: 'data-from-information-repositories', tactics: ['TA0009'] },
  T1528: { name: 'steal-application-access-token', tactics: ['TA0006'] },
  T1531: { name: 'account-access-removal', tactics: ['TA0040'] },
  T1548: { name: 'abuse-elevation-control-mechanism', tactics: ['TA0004', 'TA0005'] },
  T1550: { name: 'use-alternate-authentication-material', tactics: ['TA0005', 'TA0008'] },
  T1562: { name: 'impair-defenses', tactics: ['TA0005'] },
  T1565: { name: 'data-manipulation', tactics: ['TA0040'] },
  T1567: { name: 'exfiltration-over-web-service', tactics: ['TA0010'] },
} as const satisfies Record<string, { name: string; tactics: readonly TacticId[] }>;

export type TechniqueId = keyof typeof TECHNIQUES;

/** A technique under one of its own tactics. */
export type Attack = {
  [Technique in TechniqueId]: readonly [
    tactic: (typeof TECHNIQUES)[Technique]['tactics'][number],
    technique: Technique,
  ];
}[TechniqueId];

/** The pair of tags by which Datadog's ATT&CK map finds a rule. */
export const attackTags = ([tactic, technique]: Attack): readonly [string, string] => [
  `tactic:${tactic}-${TACTICS[tactic]}`,
  `technique:${technique}-${TECHNIQUES[technique].name}`,
];
