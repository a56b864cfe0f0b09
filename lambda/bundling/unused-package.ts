/** Stands in for packages that a dependency imports and that nothing here ever uses; see bundle.ts. */
// biome-ignore lint/style/noDefaultExport: the packages that it replaces have default exports
export default class UnusedPackage {}
