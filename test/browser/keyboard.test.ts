import { basename } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OFFICER_ROLES } from '../../src/main/operators/roles.ts';
import { nextCode, OPERATOR_PASSPHRASE, type Person, personWith } from '../support/people.ts';
import { type Console, hireOverSocket, openConsole } from './console.ts';
import {
  amountIn,
  CAMT,
  CUSTOMERS,
  countOf,
  INVOICES,
  LINES,
  MORNING,
  MT940,
  PASSPHRASE,
  soon,
  VAULT_NAME,
} from './morning.ts';

let desk: Console;
beforeAll(async () => {
  desk = await openConsole();
  // Whoever reaches for the mouse here has not shown that the keyboard is enough.
  const { mouse } = desk.page;
  for (const act of ['click', 'dblclick', 'down', 'move', 'wheel'] as const)
    mouse[act] = () => Promise.reject(new Error('no mouse in this test'));
});
afterAll(() => desk.close());

const page = () => desk.page;
const grid = (name: string) => page().getByRole('grid', { name });
const heading = (name: string | RegExp) => page().getByRole('heading', { level: 1, name }).waitFor();
const item = () => page().getByRole('region', { name: 'Reconcile' });

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page().keyboard.press(key);
}

const type = (text: string) => page().keyboard.type(text);

/** Tabs until the element holds the focus; fails where it is not on the way. */
async function tabTo(target: Locator): Promise<void> {
  await target.waitFor();
  for (let steps = 0; steps < 60; steps += 1) {
    if ((await target.and(page().locator(':focus')).count()) > 0) return;
    await press('Tab');
  }
  throw new Error(`not reached with Tab: ${target}`);
}

/** Runs a command of the palette by the beginning of its name. */
async function command(words: string): Promise<void> {
  await press('Control+k');
  await page().getByRole('combobox', { name: 'Search or run a command' }).waitFor();
  await type(words);
  await page().getByRole('option', { name: words }).first().waitFor();
  await press('Enter');
}

/** Walks down a table with `j` until the active row says this. */
async function walkTo(name: string, words: string): Promise<void> {
  const active = grid(name).locator('.cs-row--active');
  await grid(name).getByRole('row').filter({ hasText: words }).first().waitFor();
  for (let steps = 0; steps < 60; steps += 1) {
    if ((await active.count()) > 0 && (await active.innerText()).includes(words)) return;
    await press('j');
  }
  throw new Error(`no row of ${name} says ${words}`);
}

describe('the main job, with the keyboard alone', () => {
  it('creates a vault and checks its recovery key', async () => {
    await heading('Start');
    await press('Enter');
    await type(VAULT_NAME);
    await tabTo(page().getByLabel('Passphrase', { exact: true }));
    await type(PASSPHRASE);
    await tabTo(page().getByLabel('Passphrase again'));
    await type(PASSPHRASE);
    await press('Enter');
    await heading('Recovery key');
    const groups = await page().locator('.cs-key-group').allInnerTexts();
    await press('Enter');
    const fields = page().locator('.cs-check-groups input');
    for (const field of [fields.first(), fields.last()]) {
      const label = await page()
        .locator(`label[for="${await field.getAttribute('id')}"]`)
        .innerText();
      await tabTo(field);
      await type(groups[Number(/\d+/.exec(label)![0]) - 1]!);
    }
    await press('Enter');
    await heading('Name two officers');
  });

  it('names two officers, and signs in', async () => {
    const officers: Person[] = [];
    for (const name of ['Ada Weiss', 'Bo Lind']) {
      await tabTo(page().getByLabel('Name'));
      await type(name);
      for (const label of [
        page().getByLabel('Passphrase', { exact: true }),
        page().getByLabel('The same again'),
      ]) {
        await tabTo(label);
        await type(OPERATOR_PASSPHRASE);
      }
      await tabTo(page().getByRole('button', { name: 'Show a key for the app' }));
      await press('Enter');
      const secret = await page().getByLabel('Key', { exact: true }).inputValue();
      const one = personWith({ name, roles: OFFICER_ROLES, passphrase: OPERATOR_PASSPHRASE, secret });
      officers.push(one);
      await tabTo(page().getByLabel('Code of the app'));
      await type(await nextCode(one));
      await press('Enter');
      if (officers.length === 1) await page().getByText('The second of two').waitFor();
    }
    await heading('Who is there?');
    const [ada, bo] = officers as [Person, Person];
    const person = await hireOverSocket(desk, VAULT_NAME, [ada, bo], ['treasury-analyst']);
    await tabTo(page().getByLabel('Name'));
    await type(person.name);
    await tabTo(page().getByLabel('Your passphrase'));
    await type(person.passphrase);
    await tabTo(page().getByLabel('Code of your app'));
    await type(await nextCode(person));
    await press('Enter');
    await heading('Dashboard');
  });

  it('imports from the palette', async () => {
    const chooser = page().waitForEvent('filechooser');
    await command('Import files');
    await (await chooser).setFiles([CUSTOMERS, INVOICES, CAMT, MT940]);
    await heading('Imports');
    await page().getByText('4 taken in, 0 known already, 0 refused').first().waitFor();
    const camt = grid('Files')
      .getByRole('row')
      .filter({ hasText: basename(CAMT) });
    expect(await camt.innerText()).toContain(String(MORNING.camtLines));
  });

  it('matches from the palette', async () => {
    await press('g', 'r');
    await heading('Reconcile');
    await soon(() => countOf(page(), 'All')).toBe(LINES);
    await command('Run matching');
    await page().getByText(`${LINES} considered`).first().waitFor();
  });

  it('walks the queue with j and k, and the item follows', async () => {
    const rows = grid('Bank transactions').getByRole('row');
    await soon(() => rows.count()).toBeGreaterThan(10);
    const amounts = (await rows.allInnerTexts()).slice(1, 5).map(amountIn);
    await press('j', 'j');
    await soon(async () => amountIn(await item().innerText())).toBe(amounts[2]);
    await press('k');
    await soon(async () => amountIn(await item().innerText())).toBe(amounts[1]);
  });

  it('confirms with Enter, rejects with r, takes back with u', async () => {
    await press('2');
    await soon(() => page().evaluate('location.hash')).toContain('status=suggested');
    await soon(async () => (await item().innerText()).includes('Suggested')).toBe(true);
    const suggested = await countOf(page(), 'Suggested');
    const rows = grid('Bank transactions').getByRole('row');
    await soon(() => rows.count()).toBe(suggested + 1);
    const amounts = (await rows.allInnerTexts()).slice(1).map(amountIn);
    await soon(async () => amountIn(await item().innerText())).toBe(amounts[0]);
    await press('Enter');
    await soon(() => countOf(page(), 'Confirmed')).toBe(1);
    await soon(async () => amountIn(await item().innerText())).toBe(amounts[1]);
    await press('r');
    await soon(() => countOf(page(), 'Suggested')).toBe(suggested - 2);
    await soon(async () => amountIn(await item().innerText())).toBe(amounts[2]);
    await press('Enter');
    await soon(() => countOf(page(), 'Confirmed')).toBe(2);
    await press('u');
    await soon(() => countOf(page(), 'Confirmed')).toBe(1);
    await soon(() => countOf(page(), 'Suggested')).toBe(suggested - 2);
  });

  it('allocates by hand: finds an item, types the amounts, sees the rest', async () => {
    await press('3');
    const unmatched = await countOf(page(), 'Unmatched');
    await soon(() => grid('Bank transactions').getByRole('row').count()).toBe(unmatched + 1);
    const confirmed = await countOf(page(), 'Confirmed');
    await walkTo('Bank transactions', 'credit');
    const words = await grid('Bank transactions').locator('.cs-row--active').innerText();
    const money = amountIn(words);
    await soon(async () => amountIn(await item().innerText())).toBe(money);
    await press('e');
    const dialog = page().getByRole('dialog');
    await dialog.waitFor();
    await soon(async () => (await dialog.getByRole('status').innerText()).includes(money)).toBe(true);
    await type('RE-2026-2');
    await dialog.getByRole('option').first().waitFor();
    await press('ArrowDown', 'Enter');
    const settles = dialog.getByLabel(/^Settles RE-/);
    await tabTo(settles);
    await press('Control+a');
    await type('1.001');
    await dialog.getByText(/1\.001 is no amount in EUR/).waitFor();
    await press('Control+a');
    await type('1.00');
    const cents = BigInt(money.replace(/[,.]/g, '')) - 100n;
    const rest = `${(cents / 100n).toLocaleString('en-US')}.${String(cents % 100n).padStart(2, '0')}`;
    await soon(async () => amountIn(await dialog.getByRole('status').innerText())).toBe(rest);
    await press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await soon(() => countOf(page(), 'Confirmed')).toBe(confirmed + 1);
    await press('u');
    await soon(() => countOf(page(), 'Confirmed')).toBe(confirmed);
  });

  it('has the focus in a dialog and in the palette before the next key is heard', async () => {
    const isInLayer = (key: string, ctrlKey = false) =>
      page().evaluate(`(async () => {
        const event = { key: ${JSON.stringify(key)}, ctrlKey: ${ctrlKey}, bubbles: true, cancelable: true };
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', event));
        // What a key of a person does is done before any task that waits, the next key among them.
        await null;
        return document.activeElement.closest('.cs-layer') !== null;
      })()`);
    for (const [key, withControl] of [
      ['e', false],
      ['?', false],
      ['k', true],
    ] as const) {
      expect(await isInLayer(key, withControl), key).toBe(true);
      await press('Escape');
      await soon(() => page().locator('.cs-layer > .bp6-overlay-open').count()).toBe(0);
      await soon(() => page().evaluate(`document.activeElement.closest('.cs-layer') === null`)).toBe(true);
    }
  });

  it('drills from the trial balance to the bytes of the bank', async () => {
    await press('g', 'l');
    await heading('Ledger');
    await press('2');
    await walkTo('Trial balance', MORNING.camtClosing);
    await press('Enter');
    await heading(/^Bank account [12] EUR$/);
    await walkTo('Movements of the account', 'Statement line');
    const amount = amountIn(await page().locator('.cs-row--active .cs-amount').first().innerText()).replace(
      '-',
      '',
    );
    await press('Enter');
    await heading('Journal entry');
    await tabTo(
      page()
        .getByRole('main')
        .getByRole('link', { name: /^Bank transaction \d+$/ }),
    );
    await press('Enter');
    await heading(new RegExp(amount.replace('.', '\\.')));
    const mark = page().locator('.cs-source mark').first();
    await mark.waitFor();
    expect(await mark.innerText()).toBe(amount.replaceAll(',', ''));
    await press('f');
    await soon(() => mark.innerText()).toMatch(/^2026-11-\d\d$/);
  });

  it('verifies the log and locks', async () => {
    await press('g', 'a');
    await heading('Audit');
    await press('v');
    await page()
      .getByText(/Verified: \d+ records/)
      .first()
      .waitFor();
    await command('Lock');
    await heading('Open a vault');
    await type('not the passphrase at all');
    await press('Enter');
    await page().getByText('No key slot opens with that passphrase.').waitFor();
    expect(await page().content()).not.toContain(MORNING.camtClosing);
  });

  it('left no complaint of the browser behind', () => expect(desk.complaints).toEqual([]));
});
