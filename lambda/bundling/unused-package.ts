/** Replaces packages that a dependency imports and that are never used here; see bundle.ts. */
// biome-ignore lint/style/noDefaultExport: the packages that it replaces have default exports
export default class UnusedPackage {}
