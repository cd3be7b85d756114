import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensureBinding, isBindingBuilt } from './binding.mjs';
import { runQuietly } from './child.mjs';
import { say } from './say.mjs';

/** System packages: what is looked for, and what Debian calls it. */
const WANTED = [
  {
    debian: 'softhsm2',
    what: 'SoftHSM 2 (tests of hardware tokens)',
    places: [
      '/usr/lib/softhsm/libsofthsm2.so',
      '/usr/lib64/softhsm/libsofthsm2.so',
      '/usr/local/lib/softhsm/libsofthsm2.so',
      '/opt/homebrew/lib/softhsm/libsofthsm2.so',
    ],
    programs: ['softhsm2-util'],
  },
  {
    debian: 'chromium',
    what: 'Chromium (tests in a real browser, and the window of the loopback door)',
    places: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    programs: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      'google-chrome-stable',
      'chrome.exe',
      'msedge.exe',
    ],
  },
  {
    debian: 'nats-server',
    what: 'nats-server (tests of the connector to NATS JetStream)',
    // Debian keeps it beside the other servers, where the search path of a user does not lead.
    places: ['/usr/sbin/nats-server', '/usr/local/sbin/nats-server', '/opt/homebrew/bin/nats-server'],
    programs: ['nats-server', 'nats-server.exe'],
  },
];

/** What compiles the binding to hardware tokens; looked for only until it is built. */
const COMPILER = [
  {
    debian: 'g++',
    what: 'a C++ compiler (hardware tokens)',
    places: [],
    programs: ['g++', 'c++', 'clang++', 'cl.exe'],
  },
  { debian: 'make', what: 'make (hardware tokens)', places: [], programs: ['make', 'gmake', 'msbuild.exe'] },
  { debian: 'python3', what: 'Python 3 (hardware tokens)', places: [], programs: ['python3', 'python.exe'] },
];

/** The full path of the first of these programs on the search path, or null. */
export function findProgram(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (found) return found;
  }
  return null;
}

/** Where Chromium is, or null. */
export function findChromium() {
  const chromium = WANTED[1];
  return findProgram(chromium.programs) ?? chromium.places.find((path) => existsSync(path)) ?? null;
}

function isThere({ places, programs }) {
  return places.some((path) => existsSync(path)) || findProgram(programs) !== null;
}

const bring = async (wanted) => {
  await installMissing([...wanted, ...(isBindingBuilt() ? [] : COMPILER)].filter((one) => !isThere(one)));
  await ensureBinding();
};

/** Brings what the system must have, and builds what needs it. */
export const ensureSystemPackages = () => bring(WANTED);

/** What tokens need alone: SoftHSM and the binding. */
export const ensureTokens = () => bring(WANTED.filter(({ debian }) => debian === 'softhsm2'));

/** Installs packages where it is Debian and we are root; else says what to install, in one line. */
async function installMissing(missing) {
  if (missing.length === 0) return;
  const names = missing.map((one) => one.debian);
  const mayInstall =
    existsSync('/etc/debian_version') && process.getuid?.() === 0 && findProgram(['apt-get']) !== null;
  if (!mayInstall) {
    say(
      `please install: ${missing.map((one) => one.what).join('; ')} — Debian: sudo apt-get install ${names.join(' ')}`,
    );
    return;
  }
  say(`installing ${names.join(' and ')} with apt-get …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    runQuietly('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env });
  let result = await install();
  if (result.code !== 0) {
    // A fresh machine has no package lists, or old ones.
    await runQuietly('apt-get', ['update'], { env });
    result = await install();
  }
  if (result.code !== 0) say(`apt-get could not install ${names.join(' and ')}; please install by hand.`);
}
