import type { QuarantinedObject } from '../../lambda/forwarder/core/ports.ts';

/** The key of an object in the simulated quarantine. */
export const archiveKey = ({ stream, fingerprint }: QuarantinedObject): string => `${stream}/${fingerprint}`;
