/** Dollars that arrive on a euro account, on the screens: both amounts and the rate, proposed and allocated by hand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { camt053 } from '../reconciliation/support.ts';
import { type Console, enterDemo, findingsInBothThemes, openConsole } from './console.ts';
import { countOf, soon } from './morning.ts';

const CUSTOMERS = `customer_id,name,country,ibans,aliases
FX-1,Prairie Tool Works Inc.,US,,
`;
const INVOICES = `invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until
XUS-770001,FX-1,invoice,2026-10-01,2026-10-31,USD,1000.00,,,
XUS-770002,FX-1,invoice,2026-10-01,2026-10-31,USD,500.00,,,
`;
const details = `<AmtDtls><InstdAmt><Amt Ccy="USD">1100.00</Amt><CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>EUR</TrgtCcy><XchgRate>0.92134</XchgRate></CcyXchg></InstdAmt></AmtDtls>`;
const payer = { name: 'Prairie Tool Works Inc.' };
const { xml } = camt053({
  id: 'FX-STATEMENT',
  date: '2026-11-04',
  openingMinor: 0n,
  lines: [
    { amount: '1013.47', text: 'XUS-770001', details, ...payer },
    { amount: '460.00', text: 'dollars on account', ...payer },
  ],
});

let desk: Console;
beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(desk.page);
  await page().evaluate('location.hash = "#/statements/imports"');
  const file = (name: string, text: string, mimeType = 'text/csv') => ({
    name,
    mimeType,
    buffer: Buffer.from(text),
  });
  await page()
    .locator('input[type=file]')
    .setInputFiles([
      file('fx-customers.csv', CUSTOMERS),
      file('fx-invoices.csv', INVOICES),
      file('fx.xml', xml, 'text/xml'),
    ]);
  await page().getByText('3 taken in, 0 known already, 0 refused').first().waitFor();
});
afterAll(() => desk.close());

const page = () => desk.page;
const dialog = () => page().getByRole('dialog');
const rows = () => page().getByRole('grid', { name: 'Bank transactions' }).locator('.cs-rows [role=row]');
const notice = (words: string) => page().locator('.bp6-toast').getByText(words);

async function find(text: string): Promise<void> {
  await page().evaluate('location.hash = "#/reconciliation"');
  await page().getByRole('heading', { level: 1, name: 'Reconcile' }).waitFor();
  await page().getByLabel('Name, reference, amount').fill(text);
  await soon(() => rows().count()).toBe(1);
  await rows().first().click();
}

describe('money of another currency', () => {
  it('is proposed with both amounts and the rate, confirmed and taken back', async () => {
    await find('XUS-770001');
    const settles = page().getByRole('table', { name: 'Settles' });
    await settles.getByText('XUS-770001').waitFor();
    await settles.getByText('1 USD = 0.92134 EUR, as the bank states').waitFor();
    await settles.getByText('921.34').waitFor();
    await settles.getByText('92.13').waitFor();
    expect(await findingsInBothThemes(page(), 'exchange proposed')).toEqual([]);
    const confirmed = await countOf(page(), 'Confirmed');
    await page().keyboard.press('Enter');
    await notice('Confirmed.').waitFor();
    await soon(() => countOf(page(), 'Confirmed')).toBe(confirmed + 1);
    await page().getByRole('button', { name: 'Undo match' }).click();
    await notice('The match was undone.').waitFor();
    await soon(() => countOf(page(), 'Confirmed')).toBe(confirmed);
  });

  it('is allocated by hand at a rate that a person types, which the bank does not tell', async () => {
    await find('dollars on account');
    await page().getByRole('button', { name: 'Allocate…' }).click();
    await dialog().getByRole('combobox', { name: 'Find open items' }).fill('XUS-770002');
    await dialog()
      .getByRole('option', { name: /XUS-770002/ })
      .click();
    await dialog().getByText('The bank tells no amount in USD', { exact: false }).waitFor();
    const act = dialog().getByRole('button', { name: 'Confirm' });
    expect(await act.isDisabled()).toBe(true);
    const rate = dialog().getByLabel('or 1 USD in EUR');
    await rate.fill('0');
    await dialog().getByText('Money and rate must be numbers above zero.').waitFor();
    await rate.fill('0.92');
    await soon(() => act.isEnabled()).toBe(true);
    expect(await findingsInBothThemes(page(), 'exchange by hand')).toEqual([]);
    await page().keyboard.press('Control+Enter');
    await notice('Confirmed.').waitFor();
    await page().getByText('1 USD = 0.92 EUR, typed by a person').waitFor();
  });
});
