import type { GrokParser } from '../types.ts';
import { parse } from './processors.ts';

/**
 * Parses audit records whose `details` are a sentence. Names may contain any text: the words around a name distinguish
 * its quotes, commas and periods from those of the sentence, because `data` matches as little as the whole sentence
 * allows. Source of the sentences and of the attributes: the pipeline of Datadog's own integration of the product.
 */

/**
 * A list of platforms in which every comma separates two platforms, right after the quote that closes a name:
 * `Duo "Primary", Google Workspace "Main"`.
 */
const PLAIN_LIST = String.raw`regex("(?:[^\",]|\"(?:, )?)*?")`;

/** The action comes first, in one word: `Created`, `Re-enabled`. Unknown ones are read as well. */
const activityOf = (details: string) => `%{notSpace:${details}.activity}`;

/** @param platforms captures the list of platforms */
const userChange = (platforms: string) =>
  `${activityOf('user_change_details')} user %{data:user_change_details.username} ` +
  '%{regex("with|to")} role "%{data:user_change_details.role}" with access to ' +
  `%{${platforms}}( and permission sets %{data:user_change_details.permission_sets})?`;

/** A connector's sentence may end so, whatever was done. */
const method = (details: string) => `( via method "%{data:${details}.method}")?`;

const RULES = {
  user_change: userChange(`${PLAIN_LIST}:user_change_details.platforms:array("", ", ")`),
  // If a name contains a comma, the end of a platform is ambiguous. The text has a name of its own, because the hosted
  // pipeline writes a list cut at every comma.
  user_change_list_with_commas: userChange('data:user_change_details.platform_list'),
  policy_change:
    `${activityOf('policy_change_details')} a policy on ` +
    '%{data:policy_change_details.type}\\. Policy name: "%{data:policy_change_details.name}"\\. ' +
    'Platform: "%{data:policy_change_details.platform}"\\. ' +
    'Instance\\(s\\): "%{data:policy_change_details.instances}"',
  // Whoever uploads a file names it, and must not name the connector: the rule on uploads goes by that. So the file takes as much as it can.
  data_uploaded:
    '%{notSpace} data file "%{greedyData:connector_details.file_name}" of kind "%{data:connector_details.kind}" to a ' +
    `%{data:connector_details.type} connector named "%{data:connector_details.name}"${method('connector_details')}`,
  connector_renamed:
    `${activityOf('connector_change_details')} %{data:connector_change_details.type} connector ` +
    'from "%{data:connector_change_details.old_name}" to "%{data:connector_change_details.new_name}"' +
    method('connector_change_details'),
  connector_change:
    `${activityOf('connector_change_details')} %{data:connector_change_details.type} connector ` +
    `named "%{data:connector_change_details.name}"${method('connector_change_details')}`,
  api_key_change:
    `${activityOf('api_key_change_details')} API Key "%{data:api_key_change_details.name}" for ` +
    '"%{data:api_key_change_details.service_user}"',
} as const;

const SAMPLES = [
  'Created user ann@example.com with role "Admin" with access to Duo "Primary", Google Workspace "Main" and permission sets Default',
  'Disabled a policy on Data shares. Policy name: "MFA for everybody". Platform: "Okta". Instance(s): "Main"',
  'Renamed GitHub connector from "Main" to "Production"',
  'Uploaded data file "users.csv" of kind "Users" to a Custom connector named "HR"',
  'Created API Key "integration" for "robot@example.com"',
] as const;

/** Parses every known sentence; any other leaves the log as it is. */
export const PARSE_SENTENCE: GrokParser = parse('message', RULES, SAMPLES);
