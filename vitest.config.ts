import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes begins first, so that nobody waits for it alone at the end. */
const FIRST = ['test/simulation/simulation.test.ts', 'test/browser/', 'test/privacy/', 'test/hsm/'];

const rankOf = (file: string) => {
  const at = FIRST.findIndex((place) => file.includes(`/${place}`));
  return at < 0 ? FIRST.length : at;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a.moduleId) - rankOf(b.moduleId));
  }
}

// Every process that a test starts, and each of its threads, finds its sources compiled here; `npm test` names
// a folder of its own.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('out/compiled', import.meta.url));

export default defineConfig({
  test: {
    globalSetup: 'test/support/compiled.ts',
    setupFiles: 'test/support/argon2-once.ts',
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    sequence: { sequencer: LongestFirst },
    // Each file in a process of its own: native modules, workers and killed children stay apart.
    pool: 'forks',
    // Two for two cores, and one for the simulation, whose children take what the others leave. With four, what
    // is typed and clicked in a browser waits for the processor longer than it waits for the screen.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A run without a test, a test left out by hand and a test marked as the only one all fail.
    passWithNoTests: false,
    allowOnly: false,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  },
});
