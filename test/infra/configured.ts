import { readConfig } from '../../infra/config.ts';
import { ConfigError } from '../../lambda/shared/errors.ts';

/** What is said about a context, one line each. */
export function problemsOf(context: Record<string, unknown>): readonly string[] {
  try {
    readConfig(context);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** The one forwarder of a context without tenants. */
export function settingsOf(context: Record<string, unknown>) {
  const [config, ...others] = readConfig(context);
  if (!config || others.length > 0) throw new Error('Not one forwarder.');
  return config;
}
