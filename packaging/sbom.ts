import type { Manifest } from './manifest.ts';
import type { Shipped } from './shipped.ts';

/** Package URL: `pkg:npm/%40aws-sdk/core@3.1.0`. */
const purlOf = ({ name, version }: { name: string; version: string }): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** One licence is known by its id, several form an expression. Source: CycloneDX 1.6, "licenses". */
const licensesOf = (license: string) =>
  license.includes(' ') ? [{ expression: license }] : [{ license: { id: license } }];

/** The hash of the lockfile as CycloneDX writes it. */
const hashOf = (integrity: string) => ({
  alg: 'SHA-512',
  content: Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex'),
});

/**
 * The bill of materials of the package: every package of which code is in it, with the parts that contain it. It has no date and no random
 * number, so that two builds of one commit have the same.
 * @returns CycloneDX 1.6
 */
export function billOfMaterials(own: Manifest, shipped: readonly Shipped[]) {
  const ref = purlOf(own);
  const components = shipped.map((each) => ({
    type: 'library',
    'bom-ref': purlOf(each),
    name: each.name,
    version: each.version,
    scope: 'required',
    hashes: [hashOf(each.integrity)],
    licenses: licensesOf(each.license),
    purl: purlOf(each),
    properties: each.parts.map((value) => ({ name: 'part', value })),
  }));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'library',
        'bom-ref': ref,
        name: own.name,
        version: own.version,
        licenses: licensesOf(String(own['license'])),
        purl: ref,
      },
    },
    components,
    dependencies: [{ ref, dependsOn: components.map(({ purl }) => purl) }],
  };
}
