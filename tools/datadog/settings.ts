import * as z from 'zod/mini';
import { misspelled } from '../../infra/config.ts';
import { suggestWithin } from '../../infra/suggest.ts';
import { contextField, contextShape, environmentField } from '../../lambda/settings/definition.ts';
import { datadogSettings } from '../../lambda/settings/function/datadog.ts';
import { networkSettings } from '../../lambda/settings/function/network.ts';
import { settingProblems } from '../../lambda/settings/problems.ts';
import { apiOrigin, type DatadogSite } from '../../lambda/shared/datadog-sites.ts';
import { ConfigError } from '../../lambda/shared/errors.ts';
import { withoutEndSlashes } from '../../lambda/shared/origin.ts';

export type Context = Readonly<Record<string, unknown>>;

/**
 * The settings of the deployment.
 * @param file the `context` of cdk.json
 * @param pairs `key=value` of the command line, which win
 * @throws {ConfigError} naming every pair without a key, and every key that looks like a misspelled setting
 */
export function contextWith(file: Context, pairs: readonly string[]): Context {
  const given = pairs.map((pair) => ({ pair, at: pair.indexOf('=') }));
  const withoutKey = given.filter(({ at }) => at < 1).map(({ pair }) => `-c ${pair}: is not key=value.`);
  const context = {
    ...file,
    ...Object.fromEntries(given.map(({ pair, at }) => [pair.slice(0, at), pair.slice(at + 1)])),
  };
  const problems = [...withoutKey, ...(withoutKey.length > 0 ? [] : misspelled(context))];
  if (problems.length > 0) throw new ConfigError(problems);
  return context;
}

const inContext = z.object({ datadogSite: contextField(datadogSettings.datadogSite) });

const inEnvironment = z.object({
  DATADOG_SITE: environmentField(datadogSettings.datadogSite),
  DATADOG_API_URL: environmentField(datadogSettings.datadogApiUrl),
});

function parsed(schema: z.ZodMiniObject, values: Context): Record<string, unknown> {
  const { data, error } = schema.safeParse(values);
  if (error) throw new ConfigError(settingProblems(schema, error, values, suggestWithin));
  return data;
}

/**
 * The origin of Datadog's API: DATADOG_API_URL, or the one of DATADOG_SITE, or the one of the context's datadogSite.
 * @throws {ConfigError} naming what is wrong, what is allowed, and where it was set
 */
export function datadogOrigin(
  context: Context,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const { DATADOG_API_URL: url } = parsed(inEnvironment, given);
  const { datadogSite } = parsed(given['DATADOG_SITE'] === undefined ? inContext : z.object({}), {
    datadogSite: context['datadogSite'] ?? undefined,
  });
  const site = (given['DATADOG_SITE'] ?? datadogSite) as DatadogSite;
  return withoutEndSlashes((url as string | undefined) ?? apiOrigin(site));
}

const proxySettings = z.object(contextShape(networkSettings));

/**
 * The proxy of the context's httpsProxy and noProxy.
 * @returns undefined when there is none
 * @throws {ConfigError} naming what is wrong, and what is allowed
 */
export function proxyOf(context: Context): { url: string; noProxy: readonly string[] } | undefined {
  const { httpsProxy, noProxy } = parsed(proxySettings, {
    httpsProxy: context['httpsProxy'] ?? undefined,
    noProxy: context['noProxy'] ?? undefined,
  }) as z.output<typeof proxySettings>;
  return httpsProxy === undefined ? undefined : { url: httpsProxy, noProxy };
}
