import { basename } from 'node:path';
import type { Bundled } from './bundles.ts';

/** A package as package-lock.json pins it. */
export interface Locked {
  version: string;
  license?: string;
  /** `sha512-` and the hash of its tarball in base64. */
  integrity?: string;
}

/** package-lock.json: packages by their folders. */
export interface Lockfile {
  packages: Readonly<Record<string, Locked>>;
}

/** A package of which code is in ours. */
export interface Shipped extends Required<Locked> {
  /** Where it is installed: `node_modules/zod`. */
  folder: string;
  name: string;
  /** Parts of our package that contain it: `bin`. */
  parts: readonly string[];
}

const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** Folder of the package that a file belongs to; undefined for a file of our own. */
const packageFolder = (path: string): string | undefined => PACKAGE_FOLDER.exec(path)?.[0];

/** Folders of the packages of which at least a byte is in the output. What the bundler read and dropped is not shipped. */
const foldersIn = ({ metafile }: Bundled): string[] => {
  const folders = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => packageFolder(path) ?? []);
  return [...new Set(folders)];
};

/** The name of a package in a folder, with its scope. */
const nameOf = (folder: string): string => /@[^/]+\/[^/]+$/.exec(folder)?.[0] ?? basename(folder);

/** A package as the lockfile pins it, in one part of ours. */
function lockedIn(part: string, folder: string, { packages }: Lockfile): Shipped {
  const { version, license, integrity } = packages[folder] ?? {};
  if (!version || !license || !integrity) {
    throw new Error(`package-lock.json: ${folder} needs version, license and integrity.`);
  }
  return { folder, name: nameOf(folder), version, license, integrity, parts: [part] };
}

const idOf = ({ name, version }: Shipped): string => `${name}@${version}`;

/**
 * Other people's packages in ours, by name and version.
 * @param bundled what the bundler reports of each part
 * @throws {Error} when the lockfile does not state version, licence and hash of one
 */
export function shippedPackages(bundled: readonly Bundled[], lockfile: Lockfile): Shipped[] {
  const found = bundled.flatMap((each) =>
    foldersIn(each).map((folder) => lockedIn(each.part, folder, lockfile)),
  );
  const shipped = new Map<string, Shipped>();
  for (const each of found) {
    const parts = new Set([...(shipped.get(idOf(each))?.parts ?? []), ...each.parts]);
    shipped.set(idOf(each), { ...each, parts: [...parts].sort() });
  }
  return [...shipped.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}
