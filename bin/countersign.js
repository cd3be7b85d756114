#!/usr/bin/env node
// Starts the command line on Node 24, whatever Node this is: installs what is missing, then
// hands over with the same streams, signals and exit code. Node built-ins only.
import { ENGINE_FLAGS } from '../build/lib/engine-flags.mjs';
import { ensureInstalled, runOnNode24 } from '../build/lib/install.mjs';
import { ensureBuilt } from '../build/lib/page.mjs';
import { fromRoot } from '../build/lib/paths.mjs';
import { say } from '../build/lib/say.mjs';
import { ensureTokens } from '../build/lib/system.mjs';

try {
  await ensureInstalled();
  if (process.argv[2] === 'hsm' || process.argv[2] === 'ceremony') await ensureTokens();
  if (process.argv[2] === 'serve') await ensureBuilt('page');
  const main = fromRoot('src', 'main', 'doors', 'cli', 'main.ts');
  process.exitCode = await runOnNode24(
    ['--disable-warning=ExperimentalWarning', ...ENGINE_FLAGS, main, ...process.argv.slice(2)],
    {
      cwd: process.cwd(),
    },
  );
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
