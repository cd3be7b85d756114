import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, enterDemo, findingsInBothThemes, openConsole } from './console.ts';
import { countOf, soon } from './morning.ts';

let desk: Console;
beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(desk.page);
});
afterAll(() => desk.close());

const page = () => desk.page;
const grid = () => page().getByRole('grid', { name: 'Bank transactions' });
const rows = () => grid().locator('.cs-rows [role=row]');
const marked = () => grid().locator('.cs-row--selected');
const dialog = () => page().getByRole('dialog');
const notice = (words: string | RegExp) => page().locator('.bp6-toast').getByText(words);
const findings = (name: string) => findingsInBothThemes(page(), name);

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page().keyboard.press(key);
}

async function go(path: string): Promise<void> {
  await page().evaluate(`location.hash = ${JSON.stringify(`#${path}`)}`);
  await page().getByRole('heading', { level: 1, name: 'Reconcile' }).waitFor();
  await rows().first().waitFor();
}

describe('several lines at once, with the keyboard alone', () => {
  it('are confirmed together and taken back together', async () => {
    await go('/reconciliation?status=suggested');
    const before = await countOf(page(), 'Suggested');
    await press('x', 'j', 'x', 'j', 'x');
    await soon(() => marked().count()).toBe(3);
    await page().getByText('3 lines marked').waitFor();
    expect(await findings('marked')).toEqual([]);
    await press('Enter');
    await dialog().getByText('Confirm 3 lines').waitFor();
    await dialog()
      .getByText(/The least likely of them stands at/)
      .waitFor();
    expect(await findings('confirm many')).toEqual([]);
    await press('Control+Enter');
    await notice('3 lines confirmed.').waitFor();
    await soon(() => dialog().count()).toBe(0);
    await soon(() => countOf(page(), 'Suggested')).toBe(before - 3);
    await press('u');
    await notice('3 decisions taken back.').waitFor();
    await soon(() => countOf(page(), 'Confirmed')).toBe(0);
  });

  it('are all marked, and unmarked', async () => {
    await go('/reconciliation?status=unmatched');
    await press('Control+a');
    await soon(async () => (await marked().count()) > 5).toBe(true);
    await page().getByRole('button', { name: 'Confirm 0' }).waitFor();
    await press('Escape');
    await soon(() => marked().count()).toBe(0);
  });
});

describe('payments that pay together', () => {
  it('are laid onto the same open items, and taken back as one', async () => {
    await go('/reconciliation?status=unmatched&direction=credit&currency=EUR');
    const confirmed = await countOf(page(), 'Confirmed');
    await press('x');
    await soon(() => marked().count()).toBe(1);
    await press('c');
    await notice('Mark two payments or more to combine them.').waitFor();
    await press('j', 'x');
    await soon(() => marked().count()).toBe(2);
    await press('c');
    await dialog().getByText('Allocate 2 payments together').waitFor();
    const act = dialog().getByRole('button', { name: 'Confirm together' });
    const search = dialog().getByRole('combobox', { name: 'Find open items' });
    for (let added = 0; added < 8 && (await act.isDisabled()); added += 1) {
      await search.fill('RE-');
      await soon(() => dialog().getByRole('option').count()).toBeGreaterThan(0);
      for (let down = 0; down < added; down += 1) await press('ArrowDown');
      await press('Enter');
      await soon(() => search.inputValue()).toBe('');
    }
    await dialog().getByText('Which payment settles what, oldest first').waitFor();
    expect(await findings('combine')).toEqual([]);
    await press('Control+Enter');
    await notice('2 payments confirmed together.').waitFor();
    await soon(() => countOf(page(), 'Confirmed')).toBe(confirmed + 2);
    await press('u');
    await notice('2 decisions taken back.').waitFor();
    await soon(() => countOf(page(), 'Confirmed')).toBe(confirmed);
  });
});

describe('views', () => {
  it('are kept under a name and opened with one key, also after a reload', async () => {
    await go('/reconciliation?status=unmatched');
    await press('f');
    await page().getByLabel('Currency').selectOption('EUR');
    await page().getByLabel('At least').fill('10,000');
    await soon(() => page().evaluate<string>('location.hash')).toContain('least=');
    await press('Escape');
    await soon(() => page().getByLabel('At least').count()).toBe(0);
    await rows().first().waitFor();
    const shown = await rows().count();
    await press('v');
    await page().getByText('No views are kept yet.', { exact: false }).waitFor();
    await page().getByLabel('Name', { exact: true }).fill('Big and open');
    await press('Enter');
    await notice('Kept as “Big and open”.').waitFor();
    expect(await findings('views')).toEqual([]);
    await press('Escape');
    await go('/reconciliation');
    await press('v');
    const view = page().getByRole('button', { name: 'Big and open', exact: true });
    await view.waitFor();
    await view.press('Enter');
    await soon(() => page().evaluate<string>('location.hash')).toContain('currency=EUR');
    await rows().first().waitFor();
    await soon(() => rows().count()).toBe(shown);
    await press('v');
    await page().getByRole('button', { name: 'Remove the view Big and open' }).press('Enter');
    await notice('The view “Big and open” was removed.').waitFor();
    expect(desk.complaints).toEqual([]);
  });
});
