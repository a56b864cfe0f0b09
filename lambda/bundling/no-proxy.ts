/** Replaces `proxy-from-env`, which axios asks unless its proxy is set; see bundle.ts. */
export const getProxyForUrl = (): string => '';
