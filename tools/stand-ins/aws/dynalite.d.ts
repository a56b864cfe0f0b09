declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Folder of the LevelDB store; in memory when left out. */
    path?: string;
    /** How long a new table stays in the state CREATING, in milliseconds. */
    createTableMs?: number;
  }

  /** A DynamoDB server that does not listen yet. */
  const dynalite: (options?: DynaliteOptions) => Server;
  // biome-ignore lint/style/noDefaultExport: describes the package as it is
  export default dynalite;
}
