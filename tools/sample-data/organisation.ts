import type { Random } from './random.ts';

/** The made-up organisation whose SaaS platforms are watched. */

export interface Identity {
  name: string;
  id: string;
  email: string;
}

const DOMAIN = 'example.com';

const FIRST_NAMES = [
  'Amira',
  'Ben',
  'Chloé',
  'Dmitri',
  'Elif',
  'Farah',
  'Goran',
  'Hana',
  'Ines',
  'Jonas',
] as const;
const LAST_NAMES = [
  'Abbott',
  'Brandt',
  'Castillo',
  'Dvořák',
  'Eriksen',
  'Fontaine',
  'Greene',
  'Haddad',
] as const;
const APPS = ['Backup Sync', 'CI Deployer', 'Data Mover', 'Reporting Robot', 'Ticket Bridge'] as const;

export const PLATFORMS = [
  'Microsoft 365',
  'Google Workspace',
  'Okta',
  'Salesforce',
  'GitHub',
  'Slack',
  'Duo',
  'Zoom',
] as const;
export type Platform = (typeof PLATFORMS)[number];

export const ROLES = ['Admin', 'Editor', 'Viewer'] as const;
export const PERMISSION_SETS = ['Default', 'Incident response', 'Auditors, Help desk'] as const;
export const POLICY_NAMES = [
  'External sharing of sensitive files',
  'Dormant admin accounts',
  'MFA for everybody',
  'OAuth apps with mail access',
] as const;
export const POLICY_TOPICS = ['Identity risks', 'Data shares', 'SaaS-to-SaaS integrations'] as const;
export const CONNECTOR_NAMES = ['Main', 'Production', 'Subsidiary', 'Sandbox'] as const;
export const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
  'python-requests/2.32.3',
] as const;

/** `Chloé` -> `chloe`, as an address has it. */
const ascii = (name: string) =>
  name
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();

/** A person of the organisation; the same name has the same id always. */
export function person(random: Random): Identity {
  const [first, last] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)];
  const account = `${ascii(first)}.${ascii(last)}`;
  return { name: `${first} ${last}`, id: `usr-${account}`, email: `${account}@${DOMAIN}` };
}

/** An application that acts by itself. */
export function app(random: Random): Identity {
  const name = random.pick(APPS);
  const account = name.toLowerCase().replace(' ', '-');
  return { name, id: `app-${account}`, email: `${account}@apps.${DOMAIN}` };
}

/** An address from a range that is reserved for documentation (RFC 5737, RFC 3849). */
export function ipAddress(random: Random): string {
  return random.chance(0.1)
    ? `2001:db8::${random.hex(4)}`
    : `${random.pick(['192.0.2', '198.51.100', '203.0.113'])}.${random.whole(1, 254)}`;
}
