/**
 * Replaces the cache in which the DynamoDB client keeps endpoints that it has discovered; see bundle.ts. Discovery is off, so it stays
 * empty, but each request may look into it.
 */
// biome-ignore lint/style/noDefaultExport: the package that it replaces has a default export
export default class EndpointCache extends Map<string, unknown> {
  /** @param _capacity given by the client; a map would take it for entries */
  constructor(_capacity: number) {
    super();
  }
}
