import { expect, it } from 'vitest';
import { settingsOf } from './configured.ts';

it.each([
  [{ region: 'EU' }, { region: 'eu' }],
  [{ region: 'https://appeu.valencesecurity.com/alerts' }, { region: 'eu' }],
  [{ datadogSite: 'us5' }, { datadogSite: 'us5.datadoghq.com' }],
  [{ datadogSite: 'EU' }, { datadogSite: 'datadoghq.eu' }],
  [{ datadogSite: 'US1-FED' }, { datadogSite: 'ddog-gov.com' }],
  [{ datadogSite: 'https://app.datadoghq.eu/' }, { datadogSite: 'datadoghq.eu' }],
  [{ datadogSite: 'https://us3.datadoghq.com/logs?query=x' }, { datadogSite: 'us3.datadoghq.com' }],
  [{ datadogSite: 'app.datadoghq.com' }, { datadogSite: 'datadoghq.com' }],
  [{ collectAlerts: 'False' }, { collectAlerts: false }],
  [{ alertUpdates: ' TRUE ' }, { alertUpdates: true }],
  [{ alertSeverities: 'critical, HIGH' }, { alertSeverities: ['Critical', 'High'] }],
  [{ logLevel: 'debug' }, { logLevel: 'DEBUG' }],
  [{ removalPolicy: 'DESTROY' }, { removalPolicy: 'destroy' }],
])('%j is understood as %j', (written, meant) => {
  expect(settingsOf(written)).toMatchObject(meant);
});
