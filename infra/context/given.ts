export type Values = Record<string, unknown>;

/** The settings that were given. One that is null has its default: so a tenant can do without what the others have. */
export const given = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
