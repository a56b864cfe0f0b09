import { posix } from 'node:path';
import type { Project } from '../infra/project/project.ts';

/** A link to a page of the repository: its words, and its target. */
const LINK = /\[([^\]]+)\]\((?![a-z]+:|#)([^)\s]+)\)/g;

/**
 * A page for the package, where links to other pages of the repository would lead nowhere: they lead to those of this version, or are
 * plain words while the repository has no address.
 * @param path of the page in the repository
 */
export const packedPage = (path: string, text: string, version: string, { repository }: Project): string =>
  text.replaceAll(LINK, (_, words: string, target: string) =>
    repository
      ? `[${words}](${repository}/blob/v${version}/${posix.join(posix.dirname(path), target)})`
      : words,
  );
