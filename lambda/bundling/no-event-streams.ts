/**
 * Replaces `@smithy/core/event-streams` in the bundles: S3 needs it only to select parts of an object, which is never done here, and
 * each client would carry the codec of such streams.
 */
export const eventStreamSerdeProvider = () => undefined;

export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
