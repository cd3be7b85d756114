// `npm run lint`: form, types, floors and dead code.
import { runChecks } from './lib/checks.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { say } from './lib/say.mjs';

try {
  await ensureInstalled();
  process.exitCode = (await runChecks()) ? 0 : 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
