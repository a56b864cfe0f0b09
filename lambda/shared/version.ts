/** Version of this product, as every log and request tells it. A test holds it to package.json's. */
export const VERSION = '0.1.0';
