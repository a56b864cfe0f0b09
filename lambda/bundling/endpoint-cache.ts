/**
 * Replaces the DynamoDB client's cache of discovered endpoints; see bundle.ts. Discovery is off, so the cache stays
 * empty, but requests still read it.
 */
// biome-ignore lint/style/noDefaultExport: the package that it replaces has a default export
export default class EndpointCache extends Map<string, unknown> {
  /** @param _capacity given by the client; a map would read it as its entries */
  constructor(_capacity: number) {
    super();
  }
}
