import { describe, expect, it } from 'vitest';
import type { ProcessedLog } from '../../../../../tools/datadog/interpreter/log.ts';
import { NotModelled } from '../../../../../tools/datadog/interpreter/not-modelled.ts';
import { facetsOf, facetValues, matches } from '../../../../../tools/datadog/interpreter/query/match.ts';

const LOG: ProcessedLog = {
  source: 'valence-security',
  service: 'audit-logs',
  status: 'error',
  timestamp: 1_767_000_000_000,
  message: 'Created user Zoë with role "Admin"',
  tags: ['tenant:acme', 'env:prod', 'team:blue', 'team:red'],
  attributes: {
    usr: { email: 'ann@example.com', name: 'Ann "the boss" Abbott' },
    evt: { name: 'User created', outcome: false },
    network: { client: { ip: '192.0.2.7' } },
    count: 200,
    code: '404',
    tactics: ['TA0003', 'TA0009'],
    alert: { events: [{ ip: '198.51.100.1', platform: 'Okta' }, { ip: '198.51.100.2' }] },
    path: 'C:\\temp*',
    nothing: null,
    empty: {},
  },
};

const finds = (query: string) => matches(query, LOG);

it.each([
  '',
  '*',
  'source:valence-security',
  'service:audit-logs status:error',
  '@evt.name:"User created"',
  '@evt.name:User\\ created',
  '@evt.name:User*',
  '@evt.name:U?er\\ *',
  '@evt.outcome:false',
  '@usr.name:"Ann \\"the boss\\" Abbott"',
  '@usr.email:*@example.com',
  '@usr.email:*',
  '@count:200',
  '@count:200.0',
  '@count:[100 TO 200]',
  '@count:[200 TO *]',
  '@count:>=200',
  '@count:<201',
  '@code:404',
  '@code:[400 TO 499]',
  '@tactics:TA0009',
  '@alert.events.ip:198.51.100.2',
  '@alert.events.platform:Okta',
  '@alert.events.1.ip:198.51.100.2',
  '@path:"C:\\\\temp*"',
  'tenant:acme',
  'team:red team:blue',
  'env:(prod OR staging)',
  '@evt.name:("User created" OR "User deleted")',
  '@evt.name:(User* -*deleted)',
  'service:alerts OR status:error',
  'service:alerts OR (status:error AND env:prod)',
  '( service:audit-logs )',
  'NOT service:alerts',
  '-service:alerts -@usr.id:*',
  '-(service:alerts OR env:staging)',
  '-@nothing:*',
  '-@empty:*',
  'zoë',
  'user role',
  '"with role"',
  '"ROLE ADMIN"',
  'creat*',
])('finds by %s', (query) => {
  expect(finds(query)).toBe(true);
});

it.each([
  'source:valence',
  'status:ok',
  '@evt.name:User',
  '@evt.name:"User*"',
  '@evt.name:"user created"',
  '@evt.outcome:true',
  '@usr.id:*',
  '@count:[201 TO *]',
  '@count:>200',
  '@count:<200',
  '@usr.email:[1 TO 5]',
  '@tactics:TA0001',
  '@alert.events.0.ip:198.51.100.2',
  'tenant:acm',
  'backfill:true',
  'env:(dev OR staging)',
  'service:audit-logs -status:error',
  'service:alerts status:error OR env:staging',
  'NOT (service:audit-logs)',
  '"role user"',
  '"role with"',
  'reat*',
  'usr',
])('does not find by %s', (query) => {
  expect(finds(query)).toBe(false);
});

it('AND binds closer than OR', () => {
  expect(finds('service:audit-logs OR service:alerts env:staging')).toBe(true);
  expect(finds('(service:audit-logs OR service:alerts) env:staging')).toBe(false);
});

describe('what is not modelled is refused, so that content cannot rely on it', () => {
  it.each([
    'evt.name:x',
    '@a:',
    '@a:(b',
    'a)',
    '()',
    '@a:{1 TO 2}',
    '@a:[a TO b]',
    '@a:"b',
    '@a:b"c"',
    '@a:b:c',
    '@a:-5',
    '@a:~b',
    'a OR',
    'OR a',
    'status:warning',
    '@a:b && @c:d',
  ])('%s', (query) => {
    expect(() => finds(query)).toThrow(NotModelled);
  });
});

it('returns the facets that a query names', () => {
  expect(facetsOf('service:alerts (@usr.email:a OR -@usr.email:b) backfill:true @n:>5 words')).toEqual([
    'service',
    '@usr.email',
    'backfill',
    '@n',
  ]);
});

it('returns the values that a log has for a facet', () => {
  expect(facetValues(LOG, '@tactics')).toEqual(['TA0003', 'TA0009']);
  expect(facetValues(LOG, '@alert.events.ip')).toEqual(['198.51.100.1', '198.51.100.2']);
  expect(facetValues(LOG, '@evt.outcome')).toEqual([false]);
  expect(facetValues(LOG, '@usr')).toEqual([]);
  expect(facetValues(LOG, 'status')).toEqual(['error']);
  expect(facetValues(LOG, 'team')).toEqual(['blue', 'red']);
  expect(facetValues(LOG, 'backfill')).toEqual([]);
});
