import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../support/people.ts';
import { agreeInWindow, type Checker, checkerAt, waitsFor } from './checking.ts';
import { type Console, findingsInBothThemes, openConsole, signInAt } from './console.ts';
import { KEY_PASSPHRASE, KEY_VAULT, makeKeyVault } from './keyring.ts';
import { soon } from './morning.ts';

let desk: Console;
/** The other officer: at the socket from the beginning, in a window of their own where a test says so. */
let other: Person;
let checker: Checker;
const page = () => desk.page;
const press = (key: string) => page().keyboard.press(key);
const heading = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor();
const item = () => page().getByRole('region', { name: 'Key', exact: true });
const dialog = () => page().getByRole('dialog');
/** Waits until the key shown is in a state. */
const isIn = (state: string) => item().locator('.cs-key-head').getByText(state).waitFor();
const queue = () => page().getByRole('grid', { name: 'Keys', exact: true });
const rowCount = () => queue().getAttribute('aria-rowcount');
const showKey = async (name: string) => {
  await page().evaluate(`location.hash = '#/keys/${name}'`);
  await item().getByText(name, { exact: true }).first().waitFor();
};

const findings = (name?: string) => findingsInBothThemes(page(), name);

/** The newest key in use of a type, by the page's own table. */
async function inUse(text: string): Promise<string> {
  const row = queue().getByRole('row').filter({ hasText: 'Active' }).filter({ hasText: text }).first();
  const id = /(kek|dek|signing|transport)-\d+/.exec(await row.innerText())?.[0];
  if (id === undefined) throw new Error(`no key in use: ${text}`);
  return id;
}

beforeAll(async () => {
  desk = await openConsole();
  const [first, officer] = await makeKeyVault(desk.dataFolder);
  other = first;
  await page().reload();
  await page().getByLabel('Passphrase', { exact: true }).fill(KEY_PASSPHRASE);
  await press('Enter');
  await signInAt(page(), officer);
  checker = await checkerAt(desk, KEY_VAULT, other);
});
afterAll(async () => {
  checker?.close();
  await desk?.close();
});

/** 400 days less 365, by the calendar of the window; a change of its clock may lie between. */
const LATE = /3[45] days late/;

describe('the inventory of keys', () => {
  it('shows what is due first in words, what it protects, and what the policy means now', async () => {
    await press('g');
    await press('k');
    await heading('Keys');
    await item().getByRole('heading', { name: 'Key-encryption key version 1' }).waitFor();
    const words = await item().innerText();
    expect(words).toContain('Due, two people');
    expect(words).toMatch(LATE);
    expect(words).toMatch(/\d+ data keys/);
    expect(words).toContain('Rotating it sends a request; it runs when a second person agrees.');
    expect(words).toContain('An HSM is required. This vault has no token yet');
    expect(words).toMatch(/Made\s+2\d{3}-/);
    expect(await findings('keys')).toEqual([]);
  });

  it('counts its tabs over all keys, and the same keys stand behind the count', async () => {
    for (const [key, name] of [
      ['3', 'Due'],
      ['4', 'Findings'],
      ['2', 'Active'],
    ] as const) {
      const button = page().getByRole('button', { name: new RegExp(`^${name}[\\d,]+$`) });
      const counted = async () => Number((await button.innerText()).replace(/\D/g, ''));
      expect(await counted()).toBeGreaterThan(0);
      await press(key);
      // A first value of a quarter makes a key in passing, so both are read at one time. The header is a row.
      await soon(async () => Number(await rowCount()) - (await counted())).toBe(1);
    }
    await press('3');
    await soon(rowCount).toBe('4');
    await press('Escape');
    await soon(() => page().evaluate('location.hash')).toBe('#/keys');
  });

  it('is moved through and filtered by the keyboard alone', async () => {
    await press('Home');
    await press('j');
    await item().getByRole('heading', { name: 'Signing key version 1' }).waitFor();
    await press('k');
    await item().getByRole('heading', { name: 'Key-encryption key' }).waitFor();
    await press('/');
    await page().keyboard.type('compromised pii');
    await soon(rowCount).toBe('2');
    await press('Enter');
    await item().getByText('marked it as compromised').waitFor();
    // What an officer once wrote is masked to whoever sees no parties; the audit log unmasks it with a reason.
    await item().locator('.cs-key-reason').getByText('•••').waitFor();
    expect(await item().innerText()).not.toContain('A drill.');
    await press('Enter');
    await soon(() => page().evaluate(`document.activeElement.className`)).toContain('cs-deck-item');
    await press('Escape');
    await soon(() => page().evaluate(`document.activeElement.getAttribute('role')`)).toBe('grid');
    await press('Escape');
    await soon(rowCount).not.toBe('2');
    await page().getByLabel('State', { exact: true }).selectOption('destroyed');
    await page().getByText('No key is like that.').waitFor();
    expect(await findings('no keys')).toEqual([]);
    await page().getByRole('button', { name: 'Show all keys' }).click();
    await soon(rowCount).not.toBe('1');
  });

  it('sorts by a column', async () => {
    await queue().getByRole('button', { name: 'Next rotation' }).click();
    await soon(() => queue().getByRole('row').nth(1).innerText()).toMatch(LATE);
    expect(await queue().getByRole('columnheader', { name: 'Next rotation' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
  });
});

describe('the rotation strip', () => {
  it('shows what moves, takes the pause off, and is gone when the last value has moved', async () => {
    const strip = page().getByRole('region', { name: 'Rotations', exact: true });
    await strip.getByText('0 of 460').waitFor();
    expect(await strip.innerText()).toContain('paused');
    await press('p');
    await soon(() => strip.count()).toBe(0);
    await page().getByLabel('State', { exact: true }).selectOption('rotating');
    await page().getByText('No key is like that.').waitFor();
    await press('Escape');
  });
});

describe('what can be done to a key', () => {
  it('rotates one key or all of its purpose, and says before what will be', async () => {
    await page().getByLabel('Purpose', { exact: true }).selectOption('customer_pii');
    await showKeyOf('customer_pii');
    await press('r');
    await dialog().getByText('All keys of customer_pii in use: 2 keys, 460 values').waitFor();
    expect(await dialog().innerText()).toContain('made now');
    expect(await findings('rotate')).toEqual([]);
    await dialog()
      .getByText(/^All keys of customer_pii/)
      .click();
    await dialog()
      .getByRole('button', { name: /^Rotate/ })
      .click();
    await page().getByText('Rotated: 2 keys have a successor.').waitFor();
  });

  it('marks a key as compromised only with a reason and its id typed, and says what came of it', async () => {
    await press('Escape');
    const id = await inUse('Transport');
    await showKey(id);
    await press('m');
    const act = dialog().getByRole('button', { name: /^Mark compromised/ });
    expect(await dialog().innerText()).toContain('A new key takes its place at once');
    await dialog().getByLabel('What happened, and since when').fill('Seen on a stick.');
    expect(await act.isDisabled()).toBe(true);
    await dialog().getByLabel(`Type ${id} to confirm`).fill(`${id}0`);
    expect(await act.isDisabled()).toBe(true);
    await dialog().getByLabel(`Type ${id} to confirm`).fill(id);
    expect(await findings('compromise')).toEqual([]);
    await press('Control+Enter');
    await page()
      .getByText(/Marked as compromised\. transport-\d+ has taken its place/)
      .waitFor();
    await isIn('Compromised');
    await item().locator('.cs-key-reason').getByText('•••').waitFor();
    expect(
      await page()
        .getByRole('button', { name: /^Retire/ })
        .count(),
    ).toBe(0);
  });

  it('destroys only what may be, with the words typed and a second officer, and refuses a class whose time runs', async () => {
    await press('d');
    await dialog().getByText('For good.').waitFor();
    expect(await findings('destroy')).toEqual([]);
    const words = /Type (destroy transport-\d+) to confirm/.exec(await dialog().innerText())![1]!;
    const act = dialog().getByRole('button', { name: /^Destroy/ });
    expect(await act.isDisabled()).toBe(true);
    await dialog()
      .getByLabel(/^Type destroy/)
      .fill(words);
    await act.click();
    await waitsFor(page(), 'security officer');
    await isIn('Compromised');
    await agreeInWindow(page(), other, 'Destroy keys for good');
    await isIn('Destroyed');
    await showKeyOf('bank_message');
    await press('d');
    await dialog().getByText('It cannot be destroyed now.').waitFor();
    const refusal = await dialog().innerText();
    expect(refusal).toMatch(/allowed from 203\d-\d\d-\d\d on/);
    expect(refusal).toMatch(/\d+ values? lost/);
    expect(
      await dialog()
        .getByRole('button', { name: /^Destroy/ })
        .count(),
    ).toBe(0);
    await press('Escape');
    await soon(() => dialog().count()).toBe(0);
  });

  it('replaces a signing key when a second officer agrees, and not before', async () => {
    await showKey('signing-1');
    await press('r');
    await dialog().getByText('it runs when a second person agrees').waitFor();
    await press('Enter');
    await waitsFor(page(), 'security officer');
    await isIn('Expiring');
    await checker.agree('Replace a key by its next version');
    await isIn('Retired');
    await item().getByText('took it out of use').waitFor();
  });

  it('retires a key without a successor', async () => {
    await showKeyOf('bank_message');
    await press('e');
    await dialog().getByText('The next value of its purpose').waitFor();
    await press('Enter');
    await isIn('Retired');
    await item().getByText('took it out of use').waitFor();
  });

  it('runs the check for due keys, and says what waits for people', async () => {
    await press('c');
    await page().getByText('2 wait for people.').waitFor();
    expect(desk.complaints).toEqual([]);
  });
});

describe('the timeline', () => {
  it('shows the keys as bands, as a table one key away, and what happened below', async () => {
    await press('Escape');
    await press('v');
    await page().getByRole('region', { name: 'Keys by line over time' }).waitFor();
    await soon(() => page().locator('.cs-band').count()).toBeGreaterThan(10);
    const events = page().getByRole('grid', { name: 'What happened' });
    await soon(() => events.innerText()).toContain('Marked compromised');
    expect(await findings('timeline')).toEqual([]);
    await press('t');
    const table = page().getByRole('grid', { name: 'Keys by line over time' });
    await table.getByText('planned').first().waitFor();
    expect(await findings('timeline as a table')).toEqual([]);
    await press('t');
    await page().locator('.cs-band--used').first().click();
    await item().getByRole('heading', { name: 'Key-encryption key' }).waitFor();
    expect(desk.complaints).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('counts the keys that must be replaced, and leads to them', async () => {
    await page().evaluate(`location.hash = '#/'`);
    await page().getByRole('button', { name: 'Load the demo' }).click();
    const needs = page().getByRole('region', { name: 'Needs you' });
    const line = needs.getByRole('row').filter({ hasText: 'Keys to replace' });
    await line.waitFor({ timeout: 45_000 });
    expect(await line.getByRole('cell').first().innerText()).toBe('2');
    await line.getByRole('link').click();
    await heading('Keys');
    await soon(rowCount).toBe('3');
  });
});

/** Opens the first key in use of a purpose. */
async function showKeyOf(purpose: string): Promise<void> {
  await page().evaluate(`location.hash = '#/keys?purpose=${purpose}&state=active'`);
  await soon(() => item().innerText()).toContain(`Data key of ${purpose}`);
  await isIn('Active');
}
