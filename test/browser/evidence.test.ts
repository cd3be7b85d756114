import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, type Console, enterDemo, openConsole } from './console.ts';
import { soon } from './morning.ts';

let desk: Console;
const page = () => desk.page;
const button = (name: string | RegExp) => page().getByRole('button', { name });
const heading = (name: string | RegExp, level = 1) => page().getByRole('heading', { level, name }).waitFor();
const press = async (...combos: string[]) => {
  for (const combo of combos) await page().keyboard.press(combo);
};
const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(page(), 'Mei Tran');
});
afterAll(() => desk.close());

describe('the screen of evidence', () => {
  it('says what would be here', async () => {
    await press('g', 'e');
    await heading('Evidence');
    await page().getByText('No evidence yet').waitFor();
    expect(await axeFindings(page())).toEqual([]);
  });

  it('keeps a file under a hold', async () => {
    await page().locator('input[type=file]').setInputFiles(file('minutes.txt', 'Nothing was decided.'));
    await page().getByLabel('Legal hold, because').fill('Case 12');
    expect(await axeFindings(page())).toEqual([]);
    await button('Keep it').click();
    await heading('minutes.txt', 2);
    await page().getByText('Case 12').first().waitFor();
    expect(await page().getByRole('button', { name: 'Remove', exact: true }).isDisabled()).toBe(true);
  });

  it('shows the content on the key of a hand', async () => {
    await press('v');
    await page().getByText('Nothing was decided.').waitFor();
    expect(await axeFindings(page())).toEqual([]);
  });

  it('takes a dropped file as evidence, not as an import', async () => {
    await page().evaluate(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(['dropped'], 'dropped.txt'));
      const root = document.querySelector('#root') ?? document.body;
      for (const type of ['dragenter', 'dragover', 'drop'])
        root.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    })()`);
    await page().getByRole('dialog').getByText('dropped.txt').waitFor();
    await press('Escape');
    expect(await page().evaluate('location.hash')).toContain('/evidence');
  });

  it('puts a second hold on by keyboard, and lifts the first', async () => {
    await press('h');
    await page().getByLabel('Because').fill('Case 13');
    await page().getByRole('dialog').getByRole('button', { name: 'Put on hold' }).click();
    await soon(() => button('Lift').count()).toBe(2);
    await button('Lift').last().click();
    await page().getByText('The hold was put because: Case 12').waitFor();
    await page().getByLabel('Because').fill('Case 12 is closed');
    await page().getByRole('dialog').getByRole('button', { name: 'Lift' }).click();
    await soon(() => button('Lift').count()).toBe(1);
  });
});

describe('the screen of cryptography', () => {
  it('lists algorithms, says why, and shows the bill of materials', async () => {
    await press('g', 'c');
    await heading('Cryptography');
    await page().getByText('Nothing weak stands alone').waitFor();
    await page().getByText('X25519+ML-KEM-1024').first().waitFor();
    expect(await axeFindings(page())).toEqual([]);
    await press('j', 'Enter');
    await page().getByRole('dialog').getByText('Computed by').waitFor();
    // The dialog hears keys once it has the focus.
    await page().locator('[role=dialog]:focus-within, .bp6-overlay-open:focus-within').first().waitFor();
    await press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'detached' });
    await press('e');
    await page().getByText('"specVersion": "1.6"').waitFor();
    await press('Escape');
    expect(desk.complaints).toEqual([]);
  });
});
