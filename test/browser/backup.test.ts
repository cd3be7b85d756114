import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PASSPHRASE, DEMO_PEOPLE } from '../../src/main/engine/index.ts';
import { personWith } from '../support/people.ts';
import { agreeInWindow, bringNow, waitsFor } from './checking.ts';
import { beInDemo, type Console, enterDemo, findingsInBothThemes, openConsole } from './console.ts';
import { soon } from './morning.ts';

let desk: Console;
let second = '';
const page = () => desk.page;
const button = (name: string | RegExp) => page().getByRole('button', { name, exact: true });
const heading = (name: string | RegExp, level = 1) => page().getByRole('heading', { level, name }).waitFor();
const card = (name: string) => page().locator('.cs-card', { hasText: name });
const dialog = () => page().getByRole('dialog');
const rowCount = () => page().getByRole('grid').getAttribute('aria-rowcount');
const press = async (...combos: string[]) => {
  for (const combo of combos) await page().keyboard.press(combo);
};

const findings = (name?: string) => findingsInBothThemes(page(), name);

beforeAll(async () => {
  desk = await openConsole();
  second = join(desk.dataFolder, 'second disk');
  mkdirSync(second);
  await enterDemo(page(), 'Ines Vogt');
});
afterAll(async () => {
  // The one thing that is refused on purpose, the wrong passphrase, is no fault of the page.
  expect(desk.complaints).toEqual([]);
  await desk.close();
});

describe('the screen of backups', () => {
  it('says what would be here', async () => {
    await press('g', 'b');
    await heading('Backup');
    await page().getByText('No backup yet').waitFor();
    await page().getByText('Changes are not shipped').waitFor();
    expect(await findings()).toEqual([]);
  });

  it('backs up by a key, and shows what came of it', async () => {
    await press('b');
    await page()
      .getByText(/^Backed up and read back: record [\d,]+/)
      .waitFor();
    await card('Last backup').getByText('.bkup').waitFor();
    await soon(rowCount).toBe('2');
    expect(await findings()).toEqual([]);
  });

  it('runs a drill from its card, with recovery point and recovery time as figures', async () => {
    await button('Run a drill').click();
    await page()
      .getByText(/^The drill verified: back in/)
      .waitFor({ timeout: 60_000 });
    const words = await card('Last restore drill').innerText();
    expect(words).toMatch(/Recovery point\s+[\d.]+ (ms|s)/);
    expect(words).toMatch(/Recovery time\s+[\d.]+ (ms|s)/);
    expect(words).toContain('verified');
    await soon(rowCount).toBe('3');
    expect(await findings()).toEqual([]);
  });

  it('ships to a second folder, and refuses a place that is none', async () => {
    await press('f');
    await dialog().getByLabel('Folder, as a full path').fill('second disk');
    await dialog().getByText('A full path, such as').waitFor();
    expect(await dialog().getByRole('button', { name: 'Ship changes' }).isDisabled()).toBe(true);
    await dialog().getByLabel('Folder, as a full path').fill(second);
    expect(await findings()).toEqual([]);
    await press('Enter');
    await page().getByText('Changes go to the second folder now.').waitFor();
    await soon(() => card('Second folder').innerText()).toMatch(/holds every change|\d seconds? behind/);
    expect(readdirSync(second)).not.toEqual([]);
  });

  it('restores beside the open vault once a second officer agrees', async () => {
    await press('r');
    expect(
      await dialog()
        .getByLabel(/^Backup file or second folder/)
        .inputValue(),
    ).toBe(second);
    await press('Enter');
    await dialog()
      .getByLabel('New folder for the vault, as a full path')
      .fill(join(desk.dataFolder, 'copy.vault'));
    await dialog().getByLabel('Passphrase of the backup').fill(DEMO_PASSPHRASE);
    expect(await findings()).toEqual([]);
    await press('Enter');
    await waitsFor(page(), 'administrator');
    const pavel = DEMO_PEOPLE.find(({ name }) => name === 'Pavel Horak')!;
    await agreeInWindow(page(), personWith(pavel), 'Restore a backup');
    await bringNow(page());
    // Where from and where to was agreed to; the passphrase is typed anew.
    expect(
      await dialog()
        .getByLabel(/^Backup file or second folder/)
        .inputValue(),
    ).toBe(second);
    await press('Enter');
    const target = dialog().getByLabel('New folder for the vault, as a full path');
    expect(await target.inputValue()).toBe(join(desk.dataFolder, 'copy.vault'));
    await dialog().getByLabel('Passphrase of the backup').fill(DEMO_PASSPHRASE);
    await press('Enter');
    await dialog().getByText('Restored', { exact: true }).waitFor({ timeout: 60_000 });
    await soon(() => page().evaluate('document.activeElement.innerText')).toBe('Close');
    await press('Enter');
    await soon(() => dialog().count()).toBe(0);
  });
});

describe('a vault that was lost', () => {
  it('comes back from the first screen, to a new vault of the data folder', async () => {
    await page().evaluate('location.hash = "#/"');
    await button(/vault ?▾|demo/i)
      .first()
      .click();
    await page().getByRole('menuitem', { name: 'Lock the vault' }).click();
    await heading('Open a vault');
    await button('Restore from a backup').click();
    await heading('Restore from a backup');
    expect(await findings()).toEqual([]);
    await page()
      .getByLabel(/^Backup file or second folder/)
      .fill(second);
    await press('Enter');
    await page().getByText('base and shipped changes').waitFor();
    await page().getByLabel('Name of the new vault').fill('demo');
    await page().getByText('There is a vault of that name.').waitFor();
    await page().getByLabel('Name of the new vault').fill('Back again');
    await page().getByLabel('Passphrase', { exact: true }).fill('not the passphrase at all');
    await press('Enter');
    await page().getByRole('alert').waitFor();
    expect(await findings()).toEqual([]);
    await page().getByLabel('Passphrase', { exact: true }).fill(DEMO_PASSPHRASE);
    await press('Enter');
    await page().getByText('Restored', { exact: true }).waitFor({ timeout: 60_000 });
    expect(await findings()).toEqual([]);
    await soon(() => page().evaluate('document.activeElement.innerText')).toBe('Go to the vault');
    await press('Enter');
    await heading('Open a vault');
    expect(
      await page()
        .getByRole('radio', { name: /Back again/ })
        .isChecked(),
    ).toBe(true);
    await page().getByLabel('Passphrase', { exact: true }).fill(DEMO_PASSPHRASE);
    await press('Enter');
    await beInDemo(page(), 'Pavel Horak');
    await page().getByText('Back again').first().waitFor();
  });
});
