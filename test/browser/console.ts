/**
 * The console as a person has it: the loopback door as a process of its own over an empty data
 * folder, and a real browser in front of it. What the page does wrong is collected on the way.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ensureBuilt } from '../../build/lib/page.mjs';
import { fromRoot } from '../../build/lib/paths.mjs';
import { findChromium } from '../../build/lib/system.mjs';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/;

export interface Console {
  readonly page: Page;
  readonly dataFolder: string;
  /** What must stay empty: console errors, faults of scripts, violations of the page's policy. */
  readonly complaints: string[];
  /** Kills the engine's process, as a crash would. */
  killEngine(): void;
  close(): Promise<void>;
}

function chromiumPath(): string {
  const path = findChromium();
  if (path === null) throw new Error('Chromium is not installed; the browser tests need it.');
  return path;
}

/** Starts the loopback door and answers its address with the one-time token. */
async function startDoor(dataFolder: string): Promise<{ door: ChildProcess; url: string }> {
  await ensureBuilt('page');
  const door = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', fromRoot('src', 'main', 'doors', 'loopback', 'main.ts')],
    {
      env: { ...process.env, XDG_DATA_HOME: dataFolder, XDG_RUNTIME_DIR: dataFolder },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += String(chunk);
      const address = ADDRESS.exec(said);
      if (address) resolve(address[0]);
    };
    door.stdout.on('data', hear);
    door.stderr.on('data', hear);
    door.once('exit', (code) => reject(new Error(`the loopback door ended with ${code}: ${said}`)));
  });
  return { door, url };
}

export interface ConsoleSetting {
  /** Lays vaults into the data folder before the console starts. */
  prepare?(dataFolder: string): Promise<void>;
  /** Switches of the browser beside the usual ones. */
  readonly flags?: readonly string[];
}

/** Opens the console on an empty data folder, 1280 by 800, in US English. */
export async function openConsole({ prepare, flags = [] }: ConsoleSetting = {}): Promise<Console> {
  const executablePath = chromiumPath();
  const dataFolder = mkdtempSync(join(tmpdir(), 'countersign-browser-'));
  await prepare?.(dataFolder);
  const { door, url } = await startDoor(dataFolder);
  const browser: Browser = await chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`fault: ${error.message}`));
  await page.exposeFunction('tellViolation', (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) =>
       window.tellViolation(event.violatedDirective + ' ' + event.blockedURI));`,
  );
  await page.goto(url);
  return {
    page,
    dataFolder,
    complaints,
    killEngine: () => void door.kill('SIGKILL'),
    async close() {
      await browser.close();
      door.kill('SIGTERM');
      if (door.exitCode === null && door.signalCode === null)
        await new Promise((resolve) => door.once('exit', resolve));
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Waits until what moves on the screen has come to rest; colours in between are nobody's choice. */
const AT_REST = `new Promise((resolve) => setTimeout(resolve, 60)).then(() =>
  Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished.catch(() => {}))))`;

/**
 * What axe finds on the screen as it stands: rule, and the first elements that break it. With
 * `coloursOnly` just the rules that another theme can break.
 */
export async function axeFindings(page: Page, coloursOnly = false): Promise<string[]> {
  await page.evaluate(AT_REST);
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axeSource);
  const only = coloursOnly ? `, runOnly: ['color-contrast', 'link-in-text-block']` : '';
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] ${only} }).then(({ violations }) =>
    violations.map(({ id, nodes }) =>
      id + ': ' + nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')))`);
}
