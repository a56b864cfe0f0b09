/** Stands in for the `form-data` package in the bundle: axios imports it, and no form is ever posted. */
// biome-ignore lint/style/noDefaultExport: the package that it replaces has a default export
export default class NoFormData {}
