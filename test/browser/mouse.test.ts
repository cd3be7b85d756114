import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, createVaultByHand, openConsole } from './console.ts';
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
});
afterAll(() => desk.close());

const page = () => desk.page;
const button = (name: string | RegExp) => page().getByRole('button', { name });
const grid = (name: string) => page().getByRole('grid', { name });
const heading = (name: string | RegExp) => page().getByRole('heading', { level: 1, name }).waitFor();
const room = (name: string) => page().getByRole('navigation').getByRole('link', { name }).click();

/** Drops files on the window, as the file manager does. */
async function drop(paths: readonly string[]): Promise<void> {
  const files = paths.map((path) => ({ name: basename(path), text: readFileSync(path, 'utf8') }));
  const carried = await page().evaluateHandle(
    `((files) => {
      const carried = new DataTransfer();
      for (const { name, text } of files) carried.items.add(new File([text], name));
      return carried;
    })(${JSON.stringify(files)})`,
  );
  for (const event of ['dragenter', 'dragover', 'drop'])
    await page().dispatchEvent('main', event, { dataTransfer: carried });
}

describe('the main job, with the mouse', () => {
  it('creates a vault, whose recovery key must be copied and whose officers be named before anything opens', async () => {
    const made = await createVaultByHand(desk, {
      ...{ name: VAULT_NAME, passphrase: PASSPHRASE, as: ['treasury-analyst'] },
    });
    const groups = made.recoveryKey.split('-');
    expect(groups).toHaveLength(13);
    for (const group of groups) expect(group).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(made.person.roles).toEqual(['treasury-analyst']);
  });

  it('takes in files by drop and by the picker, and says what became of each', async () => {
    await drop([CUSTOMERS, INVOICES]);
    await heading('Imports');
    await page().getByText('2 taken in, 0 known already, 0 refused').first().waitFor();
    const chooser = page().waitForEvent('filechooser');
    await button('Import files').first().click();
    await (await chooser).setFiles([CAMT, MT940]);
    await page().getByText('4 taken in, 0 known already, 0 refused').first().waitFor();
    const line = async (path: string) =>
      (
        await grid('Files')
          .getByRole('row')
          .filter({ hasText: basename(path) })
          .innerText()
      )
        .split(/\s*\n\s*/)
        .map((cell) => cell.trim());
    expect(await line(CUSTOMERS)).toEqual(expect.arrayContaining(['customers', String(MORNING.customers)]));
    expect(await line(INVOICES)).toEqual(
      expect.arrayContaining(['invoices', MORNING.invoices.toLocaleString('en-US')]),
    );
    expect(await line(CAMT)).toEqual(expect.arrayContaining(['camt.053', String(MORNING.camtLines)]));
    expect(await line(MT940)).toEqual(expect.arrayContaining(['mt940', String(MORNING.mtLines)]));
  });

  it('knows a file that was taken in before', async () => {
    const chooser = page().waitForEvent('filechooser');
    await button('Import files').first().click();
    await (await chooser).setFiles([CAMT]);
    await page().getByText('4 taken in, 1 known already, 0 refused').first().waitFor();
  });

  it('matches, and every line of the files is somewhere', async () => {
    await room('Reconcile');
    await button('Match all').click();
    await page().getByText(`${LINES} considered`).first().waitFor();
    await soon(() => countOf(page(), 'All')).toBe(LINES);
    await soon(() => countOf(page(), 'Suggested')).toBeGreaterThanOrEqual(3);
    const kinds = ['Suggested', 'Unmatched', 'Automatic', 'Confirmed', 'Held'];
    const counts = await Promise.all(kinds.map((kind) => countOf(page(), kind)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(LINES);
    expect(counts[2]).toBeGreaterThan(LINES / 2);
    expect(counts[3]).toBe(0);
  });

  let confirmedAmount = '';
  it('confirms a suggestion, rejects one and takes a decision back', async () => {
    await button(/^Suggested/).click();
    const suggested = await countOf(page(), 'Suggested');
    const unmatched = await countOf(page(), 'Unmatched');
    const rows = grid('Bank transactions').getByRole('row');
    await soon(() => rows.count()).toBe(suggested + 1);
    const amounts = (await rows.allInnerTexts()).slice(1).map(amountIn);

    const item = page().getByRole('region', { name: 'Reconcile' });
    await soon(async () => amountIn(await item.innerText())).toBe(amounts[0]);
    confirmedAmount = amounts[0]!;
    await button(/^Confirm/)
      .last()
      .click();
    await soon(() => countOf(page(), 'Confirmed')).toBe(1);
    await soon(() => countOf(page(), 'Suggested')).toBe(suggested - 1);

    // The next line stands there already, without a further act.
    await soon(async () => amountIn(await item.innerText())).toBe(amounts[1]);
    await button(/^Reject/).click();
    await soon(() => countOf(page(), 'Unmatched')).toBe(unmatched + 1);
    await soon(() => countOf(page(), 'Suggested')).toBe(suggested - 2);

    await soon(async () => amountIn(await item.innerText())).toBe(amounts[2]);
    await button(/^Confirm/)
      .last()
      .click();
    await soon(() => countOf(page(), 'Confirmed')).toBe(2);
    await button('Undo').first().click();
    await soon(() => countOf(page(), 'Confirmed')).toBe(1);
    await soon(() => countOf(page(), 'Suggested')).toBe(suggested - 2);
  });

  it('shows the confirmed match with its journal entry', async () => {
    await button(/^Confirmed/).click();
    const item = page().getByRole('region', { name: 'Reconcile' });
    await soon(async () => amountIn(await item.innerText())).toBe(confirmedAmount);
    await item.getByRole('link', { name: 'Journal entry' }).click();
    await heading('Journal entry');
    const postings = await page().getByRole('table', { name: 'Postings' }).innerText();
    expect(postings).toContain('Unapplied cash EUR');
    expect(postings).toContain('Receivables EUR');
    expect(await page().getByRole('main').innerText()).toContain('Match');
  });

  it('leads from a figure of the trial balance to the bytes of the bank', async () => {
    await room('Ledger');
    await button('Trial balance').click();
    await page().getByText('Balanced in every currency').waitFor();
    const balances = grid('Trial balance').getByRole('row');
    const ofBank = balances.filter({ hasText: 'Bank account' });
    expect(await ofBank.count()).toBe(2);
    await ofBank.filter({ hasText: MORNING.mtClosing }).waitFor();
    await ofBank.filter({ hasText: MORNING.camtClosing }).locator('a.cs-figure').last().click();
    await heading(/^Bank account [12] EUR$/);
    expect(await page().locator('.cs-strip').innerText()).toContain(MORNING.camtClosing);

    const line = grid('Movements of the account')
      .getByRole('row')
      .filter({ hasText: 'Statement line' })
      .first();
    const amount = amountIn(await line.locator('.cs-amount').first().innerText()).replace('-', '');
    await line.getByRole('link', { name: 'Statement line' }).click();
    await heading('Journal entry');
    expect(await page().getByRole('table', { name: 'Postings' }).innerText()).toContain(amount);
    await page()
      .getByRole('main')
      .getByRole('link', { name: /^Bank transaction \d+$/ })
      .click();
    await heading(new RegExp(amount.replace('.', '\\.')));
    const mark = page().locator('.cs-source mark').first();
    await mark.waitFor();
    expect(await mark.innerText()).toBe(amount.replaceAll(',', ''));
    expect(await page().locator('.cs-source').innerText()).toContain(basename(CAMT));
  });

  it('verifies the log', async () => {
    await room('Audit');
    const records = Number((await page().locator('.cs-strip dd').first().innerText()).replace(/\D/g, ''));
    expect(records).toBeGreaterThan(8);
    await button('Verify the log').click();
    await page()
      .getByText(new RegExp(`Verified: ${records} records`))
      .first()
      .waitFor();
  });

  it('locks, and nothing of the vault is left in the window', async () => {
    await button(new RegExp(`^${VAULT_NAME}`)).click();
    await page().getByRole('menuitem', { name: 'Lock the vault' }).click();
    await heading('Open a vault');
    const left = await page().content();
    expect(left).not.toContain(MORNING.camtClosing);
    expect(left).not.toContain(confirmedAmount);
    expect(await page().evaluate('location.href')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/(#\/)?$/);
    await page().evaluate('location.hash = "#/reconciliation"');
    await heading('Open a vault');
    expect(await page().locator('[role=grid]').count()).toBe(0);
  });

  it('left no complaint of the browser behind', () => expect(desk.complaints).toEqual([]));
});
