import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // Each file in a process of its own: native modules, workers and killed children stay apart.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A run without a test, a test left out by hand and a test marked as the only one all fail.
    passWithNoTests: false,
    allowOnly: false,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  },
});
