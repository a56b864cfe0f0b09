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

/** A separator that no sentence contains: it makes an array of one element. */
const NEVER = '␞';

/** @param platforms matcher and filter of the list of platforms */
const userChange = (matcher: string, separator: string) =>
  '%{regex("Created|Deleted|Updated"):user_change_details.activity} user %{data:user_change_details.username} ' +
  '%{regex("with|to")} role "%{data:user_change_details.role}" with access to ' +
  `%{${matcher}:user_change_details.platforms:array("", "${separator}")}` +
  '( and permission sets %{data:user_change_details.permission_sets})?';

const RULES = {
  user_change: userChange(PLAIN_LIST, ', '),
  // If a name contains a comma, the end of a platform is ambiguous, so the list stays one value.
  user_change_list_with_commas: userChange('data', NEVER),
  policy_change:
    '%{regex("Created|Updated|Disabled"):policy_change_details.activity} a policy on ' +
    '%{data:policy_change_details.type}\\. Policy name: "%{data:policy_change_details.name}"\\. ' +
    'Platform: "%{data:policy_change_details.platform}"\\. ' +
    'Instance\\(s\\): "%{data:policy_change_details.instances}"',
  connector_change:
    '%{regex("Created|Deleted"):connector_change_details.activity} ' +
    '%{data:connector_change_details.type} connector named "%{data:connector_change_details.name}"',
  connector_renamed:
    '%{regex("Renamed"):connector_change_details.activity} %{data:connector_change_details.type} connector ' +
    'from "%{data:connector_change_details.old_name}" to "%{data:connector_change_details.new_name}"',
  connector_authenticated:
    '%{regex("Authenticated"):connector_change_details.activity} %{data:connector_change_details.type} connector ' +
    'named "%{data:connector_change_details.name}" via method "%{data:connector_change_details.method}"',
  data_uploaded:
    'Uploaded data file "%{data:connector_details.file_name}" of kind "%{data:connector_details.kind}" to a ' +
    '%{data:connector_details.type} connector named "%{data:connector_details.name}"',
  api_key_created:
    '%{regex("Created"):api_key_change_details.activity} API Key "%{data:api_key_change_details.name}" for ' +
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
