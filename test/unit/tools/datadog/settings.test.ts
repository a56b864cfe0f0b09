import { describe, expect, it } from 'vitest';
import { contextWith, datadogOrigin } from '../../../../tools/datadog/settings.ts';

describe('settings of the command line', () => {
  it('win over those of cdk.json', () => {
    expect(
      contextWith({ datadogTeam: 'soc', datadogSite: 'datadoghq.eu' }, ['datadogTeam=security']),
    ).toEqual({
      datadogTeam: 'security',
      datadogSite: 'datadoghq.eu',
    });
  });

  it('are refused when misspelled, with the setting that may be meant', () => {
    expect(() => contextWith({}, ['datadogTeem=security'])).toThrow(
      'datadogTeem: there is no such setting. Did you mean datadogTeam?',
    );
  });

  it('are refused without a key', () => {
    expect(() => contextWith({}, ['=x', 'datadogTeam'])).toThrow(
      /-c =x: is not key=value\.\n.*-c datadogTeam: is not/,
    );
  });
});

describe('the origin of Datadog’s API', () => {
  it.each([
    [{}, {}, 'https://api.datadoghq.com'],
    [{ datadogSite: 'datadoghq.eu' }, {}, 'https://api.datadoghq.eu'],
    [{ datadogSite: 'wrong' }, { DATADOG_SITE: 'us5.datadoghq.com' }, 'https://api.us5.datadoghq.com'],
    [{}, { DATADOG_API_URL: 'http://127.0.0.1:8080/', DATADOG_SITE: ' ' }, 'http://127.0.0.1:8080'],
  ])('of %j and %j is %s', (context, environment, origin) => {
    expect(datadogOrigin(context, environment)).toBe(origin);
  });

  it.each([
    [
      { datadogSite: 'datadog.com' },
      {},
      'datadogSite = "datadog.com": is not known. Allowed: datadoghq.com, ',
    ],
    [
      {},
      { DATADOG_SITE: 'datadog.com' },
      'DATADOG_SITE = "datadog.com": is not known. Allowed: datadoghq.com, ',
    ],
    [
      {},
      { DATADOG_API_URL: 'http://example.com' },
      'DATADOG_API_URL = "http://example.com": sends keys in clear',
    ],
  ])('of %j and %j is refused', (context, environment, message) => {
    expect(() => datadogOrigin(context, environment)).toThrow(message);
  });
});
