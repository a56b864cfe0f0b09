/** Version of this product, which every log and request carries. A test compares it with package.json. */
export const VERSION = '0.1.0';
