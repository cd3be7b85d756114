// `npm test`: installs what is missing, lints, builds the app and its page, runs every test.
// Further arguments go to the test runner: `npm test -- test/ledger`.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { runChecks } from './lib/checks.mjs';
import { ensureInstalled, runOnNode24 } from './lib/install.mjs';
import { ensureBuilt } from './lib/page.mjs';
import { fromRoot } from './lib/paths.mjs';
import { say } from './lib/say.mjs';
import { makeScratch } from './lib/scratch.mjs';
import { ensureSystemPackages } from './lib/system.mjs';

const REPORT = fromRoot('out', 'test-report.json');

async function runTests(args) {
  const scratch = makeScratch();
  try {
    return await runTestsIn(scratch, args);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runTestsIn(scratch, args) {
  mkdirSync(fromRoot('out'), { recursive: true });
  rmSync(REPORT, { force: true });
  const vitest = fromRoot('node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  return runOnNode24([vitest, 'run', ...reporters, ...args], {
    env: {
      ...process.env,
      TMPDIR: scratch,
      FORCE_COLOR: process.env.CI ? '0' : process.env.FORCE_COLOR,
    },
  });
}

/** The closing line that any reader of the output understands. */
function closingLine() {
  if (!existsSync(REPORT)) return '0 passed, 1 failed';
  const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests } = JSON.parse(
    readFileSync(REPORT, 'utf8'),
  );
  // A file that cannot be loaded fails without a test of its own.
  const failed = Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0);
  return `${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`;
}

const startedAtMs = Date.now();
const tell = (text) => console.log(`\n── ${text}`);
try {
  await ensureInstalled();
  await ensureSystemPackages();
  const args = process.argv.slice(2);
  let isLintGood = true;
  if (args.length === 0) {
    tell('lint');
    isLintGood = await runChecks();
  }
  tell('build');
  await ensureBuilt('app');
  tell('tests');
  const code = await runTests(args);
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  if (!isLintGood) console.log('\nLint failed; its findings are above.');
  console.log(`\nAll of it took ${seconds} s.`);
  console.log(closingLine());
  process.exitCode = code === 0 && !isLintGood ? 1 : code;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
