/** Version of this product, which every log and request carries. `npm run docs` writes this file from package.json. */
export const VERSION = '0.2.0';
