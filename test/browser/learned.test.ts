import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { camt053, INVOICE_HEADER } from '../reconciliation/support.ts';
import { type Console, enterDemo, findingsInBothThemes, openConsole } from './console.ts';
import { soon } from './morning.ts';

const PAYER = { name: 'Zahlstelle Brandt GmbH', iban: 'DE44500105175407324931', text: 'danke' };
const LISTS = {
  'z-customers.csv': 'customer_id,name,country,ibans,aliases\nZ9001,Quellwerk Anders AG,DE,,\n',
  'z-invoices.csv': `${INVOICE_HEADER}QZ-77-0001,Z9001,invoice,2026-10-01,2026-10-31,EUR,7483.17,,,
QZ-88-0002,Z9001,invoice,2026-10-01,2026-10-31,EUR,9162.53,,,
`,
};
const first = camt053({
  id: 'Z1',
  date: '2026-11-18',
  openingMinor: 0n,
  lines: [{ ...PAYER, amount: '7483.17' }],
});
const second = camt053({
  id: 'Z2',
  date: '2026-11-19',
  openingMinor: first.closingMinor,
  lines: [{ ...PAYER, amount: '9162.53' }],
});

let desk: Console;
beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(desk.page);
});
afterAll(() => desk.close());

const page = () => desk.page;
const dialog = () => page().getByRole('dialog');
const rows = () =>
  page().getByRole('grid', { name: 'What was learned from decisions' }).locator('.cs-rows [role=row]');

async function go(path: string, heading: string): Promise<void> {
  await page().evaluate(`location.hash = ${JSON.stringify(`#${path}`)}`);
  await page().getByRole('heading', { level: 1, name: heading }).waitFor();
}

/** Takes files in, and waits for the matching that follows. */
async function take(files: Readonly<Record<string, string>>): Promise<void> {
  await go('/statements/imports', 'Imports');
  const given = Object.entries(files).map(([name, text]) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(text),
  }));
  await page().locator('input[type=file]').setInputFiles(given);
  await page().getByText(`${given.length} taken in, 0 known already, 0 refused`).first().waitFor();
  await page()
    .getByText(/\d+ considered/)
    .first()
    .waitFor();
}

describe('what a decision teaches', () => {
  it('is listed, is a reason that leads back to the decision, and is forgotten', async () => {
    await go('/receivables/learned', 'Receivables');
    await page().getByText('Nothing was learned yet.').waitFor();
    await take({ ...LISTS, 'z1.xml': first.xml });
    await go('/reconciliation?status=suggested&text=Zahlstelle', 'Reconcile');
    await page().getByRole('radio', { checked: true }).waitFor();
    await page().keyboard.press('Enter');
    await page()
      .locator('.bp6-toast')
      .getByText(/QZ-77-0001|[Cc]onfirmed/)
      .first()
      .waitFor();
    await go('/receivables/learned?customerId=Z9001', 'Receivables');
    await soon(() => rows().count()).toBe(2);
    await rows().first().getByText('1 of 3: a hint').waitFor();
    expect(await findingsInBothThemes(page(), 'learned')).toEqual([]);

    await take({ 'z2.xml': second.xml });
    await go('/reconciliation?status=suggested&text=Zahlstelle', 'Reconcile');
    await page().getByText('payer as learned from decisions of people: 1').waitFor();
    expect(await findingsInBothThemes(page(), 'learned reason')).toEqual([]);
    const [, source] = /item=(\d+)|$/.exec(
      (await page()
        .getByRole('link', { name: /^decision on/ })
        .getAttribute('href')) ?? '',
    )!;
    await page()
      .getByRole('link', { name: `decision on ${source}` })
      .click();
    await soon(() => page().evaluate('location.hash')).toContain(`item=${source}`);
    await page().getByText('QZ-77-0001').first().waitFor();

    await go('/receivables/learned?customerId=Z9001', 'Receivables');
    await rows().first().waitFor();
    await page().getByRole('button', { name: 'Forget' }).click();
    await dialog().getByText('teach this no more').waitFor();
    expect(await findingsInBothThemes(page(), 'forget')).toEqual([]);
    await dialog().getByRole('button', { name: 'Forget' }).click();
    await soon(() => dialog().count()).toBe(0);
    await soon(() => rows().count()).toBe(1);
    expect(desk.complaints).toEqual([]);
  });
});
