import { defineConfig } from 'vitest/config';

/** Tests run in forked processes: native bindings and worker threads behave there as in the product. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
