// `npm run build`: the desktop app and its page into `out`, with the static verifier, unless they are there already.
import { ensureInstalled } from './lib/install.mjs';
import { ensureBuilt } from './lib/page.mjs';
import { say } from './lib/say.mjs';

try {
  await ensureInstalled();
  await ensureBuilt('app');
  await ensureBuilt('verifier');
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
