import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * Reads JSON with comments on lines of their own. A YAML parser reads it once the comments are gone, trailing commas included.
 * @param path of the file, from the root of the project
 */
export const readCommentedJson = (path: string) =>
  parse(readFileSync(path, 'utf8').replaceAll(/^\s*\/\/.*$/gm, ''));
