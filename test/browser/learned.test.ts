import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, enterDemo, findingsInBothThemes, openConsole } from './console.ts';
import { soon } from './morning.ts';

let desk: Console;
beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(desk.page);
});
afterAll(() => desk.close());

const page = () => desk.page;
const dialog = () => page().getByRole('dialog');
const lines = () => page().getByRole('grid', { name: 'Bank transactions' }).locator('.cs-rows [role=row]');
const learned = () => page().getByRole('grid', { name: 'What was learned from decisions' });
const rows = () => learned().locator('.cs-rows [role=row]');

async function go(path: string, heading: string): Promise<void> {
  await page().evaluate(`location.hash = ${JSON.stringify(`#${path}`)}`);
  await page().getByRole('heading', { level: 1, name: heading }).waitFor();
}

describe('what decisions taught', () => {
  it('is listed with its source, leads to the decision, and is forgotten', async () => {
    await go('/receivables/learned', 'Receivables');
    await page().getByText('Nothing was learned yet.').waitFor();
    await go('/reconciliation?status=suggested', 'Reconcile');
    await lines().first().waitFor();
    for (let line = 1; line <= 14; line += 1) {
      await page().keyboard.press('x');
      await page()
        .getByText(`${line} ${line === 1 ? 'line' : 'lines'} marked`)
        .waitFor();
      await page().keyboard.press('j');
    }
    await page().keyboard.press('Enter');
    await dialog().getByText('Confirm 14 lines').waitFor();
    await page().keyboard.press('Control+Enter');
    await soon(() => dialog().count()).toBe(0);
    await go('/receivables/learned', 'Receivables');
    await rows().first().waitFor();
    const before = await rows().count();
    expect(await findingsInBothThemes(page(), 'learned')).toEqual([]);
    await rows().first().getByText('1 of 3: a hint').waitFor();
    await page().getByRole('button', { name: 'Forget' }).click();
    await dialog().getByText('teach this no more').waitFor();
    expect(await findingsInBothThemes(page(), 'forget')).toEqual([]);
    await dialog().getByRole('button', { name: 'Forget' }).click();
    await soon(() => dialog().count()).toBe(0);
    await soon(() => rows().count()).toBe(before - 1);
    await rows()
      .first()
      .getByRole('link', { name: /^decision on/ })
      .click();
    await page().getByRole('heading', { level: 1, name: 'Reconcile' }).waitFor();
    await page().getByText('confirmed').first().waitFor();
    expect(desk.complaints).toEqual([]);
  });
});
