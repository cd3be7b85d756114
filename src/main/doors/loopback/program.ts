import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createRouterClient } from '@orpc/server';
import { isCountersignError } from '../../base/index.ts';
import {
  createEngineHost,
  demoPeopleLines,
  type EngineHost,
  type EngineHostOptions,
} from '../../engine/index.ts';
import { forkHost } from '../shared/fork-host.ts';
import { programLog } from '../shared/log.ts';
import { engineSettings } from '../shared/settings.ts';
import { onEndSignal } from '../shared/signals.ts';
import { programVersion } from '../shared/version.ts';
import { defaultRunFolder, serveSocket } from '../socket/index.ts';
import { type Loopback, startLoopback } from './index.ts';

export interface LoopbackProgramOptions {
  readonly demo?: boolean;
  readonly vault?: string | undefined;
  readonly port?: number | undefined;
  /** The Chromium that shows the page as a window of its own; none opens where this is left out. */
  readonly browser?: string | undefined;
}

/** The built page, seen from this file: the root of the repository is four folders up. */
function rendererFolder(): string {
  return fileURLToPath(new URL('../../../../out/renderer', import.meta.url));
}

/** Runs the loopback door until it is told to stop, by Ctrl-C as a rule; answers the exit code. */
export async function runLoopback(options: LoopbackProgramOptions): Promise<number> {
  // Heard from the first moment on: a wish to end may come while the door is still opening.
  const ended = new Promise<unknown>((stop) => {
    onEndSignal(['SIGINT', 'SIGTERM', 'SIGHUP'], stop);
  });
  const host = startEngine({
    version: programVersion(),
    ...engineSettings(),
    log: programLog(),
    spawnHost: forkHost,
    ...(options.vault === undefined ? {} : { vaultDirectory: resolve(options.vault) }),
  });
  if (host === null) return 1;
  const socket = await serveSocket(host);
  const loopback = await startLoopback({ host, rendererFolder: rendererFolder(), port: options.port ?? 0 });
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`Countersign is at ${loopback.url}`);
  print('This address opens once. Press Enter for another, Ctrl-C to stop.');
  if (options.demo) void runDemo(host, print);
  if (options.browser !== undefined) openWindow(options.browser, loopback);
  const terminal = process.stdin.isTTY ? createInterface({ input: process.stdin }) : null;
  terminal?.on('line', () => print(loopback.issueUrl()));

  await ended;
  terminal?.close();
  await loopback.close();
  await socket.close();
  await host.close();
  return 0;
}

/** A setting that the engine refuses is a line for whoever set it, and no fault of the program. */
function startEngine(options: EngineHostOptions): EngineHost | null {
  try {
    return createEngineHost({ ...options, connects: true });
  } catch (error) {
    if (!isCountersignError(error)) throw error;
    process.stderr.write(`countersign: ${error.message} [${error.code}]\n`);
    return null;
  }
}

/** Opens the demo vault, made on the first start, and runs the main job on its sample data. */
async function runDemo(host: EngineHost, print: (line: string) => void): Promise<void> {
  // The program runs it in the name of the service account; people sign in at the window.
  const client = createRouterClient(host.router, { context: () => host.contextFor('cli') });
  try {
    const { passphrase, recoveryKey, created } = await client.vault.openDemo();
    print(`The demo vault is ${created ? 'made' : 'open'}. Its passphrase: ${passphrase}`);
    if (recoveryKey !== null) print(`Its recovery key: ${recoveryKey}`);
    for (const line of demoPeopleLines((await client.session.peopleOfDemo()).people)) print(line);
    const counts = await client.system.demo();
    print(
      `Sample data: ${counts.imported} bank transactions, ${counts.matched} matched, ` +
        `${counts.suggested} suggested, ${counts.unmatched} unmatched; ` +
        `${counts.verified ? 'books and log verify.' : 'BOOKS OR LOG DO NOT VERIFY.'}`,
    );
  } catch (error) {
    print(`The demo could not be run: ${error instanceof Error ? error.message : 'unknown fault'}`);
  }
}

/**
 * Opens the page as a window. The address goes through a file that only this user can read, since
 * every user of the machine can read a program's arguments.
 */
function openWindow(browser: string, loopback: Loopback): void {
  const file = join(defaultRunFolder(), `open-${process.pid}.html`);
  const page = `<!doctype html><meta charset="utf-8"><title>Countersign</title><meta http-equiv="refresh" content="0;url=${loopback.url}">`;
  writeFileSync(file, page, { mode: 0o600 });
  const needsNoSandbox = process.getuid?.() === 0;
  const window = spawn(
    browser,
    [`--app=${pathToFileURL(file).href}`, '--no-first-run', ...(needsNoSandbox ? ['--no-sandbox'] : [])],
    { stdio: 'ignore', detached: true },
  );
  window.on('error', () => process.stderr.write('countersign: the browser did not start.\n'));
  window.unref();
  setTimeout(() => rmSync(file, { force: true }), 20_000).unref();
  process.once('exit', () => rmSync(file, { force: true }));
}
