// `npm run dist`: packages the desktop app for this machine into `dist`; `-- --dir` without an installer.

import { ensureBinding } from './lib/binding.mjs';
import { ensureElectron } from './lib/electron.mjs';
import { ensureInstalled, runOnNode24 } from './lib/install.mjs';
import { ensureBuilt } from './lib/page.mjs';
import { fromRoot } from './lib/paths.mjs';
import { say } from './lib/say.mjs';

try {
  await ensureInstalled();
  await ensureBinding();
  await ensureBuilt('app');
  if ((await ensureElectron()) === null) throw new Error("Electron's program cannot be fetched here.");
  const builder = fromRoot('node_modules', 'electron-builder', 'cli.js');
  const args = ['--config', 'electron-builder.config.mjs', '--publish', 'never', ...process.argv.slice(2)];
  process.exitCode = await runOnNode24([builder, ...args]);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
