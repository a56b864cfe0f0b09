/** Folders of the functions, below lambda/ and below functions/ of the npm package. */
export const FUNCTION_FOLDERS = ['forwarder', 'content-installer'] as const;

export type FunctionFolder = (typeof FUNCTION_FOLDERS)[number];
