import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PEOPLE } from '../../src/main/engine/index.ts';
import { personWith } from '../support/people.ts';
import { type Checker, checkerAt } from './checking.ts';
import { type Console, enterDemo, findingsInBothThemes, openConsole } from './console.ts';
import { soon } from './morning.ts';

let desk: Console;
let tomas: Checker;
const page = () => desk.page;
const press = (key: string) => page().keyboard.press(key);
const heading = (name: string | RegExp) => page().getByRole('heading', { level: 1, name }).waitFor();
const go = (to: string) => page().evaluate(`location.hash = ${JSON.stringify(`#${to}`)}`);
const rows = () => page().getByRole('grid', { name: 'Breaks' }).getByRole('row');
const item = () => page().getByRole('region', { name: 'Break', exact: true });
const dialog = () => page().getByRole('dialog');
const notice = (text: string | RegExp) => page().locator('.bp6-toast').getByText(text);
const findings = (name?: string) => findingsInBothThemes(page(), name);

/** The break that is shown, once its pane has it. */
async function shown(title: string | RegExp): Promise<void> {
  await item().getByRole('heading', { level: 2, name: title }).waitFor();
}

beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(page());
  tomas = await checkerAt(desk, 'demo', personWith(DEMO_PEOPLE.find(({ name }) => name === 'Tomas Lind')!));
}, 240_000);
afterAll(async () => {
  tomas?.close();
  await desk.close();
});

describe('the queue of breaks', () => {
  it('is reached by two keys, and fills by itself', async () => {
    await press('g');
    await press('x');
    await heading('Breaks');
    // The demo may still be on its way in; its lines are swept up when they have been matched.
    await rows().filter({ hasText: 'Unmatched line' }).first().waitFor({ timeout: 90_000 });
    await shown(/Opening balance/);
    expect(await findings('breaks')).toEqual([]);
  });

  it('is narrowed by kind, currency, hand and text, and says where nothing is left', async () => {
    const kind = page().getByRole('combobox', { name: 'Kind' });
    await kind.selectOption('unmatched');
    await shown(/Unmatched line/);
    expect(await rows().filter({ hasText: 'Opening balance' }).count()).toBe(0);
    await page().getByRole('combobox', { name: 'Currency' }).selectOption('GBP');
    await soon(async () => (await rows().filter({ hasText: 'EUR' }).count()) === 0).toBe(true);
    await press('/');
    await page().keyboard.type('no such thing');
    await page().getByText('No break is like that.').waitFor();
    expect(await findings('no breaks')).toEqual([]);
    await page().getByRole('button', { name: 'Clear the filters' }).click();
    await shown(/Opening balance/);
    await kind.selectOption('opening');
    await soon(() => rows().filter({ hasText: 'Unmatched' }).count()).toBe(0);
  });

  it('is worked by the keyboard: take, undo, select two, say why, note', async () => {
    await press('Home');
    await shown('Break 1 Opening balance');
    await press('a');
    await notice('1 break in hand of Anna Berg.').waitFor();
    await item().getByText('Anna Berg took it').waitFor();
    await page()
      .getByRole('link', { name: /Breaks.*1 waits for you/ })
      .waitFor();
    await press('u');
    await item().getByText('gave it back to the queue').waitFor();
    await press('x');
    await press('j');
    await shown('Break 2 Opening balance');
    await press('x');
    await page().getByText('2 selected').waitFor();
    await press('r');
    await dialog().getByLabel('Why it is so').selectOption('opening-balance');
    expect(await findings('reason')).toEqual([]);
    await press('Control+Enter');
    await notice('Reason set on 2 breaks.').waitFor();
    await soon(() =>
      rows()
        .filter({ hasText: /Opening balance.*Opening balance/s })
        .count(),
    ).toBe(2);
    await press('n');
    await dialog().getByLabel('What is to be known').fill('Taken over from the old system.');
    await press('Control+Enter');
    await item().getByText('Taken over from the old system.').waitFor();
    await press('x');
    await press('k');
    await shown('Break 1 Opening balance');
    await press('x');
    await soon(() =>
      page()
        .getByText(/\d selected/)
        .count(),
    ).toBe(0);
  });

  it('takes a file, and gives it back to the byte', async () => {
    await item().getByRole('button', { name: 'Files 0' }).click();
    const content = Buffer.from('%PDF-1.7\na letter of the bank');
    const file = { name: 'letter.pdf', mimeType: 'application/pdf', buffer: content };
    await page().locator('input[type=file]').first().setInputFiles(file);
    await item().getByText('letter.pdf', { exact: true }).waitFor();
    const saved = page().waitForEvent('download');
    await item().getByRole('button', { name: 'Save letter.pdf' }).click();
    const stream = await (await saved).createReadStream();
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    expect(Buffer.concat(parts).equals(content)).toBe(true);
    const wrong = { name: 'letter.png', mimeType: 'image/png', buffer: content };
    await page().locator('input[type=file]').first().setInputFiles(wrong);
    await notice(/not attached, or its bytes are of another type/).waitFor();
    expect(await findings('files')).toEqual([]);
    await item()
      .getByRole('button', { name: /^History/ })
      .click();
  });

  it('writes off with the amount typed, when a second person has agreed', async () => {
    await press('w');
    const ask = dialog().getByRole('button', { name: 'Ask to write off' });
    await ask.waitFor();
    await dialog().getByRole('table', { name: 'What moves' }).getByText('Opening balances').waitFor();
    expect(await findings('write off')).toEqual([]);
    const amount = (await dialog().getByText('Type the amount:').innerText()).replace(
      /^.*: | [A-Z]{3}.*$/g,
      '',
    );
    await dialog().getByLabel('Type the amount').fill('1.00');
    await dialog().getByText('That is another amount.').waitFor();
    await dialog().getByLabel('Why it is given up').fill('The balance that we began with.');
    expect(await ask.isDisabled()).toBe(true);
    await dialog().getByLabel('Type the amount').fill(amount);
    await soon(() => ask.isDisabled()).toBe(false);
    await ask.click();
    await notice(/Sent to be countersigned/).waitFor();
    await soon(() => dialog().count()).toBe(0);
    await tomas.agree('Write off a break');
    await press('3');
    await shown('Break 1 Opening balance');
    await item().getByRole('link', { name: 'journal entry' }).first().waitFor();
    expect(await findings('written off')).toEqual([]);
    await press('w');
    await dialog().getByText('Take back a write-off').first().waitFor();
    await press('Escape');
  });
});

describe('the proof of a day', () => {
  it('is reached from the dashboard, from the accounts and from a break, and adds up', async () => {
    await go('/');
    await page()
      .getByRole('link', { name: /on 4 bank accounts/ })
      .click();
    await heading('Proof of the day');
    await page().getByText('proven').first().waitFor();
    expect(await findings('proofs')).toEqual([]);
    await go('/statements');
    await page().getByRole('link', { name: 'agrees', exact: true }).first().click();
    await heading(/Proof of 2026-11-20/);
    await page()
      .getByText(/^✓ Proven/)
      .waitFor();
    expect(await findings('proof')).toEqual([]);
    await page()
      .getByRole('table', { name: 'From the ledger to the bank' })
      .getByRole('link')
      .first()
      .click();
    await heading(/Bank account 1/);
    await page().goBack();
    await heading(/Proof of 2026-11-20/);
    await press('[');
    await heading('Proof of 2026-11-19');
    const saved = page().waitForEvent('download');
    await page().getByRole('button', { name: 'Save as CSV' }).click();
    expect((await saved).suggestedFilename()).toMatch(/^proof-\d+-2026-11-19\.csv$/);
  });

  it('says that there is nothing to prove before the first statement', async () => {
    await go('/proof/1?date=2026-01-01');
    await page()
      .getByText(/no closing balance up to this day/)
      .waitFor();
    await go('/proof/99?date=2026-11-20');
    await page().getByText('There is no such bank account.').first().waitFor();
    expect(await findings('no proof')).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });
});
