import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // By default one core is left idle, which on two cores is half of them.
    maxWorkers: '100%',
    // Tests that start processes, build or synthesise share two cores with each other.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: {
      // Tests do not depend on the account of whoever runs them.
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
});
