import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, type Console, enterDemo, openConsole } from './console.ts';

let desk: Console;
beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(desk.page);
  await desk.page.getByText('books verified').waitFor({ timeout: 120_000 });
}, 180_000);
afterAll(() => desk.close());

const page = () => desk.page;
const heading = (name: string | RegExp) => page().getByRole('heading', { level: 1, name }).waitFor();
const active = () => page().locator('.cs-row--active');

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page().keyboard.press(key);
}

describe('a long list', () => {
  it('loads on to its true last row by End, goes back by pages and to the first by Home', async () => {
    await press('g', 'l');
    await heading('Ledger');
    await press('3');
    const journal = page().getByRole('grid', { name: 'Journal entries' });
    await journal.getByRole('row').nth(3).waitFor();
    const total = Number(await journal.getAttribute('aria-rowcount')) - 1;
    expect(total).toBeGreaterThan(2_000);
    await press('End');
    await page().getByText('Loading on to the last row').waitFor();
    await expect.poll(() => active().getAttribute('aria-rowindex'), { timeout: 20_000 }).toBe(`${total + 1}`);
    await press('PageUp');
    const above = Number(await active().getAttribute('aria-rowindex'));
    expect(above).toBeLessThan(total);
    await press('PageDown');
    await expect.poll(() => active().getAttribute('aria-rowindex')).toBe(`${total + 1}`);
    await press('Home');
    await expect.poll(() => active().getAttribute('aria-rowindex')).toBe('2');
  });

  it('stops on its way at any key', async () => {
    await press('g', 'd');
    await heading('Dashboard');
    await press('g', 's');
    await heading('Statements');
    await press('g', 'l', '3');
    const journal = page().getByRole('grid', { name: 'Journal entries' });
    await journal.getByRole('row').nth(3).waitFor();
    await page().getByLabel('Reason').selectOption({ label: 'Invoice' });
    await journal.getByText('ERP clearing').first().waitFor();
    await press('End');
    const seeking = page().getByText('Loading on to the last row');
    await seeking.waitFor();
    await press('Escape');
    await expect.poll(() => seeking.count()).toBe(0);
  });
});

describe('a figure of the past', () => {
  it('keeps its point down to the statement and the entry, and says so there', async () => {
    await press('g', 'l');
    await heading('Ledger');
    await press('2');
    await page().getByLabel('As of').fill('2026-11-10');
    await page().getByLabel('Known at record').fill('30');
    await press('Enter');
    const banner = page().getByText(/^As of 2026-11-10, as known at record 30$/);
    await banner.waitFor();
    const trial = page().getByRole('grid', { name: 'Trial balance' });
    await trial.getByText('1100.001').waitFor();
    const balance = await trial.getByRole('row').nth(1).getByRole('gridcell').last().innerText();
    await trial.focus();
    await press('Home', 'Enter');
    await heading(/Bank account 1/);
    await banner.waitFor();
    const closing = page().locator('.cs-strip div').filter({ hasText: 'Closing' }).locator('dd');
    expect(balance.replace(/\s+/g, ' ')).toContain((await closing.innerText()).replace(/\s+/g, ' '));
    const now = Number((await page().locator('.cs-table-count').innerText()).replace(/\D/g, ''));
    expect(now).toBeGreaterThan(0);
    await page().getByRole('grid').focus();
    await press('Home', 'Enter');
    await heading('Journal entry');
    await banner.waitFor();
    expect(await axeFindings(page())).toEqual([]);
    await page().getByRole('link', { name: 'Trial balance' }).click();
    await heading('Ledger');
    await banner.waitFor();
    await page().getByRole('button', { name: 'Back to now' }).click();
    await expect.poll(() => banner.count()).toBe(0);
  });

  it('the list of keys scrolls by the keyboard', async () => {
    await press('?');
    const list = page().getByRole('region', { name: 'Keys of this screen' });
    await list.waitFor();
    await expect.poll(() => list.and(page().locator(':focus')).count()).toBe(1);
    await press('Escape');
  });

  it('left no complaint of the browser behind', () => expect(desk.complaints).toEqual([]));
});
