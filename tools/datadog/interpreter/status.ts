/** The statuses of a log. Source: Datadog documentation, "Log status remapper". */
export const STATUSES = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warn',
  'notice',
  'info',
  'debug',
  'ok',
] as const;
export type Status = (typeof STATUSES)[number];

/** The statuses that only a security signal has. Source: Datadog API reference, "Security Monitoring". */
export const SIGNAL_STATUSES = ['high', 'medium', 'low'] as const;

/** First letters, tried from top to bottom, without regard to case. */
const BY_FIRST_LETTERS: readonly [RegExp, Status][] = [
  [/^(emerg|f)/i, 'emergency'],
  [/^a/i, 'alert'],
  [/^c/i, 'critical'],
  [/^err/i, 'error'],
  [/^w/i, 'warn'],
  [/^n/i, 'notice'],
  [/^i/i, 'info'],
  [/^[dtv]/i, 'debug'],
  [/^[os]/i, 'ok'],
];

/** The status that Datadog's status remapper derives from a value; `info` if it does not know the value. */
export const statusOf = (value: unknown): Status =>
  BY_FIRST_LETTERS.find(([letters]) => letters.test(String(value)))?.[1] ?? 'info';
