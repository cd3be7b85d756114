/**
 * The console as a person has it: the loopback door as a process of its own over an empty data
 * folder, and a real browser in front of it. What the page does wrong is collected on the way.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { ensureBuilt } from '../../build/lib/page.mjs';
import { fromRoot } from '../../build/lib/paths.mjs';
import { findChromium } from '../../build/lib/system.mjs';
import type { RoleId } from '../../src/contract/operators.ts';
import { findHolder } from '../../src/main/doors/socket/index.ts';
import { OFFICER_ROLES } from '../../src/main/operators/roles.ts';
import { nextCode, OPERATOR_PASSPHRASE, type Person, peopleOf, personWith } from '../support/people.ts';

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

interface Door {
  readonly url: string;
  kill(): void;
  close(): Promise<void>;
}

/** Starts the loopback door and answers its address with the one-time token. */
async function startDoor(dataFolder: string): Promise<Door> {
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
  return {
    url,
    kill: () => void door.kill('SIGKILL'),
    async close() {
      door.kill('SIGTERM');
      if (door.exitCode === null && door.signalCode === null)
        await new Promise((resolve) => door.once('exit', resolve));
    },
  };
}

async function servedBy(serve: NonNullable<ConsoleSetting['serve']>, dataFolder: string): Promise<Door> {
  await ensureBuilt('page');
  const door = await serve(dataFolder);
  // It lives in the test's own process, which nobody may kill.
  const kill = () => {
    throw new Error('this door is no process');
  };
  return { url: door.url, kill, close: () => door.close() };
}

export interface ConsoleSetting {
  /** A door of the test's own, in place of the program's. */
  serve?(dataFolder: string): Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Lays vaults into the data folder before the console starts. */
  prepare?(dataFolder: string): Promise<void>;
  /** Switches of the browser beside the usual ones. */
  readonly flags?: readonly string[];
}

/** Opens the console on an empty data folder, 1280 by 800, in US English. */
export async function openConsole({ serve, prepare, flags = [] }: ConsoleSetting = {}): Promise<Console> {
  const executablePath = chromiumPath();
  const dataFolder = mkdtempSync(join(tmpdir(), 'countersign-browser-'));
  await prepare?.(dataFolder);
  const { url, kill, close } = serve ? await servedBy(serve, dataFolder) : await startDoor(dataFolder);
  const browser: Browser = await chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
  });
  // A machine that has other work to do takes its time; a screen that is wrong stays so.
  context.setDefaultTimeout(30_000);
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
    killEngine: kill,
    async close() {
      await browser.close();
      await close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

const headingOf = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
const buttonOf = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

/** Signs somebody in on the screen that asks who is there. */
export async function signInAt(page: Page, person: Person, arrival = 'Dashboard'): Promise<void> {
  await headingOf(page, 'Who is there?');
  await page.getByLabel('Name').fill(person.name);
  await page.getByLabel('Your passphrase').fill(person.passphrase);
  await page.getByLabel('Code of your app').fill(await nextCode(person));
  await buttonOf(page, 'Sign in').click();
  await headingOf(page, arrival);
}

/** Signs in as one of the demo's people, with the button that fills everything in. */
export async function beInDemo(page: Page, name = 'Anna Berg', arrival = 'Dashboard'): Promise<void> {
  await headingOf(page, 'Who is there?');
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  await buttonOf(page, 'Sign in').click();
  await headingOf(page, arrival);
}

/** Opens the demo from the first screen, as one of its people. */
export async function enterDemo(page: Page, name = 'Anna Berg'): Promise<void> {
  await headingOf(page, 'Start');
  await buttonOf(page, 'Open the demo').click();
  await beInDemo(page, name);
}

/** Types one of two officers into the first screen of a vault and answers them with their app. */
export async function typeOfficer(page: Page, name: string): Promise<Person> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Passphrase', { exact: true }).fill(OPERATOR_PASSPHRASE);
  await page.getByLabel('The same again').fill(OPERATOR_PASSPHRASE);
  await buttonOf(page, 'Show a key for the app').click();
  const secret = await page.getByLabel('Key', { exact: true }).inputValue();
  const person = personWith({ name, roles: OFFICER_ROLES, passphrase: OPERATOR_PASSPHRASE, secret });
  await page.getByLabel('Code of the app').fill(await nextCode(person));
  return person;
}

/** Types both officers and names them; the window then asks who is there. */
export async function nameOfficersByHand(page: Page): Promise<[Person, Person]> {
  await headingOf(page, 'Name two officers');
  const ada = await typeOfficer(page, 'Ada Weiss');
  await buttonOf(page, 'Next').click();
  await page.getByText('The second of two').waitFor();
  const bo = await typeOfficer(page, 'Bo Lind');
  await buttonOf(page, 'Name both').click();
  await headingOf(page, 'Who is there?');
  return [ada, bo];
}

/** Reads the recovery key off the screen, and types the two groups that are asked for. */
export async function checkRecoveryKey(page: Page): Promise<string> {
  await headingOf(page, 'Recovery key');
  const groups = await page.locator('.cs-key-group').allInnerTexts();
  await buttonOf(page, 'I have it on paper').click();
  expect(await buttonOf(page, 'Finish').isDisabled()).toBe(true);
  for (const field of await page.locator('.cs-check-groups input').all()) {
    const id = await field.getAttribute('id');
    const label = await page.locator(`label[for="${id}"]`).innerText();
    await field.fill(groups[Number(/\d+/.exec(label)![0]) - 1]!);
  }
  await buttonOf(page, 'Finish').click();
  return groups.join('-');
}

/** What the steps of creation stop for: a look at the screen as it stands there. */
export type Look = (screen: 'create' | 'recovery key' | 'officers') => Promise<void>;

export interface HandMade {
  readonly recoveryKey: string;
  readonly officers: readonly [Person, Person];
  /** Whoever is signed in now. */
  readonly person: Person;
}

/**
 * Makes a vault as a person does, from the start screen: passphrase, recovery key, two officers. Then
 * signs in as the first of them, or as somebody of other roles, whom the officers have named over the
 * socket meanwhile.
 */
export async function createVaultByHand(
  desk: Pick<Console, 'page' | 'dataFolder'>,
  wanted: { name: string; passphrase: string; as?: readonly RoleId[]; look?: Look },
): Promise<HandMade> {
  const { page } = desk;
  const { name, passphrase, as, look } = wanted;
  await headingOf(page, 'Start');
  await buttonOf(page, 'Create a vault').click();
  await look?.('create');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('Passphrase again').fill(passphrase);
  await buttonOf(page, 'Create').click();
  await headingOf(page, 'Recovery key');
  await look?.('recovery key');
  const recoveryKey = await checkRecoveryKey(page);
  await headingOf(page, 'Name two officers');
  await look?.('officers');
  const officers = await nameOfficersByHand(page);
  const person = as === undefined ? officers[0] : await hireOverSocket(desk, name, officers, as);
  await signInAt(page, person);
  return { recoveryKey, officers, person };
}

/** The officers name somebody from the command line's door, each signed in on a connection of their own. */
export async function hireOverSocket(
  { dataFolder }: Pick<Console, 'dataFolder'>,
  vaultName: string,
  officers: readonly [Person, Person],
  roles: readonly RoleId[],
): Promise<Person> {
  const home = join(dataFolder, 'countersign');
  const open: { close(): void }[] = [];
  const connect = async () => {
    const found = await findHolder(join(home, 'vaults', `${vaultName}.vault`), join(home, 'run'));
    if (found === null) throw new Error('no engine holds the vault');
    open.push(found);
    return found;
  };
  try {
    return await peopleOf(connect, officers).hire('Cy Moor', roles);
  } finally {
    for (const one of open) one.close();
  }
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

/** What axe finds on the screen in light and, of its colours, in dark; light again afterwards. */
export async function findingsInBothThemes(page: Page, name = ''): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const isDark = () => page.evaluate(`document.body.classList.contains('bp6-dark')`);
    await vi.waitFor(async () => expect(await isDark()).toBe(colorScheme === 'dark'), { timeout: 15_000 });
    for (const finding of await axeFindings(page, colorScheme === 'dark')) {
      found.push(`${name}, ${colorScheme}: ${finding}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
