// `npm test`: installs what is missing, lints, builds the app and its page, runs every test.
// Further arguments go to the test runner: `npm test -- test/ledger`.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runChecks } from './lib/checks.mjs';
import { ensureInstalled, runOnNode24 } from './lib/install.mjs';
import { ensureBuilt } from './lib/page.mjs';
import { fromRoot } from './lib/paths.mjs';
import { say } from './lib/say.mjs';
import { makeScratch } from './lib/scratch.mjs';
import { ensureSystemPackages } from './lib/system.mjs';

const REPORT = fromRoot('out', 'test-report.json');
const AGAIN_REPORT = fromRoot('out', 'test-report-again.json');
/** More files than this do not fail by chance. */
const MOST_AGAIN = 2;

async function runTests(args) {
  const scratch = makeScratch();
  try {
    return await runTestsIn(scratch, args);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Runs the tests. Two kinds of files are run once more, alone, and the run names them: one whose process was
 * ended by a signal before any of its tests failed (a crash of a native part under load is to be seen, and is
 * no verdict on the tests that it took along: docs/findings/0004), and one that types and clicks in a real
 * browser by the clock of the wall, while four other processes want the same two cores. What fails then
 * fails the run, and so does every other test at once.
 */
async function runTestsIn(scratch, args) {
  const code = await runVitest(scratch, args, REPORT);
  const again = code === 0 ? [] : filesToRunAgain();
  if (again.length === 0) return { code, again: null };
  console.log(`\nRun once more, alone: ${again.join(', ')}`);
  return { code: await runVitest(scratch, again, AGAIN_REPORT), again };
}

/** Files whose process died, and files in the browser; none where anything else failed. */
function filesToRunAgain() {
  if (!existsSync(REPORT)) return [];
  const { testResults } = JSON.parse(readFileSync(REPORT, 'utf8'));
  const failed = testResults.filter(({ status }) => status !== 'passed');
  const hasDied = ({ assertionResults, message }) =>
    !message && assertionResults.every(({ status }) => status !== 'failed');
  const files = failed.map(({ name }) => relative(fromRoot(), name));
  const isAll = failed.every((one, i) => files[i].startsWith('test/browser/') || hasDied(one));
  return isAll && failed.length <= MOST_AGAIN ? files : [];
}

async function runVitest(scratch, args, report) {
  mkdirSync(fromRoot('out'), { recursive: true });
  rmSync(report, { force: true });
  const vitest = fromRoot('node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return runOnNode24([vitest, 'run', ...reporters, ...args], {
    env: {
      ...process.env,
      TMPDIR: scratch,
      // What this run compiles goes with it: what tests load from their own folders would pile up elsewhere.
      NODE_COMPILE_CACHE: join(scratch, 'compiled'),
      FORCE_COLOR: process.env.CI ? '0' : process.env.FORCE_COLOR,
    },
  });
}

/** The closing line that any reader of the output understands. `again`: files that were run once more. */
function closingLine(again) {
  const first = countsOf(REPORT);
  if (again === null) return wordsOf(first);
  const second = countsOf(AGAIN_REPORT);
  // What these files brought at first is counted by their second run.
  const { testResults } = JSON.parse(readFileSync(REPORT, 'utf8'));
  const lost = testResults
    .filter(({ status }) => status !== 'passed')
    .flatMap(({ assertionResults }) => assertionResults.filter((one) => one.status === 'passed'));
  const passed = first.passed - lost.length + second.passed;
  const skipped = first.skipped + second.skipped;
  return `${wordsOf({ passed, failed: second.failed, skipped })} (run once more: ${again.join(', ')})`;
}

const wordsOf = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

function countsOf(report) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  // A file that cannot be loaded fails without a test of its own.
  const failed = Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0);
  return { passed: numPassedTests, failed, skipped: numPendingTests };
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
  const { code, again } = await runTests(args);
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  if (!isLintGood) console.log('\nLint failed; its findings are above.');
  console.log(`\nAll of it took ${seconds} s.`);
  console.log(closingLine(again));
  process.exitCode = code === 0 && !isLintGood ? 1 : code;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
