// Runs one of our TypeScript programs on Node 24: `node build/run.mjs bench/main.ts --quick`.
import { ENGINE_FLAGS } from './lib/engine-flags.mjs';
import { ensureInstalled, runOnNode24 } from './lib/install.mjs';
import { say } from './lib/say.mjs';
import { ensureTokens } from './lib/system.mjs';

const [script, ...rest] = process.argv.slice(2);
if (script === undefined) {
  say('usage: node build/run.mjs SCRIPT [ARGUMENT…]');
  process.exit(2);
}
try {
  await ensureInstalled();
  if (script.startsWith('bench/')) await ensureTokens();
  // The bench measures the engine's process as a door starts it.
  const flags = script.startsWith('bench/') ? ENGINE_FLAGS : [];
  process.exitCode = await runOnNode24([...flags, script, ...rest]);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
