// `npm start`: installs what is missing, then opens the desktop app; where Electron cannot be
// fetched, the same console in the browser. Works from a clean clone, under any Node from 20 on.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runToEnd } from './lib/child.mjs';
import { ensureElectron, hasDisplay } from './lib/electron.mjs';
import { ENGINE_FLAGS } from './lib/engine-flags.mjs';
import { ensureInstalled, runOnNode24 } from './lib/install.mjs';
import { ensureBuilt } from './lib/page.mjs';
import { fromRoot, ROOT } from './lib/paths.mjs';
import { say } from './lib/say.mjs';
import { ensureSystemPackages, findChromium } from './lib/system.mjs';

const USAGE = `usage: npm start -- [--demo] [--vault DIR] [--browser] [--port N] [--no-browser]

  --demo        open the demo vault, made on the first start, and run the main job on sample data
  --vault DIR   the vault to offer, instead of those in the application-data folder
  --browser     the console in the browser, even where the desktop app could be opened
  --port N      the port of the browser's address (default: any free one)
  --no-browser  print the address and open no window`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      demo: { type: 'boolean', default: false },
      vault: { type: 'string' },
      browser: { type: 'boolean', default: false },
      port: { type: 'string' },
      'no-browser': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.port !== undefined && !/^\d{1,5}$/.test(values.port)) throw new Error('--port takes a number');
  return values;
}

/** What both doors take. */
function commonArguments({ demo, vault }) {
  // npm changes into the repository; the path was typed elsewhere.
  const from = process.env.INIT_CWD ?? process.cwd();
  return [...(demo ? ['--demo'] : []), ...(vault === undefined ? [] : ['--vault', resolve(from, vault)])];
}

async function openDesktop(options) {
  const electron = await ensureElectron();
  if (electron === null) {
    say("Electron's program cannot be fetched here; opening the console in the browser instead.");
    return null;
  }
  if (!hasDisplay()) {
    say('there is no display for the desktop app; opening the console in the browser instead.');
    return null;
  }
  await ensureBuilt('app');
  return runToEnd(electron, [ROOT, ...commonArguments(options)], { cwd: ROOT });
}

async function openInBrowser(options) {
  await ensureBuilt('page');
  const chromium = options['no-browser'] || !hasDisplay() ? null : findChromium();
  return runOnNode24([
    ...ENGINE_FLAGS,
    '--disable-warning=ExperimentalWarning',
    fromRoot('src', 'main', 'doors', 'loopback', 'main.ts'),
    ...commonArguments(options),
    ...(options.port === undefined ? [] : ['--port', options.port]),
    ...(chromium === null ? [] : ['--window', chromium]),
  ]);
}

try {
  const options = readArguments();
  if (options.help) {
    console.log(USAGE);
  } else {
    await ensureInstalled();
    await ensureSystemPackages();
    const wantsBrowser = options.browser || options['no-browser'] || options.port !== undefined;
    const code = wantsBrowser ? null : await openDesktop(options);
    process.exitCode = code ?? (await openInBrowser(options));
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
