// `npm run build`: the desktop app and its page into `out`, unless they are there already.
import { ensureInstalled } from './lib/install.mjs';
import { ensureBuilt } from './lib/page.mjs';
import { say } from './lib/say.mjs';

try {
  await ensureInstalled();
  await ensureBuilt('app');
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
