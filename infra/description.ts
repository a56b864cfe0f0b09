import { VERSION } from '../lambda/shared/version.ts';

/** How template and function describe themselves in the AWS console. */
export const DESCRIPTION = `Forwards Valence Security alerts and audit logs to Datadog (version ${VERSION})`;

/** How the stack of the Datadog content describes itself. */
export const CONTENT_DESCRIPTION = `Dashboards, log pipeline, detection rules and monitors of Valence in Datadog (version ${VERSION})`;
