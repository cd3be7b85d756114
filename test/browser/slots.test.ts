import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../support/people.ts';
import {
  agreeInWindow,
  bringFromRequest,
  bringNow,
  type Checker,
  checkerAt,
  waitsFor,
  withCode,
} from './checking.ts';
import {
  type Console,
  createVaultByHand,
  findingsInBothThemes,
  type Look,
  openConsole,
  signInAt,
} from './console.ts';
import { soon } from './morning.ts';

const PASSPHRASE = 'gravel Orchid 7 window Tuba lantern';
const VAULT = 'Slots desk';

let desk: Console;
let recoveryKey = '';
let second: Person;
let checker: Checker;
const shares: string[] = [];

const page = () => desk.page;
/** Of the screen; a notice that is just leaving has buttons too. */
const button = (name: string | RegExp) => page().locator('#root').getByRole('button', { name, exact: true });
const heading = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor();
const dialog = () => page().getByRole('dialog');
const rows = () => page().getByRole('grid', { name: 'Key slots' }).getByRole('row');
/** The header of the grid is a row too. */
const slotCount = async () => (await rows().count()) - 1;

const findings = (name?: string) => findingsInBothThemes(page(), name);

beforeAll(async () => {
  desk = await openConsole();
  const look: Look = async (screen) => {
    if (screen !== 'create') return;
    await page().getByLabel('Passphrase', { exact: true }).fill('password2026!');
    await page().getByText('This is similar to a commonly used password.').waitFor();
    await page().getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page().getByText('Strong: out of reach of guessing.').waitFor();
  };
  const made = await createVaultByHand(desk, { name: VAULT, passphrase: PASSPHRASE, look });
  ({ recoveryKey } = made);
  [, second] = made.officers;
  checker = await checkerAt(desk, VAULT, second);
  await page().evaluate('location.hash = "#/slots"');
  await heading('Key slots');
  await rows().nth(2).waitFor();
}, 120_000);
afterAll(async () => {
  checker?.close();
  await desk?.close();
});

describe('the key slots', () => {
  it('are listed with kind and age, never rehearsed', async () => {
    expect(await slotCount()).toBe(2);
    await page().getByRole('gridcell', { name: 'Recovery key', exact: true }).waitFor();
    expect(await page().getByRole('gridcell', { name: 'never' }).count()).toBe(2);
    expect(await findings()).toEqual([]);
  });

  it('are rehearsed from the keyboard', async () => {
    await page().keyboard.press('e');
    await dialog().getByLabel('Passphrase').fill(PASSPHRASE);
    await page().keyboard.press('Enter');
    await page().getByText('It opens. The rehearsal is noted.').first().waitFor();
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => page().getByRole('gridcell', { name: 'never' }).count()).toBe(1);
  });

  it('are added once a second officer agrees: a quorum, whose shares are shown this once', async () => {
    await page().keyboard.press('n');
    await dialog().getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await dialog().getByLabel('Kind').selectOption('recovery-quorum');
    await dialog().getByLabel('Shares that are needed').fill('4');
    await dialog().getByText('no more than there are').waitFor();
    expect(await dialog().getByRole('button', { name: 'Add a slot' }).isDisabled()).toBe(true);
    await dialog().getByLabel('Shares that are needed').fill('2');
    await dialog().getByLabel('Label').fill('Board');
    expect(await findings()).toEqual([]);
    await dialog().getByRole('button', { name: 'Add a slot' }).click();
    await waitsFor(page(), 'administrator');
    expect(await slotCount()).toBe(2);
    await checker.agree('Add a key slot');
    await bringNow(page());
    await heading('Key slots');
    // What was agreed to stands there; the secret is typed anew.
    expect(await dialog().getByLabel('Label').inputValue()).toBe('Board');
    expect(await dialog().getByLabel('Shares that are needed').inputValue()).toBe('2');
    await dialog().getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await dialog().getByRole('button', { name: 'Add a slot' }).click();
    await dialog().getByText('Share 1 of 3, 2 are needed').waitFor();
    expect(await findings()).toEqual([]);
    for (const sheet of await dialog().locator('.cs-once-sheet').all()) {
      shares.push((await sheet.locator('.cs-key-group').allInnerTexts()).join('-'));
    }
    expect(shares).toHaveLength(3);
    // On paper every share has a page of its own.
    const pdf = (await page().pdf()).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(3);
    await page().keyboard.press('Escape');
    expect(await dialog().isVisible()).toBe(true);
    await dialog().getByLabel('I have everything on paper').check({ force: true });
    await dialog().getByRole('button', { name: 'Close', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(slotCount).toBe(3);
  });

  it('are revoked with a word that is typed, a second officer, and another slot that is opened', async () => {
    await page().getByRole('gridcell', { name: 'Recovery key', exact: true }).click();
    await page().keyboard.press('v');
    await dialog().getByLabel('Passphrase', { exact: true }).fill('not the passphrase');
    const act = dialog().getByRole('button', { name: 'Revoke', exact: true });
    expect(await act.isDisabled()).toBe(true);
    await dialog().getByLabel('Type Recovery key to revoke it').fill('Recovery key');
    expect(await findings()).toEqual([]);
    await act.click();
    // Whether the secret opens anything is seen when it runs: nothing of it stands in the request.
    await waitsFor(page(), 'administrator');
    expect(await slotCount()).toBe(3);
    await agreeInWindow(page(), second, 'Revoke a key slot');
    await bringFromRequest(page(), 'Revoke a key slot');
    await heading('Key slots');
    await dialog().getByLabel('Type Recovery key to revoke it').fill('Recovery key');
    await dialog().getByLabel('Passphrase', { exact: true }).fill('not the passphrase');
    await act.click();
    await dialog().getByText('No key slot opens with that passphrase.').waitFor();
    await dialog().getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await act.click();
    await page().getByText('The slot is revoked; the vault has new keys.').first().waitFor();
    await expect.poll(slotCount).toBe(2);
    await page().evaluate('location.hash = "#/audit"');
    await page().getByRole('gridcell', { name: 'Key slot revoked' }).waitFor();
  });
});

describe('the gate', () => {
  it('refuses the revoked key, counts the wait down, and opens by shares', async () => {
    await page()
      .getByRole('button', { name: new RegExp(`^${VAULT}`) })
      .click();
    await page().getByRole('menuitem', { name: 'Lock the vault' }).click();
    await heading('Open a vault');
    const refusal = page().getByText('No key slot opens with that passphrase.');
    const wait = page().getByText(/the next try is taken in \d+ s/);
    // The first waits are short: a slow machine may have sat them out before it tries again, or looks.
    for (let i = 0; i < 3 || !(await wait.isVisible()); i += 1) {
      expect(i).toBeLessThan(10);
      await page().getByLabel('Passphrase', { exact: true }).fill(`a wrong one ${i}`);
      await button('Open').click();
      await soon(async () => (await wait.isVisible()) || (await button('Open').isEnabled())).toBe(true);
      if (i === 0) await refusal.waitFor();
    }
    await button('Use the recovery key').click();
    await page().getByLabel('Recovery key').fill(recoveryKey);
    await button('Open').click();
    await page().getByText('The recovery key is mistyped or belongs to another vault.').waitFor();
    await button('Use recovery shares').click();
    await page().getByLabel('Recovery shares, one a line').fill(shares.slice(1).join('\n'));
    expect(await findings()).toEqual([]);
    await button('Open').click();
    // What opens the vault lets nobody in: the sign-in is another thing.
    await signInAt(page(), await withCode(second));
    await page().getByRole('navigation', { name: 'Rooms' }).waitFor();
    expect(desk.complaints).toEqual([]);
  });
});
