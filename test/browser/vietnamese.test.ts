/** The console in Vietnamese: chosen in the operator's menu, kept, and a screen that stays where it is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextCode, type Person } from '../support/people.ts';
import { axeFindings, type Console, createVaultByHand, openConsole } from './console.ts';
import { CAMT, CUSTOMERS, INVOICES, MORNING, PASSPHRASE, soon, VAULT_NAME } from './morning.ts';

let desk: Console;
const fetched: string[] = [];
/** Who has a code left for the next sign-in. */
const people: Person[] = [];

const page = () => desk.page;
const heading = (name: string) => page().getByRole('heading', { level: 1, name, exact: true }).waitFor();
const goTo = (place: string) => page().evaluate(`location.hash = ${JSON.stringify(`#${place}`)}`);
const pageLanguage = () => page().evaluate('document.documentElement.lang');

async function choose(language: string): Promise<void> {
  await page().locator('.cs-top button').last().click();
  await page().getByRole('menuitem', { name: language }).click();
  await page().keyboard.press('Escape');
}

/** A page that is opened again is a new connection, on which somebody signs in, in whatever language. */
async function signInAgain(): Promise<void> {
  const person = people.shift()!;
  const fields = page().locator('.cs-gate-card input');
  await fields.nth(2).waitFor();
  for (const [i, text] of [person.name, person.passphrase, await nextCode(person)].entries())
    await fields.nth(i).fill(text);
  await page().keyboard.press('Enter');
}

beforeAll(async () => {
  desk = await openConsole();
  page().on('request', (request) => fetched.push(request.url()));
  const wanted = { name: VAULT_NAME, passphrase: PASSPHRASE, as: ['treasury-analyst'] } as const;
  const { person, officers } = await createVaultByHand(desk, wanted);
  people.push(person, ...officers);
  await goTo('/statements/imports');
  await page().locator('input[type=file]').setInputFiles([CUSTOMERS, INVOICES, CAMT]);
  await page().getByText('3 taken in, 0 known already, 0 refused').first().waitFor();
  await page()
    .getByText(/\d considered/)
    .first()
    .waitFor();
});
afterAll(() => desk.close());

const SCREENS: readonly (readonly [place: string, title: string, ready: string])[] = [
  ['/', 'Tổng quan', '.recharts-surface'],
  ['/reconciliation', 'Đối chiếu', '.cs-item-money'],
  ['/statements', 'Sao kê', '[role=row]'],
  ['/ledger', 'Sổ cái', '[role=row]'],
  ['/keys', 'Khóa', '[role=row]'],
  ['/incidents', 'Sự cố', '.cs-empty'],
];

/** What is cut short though it may not be, or sticks out of the window. */
const CUT = `(() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
  for (const one of document.querySelectorAll('h1, h2, .cs-nav a, .cs-top button, .cs-status *, .cs-filter, .bp6-button')) {
    if (one.closest('.cs-hidden')) continue;
    const { width, right } = one.getBoundingClientRect();
    if (width > 0 && (one.scrollWidth > Math.ceil(width) + 1 || right > innerWidth + 1))
      found.push(one.className + ': ' + one.textContent);
  }
  return found;
})()`;

describe('Vietnamese', () => {
  it('is not fetched by a start in English', async () => {
    expect(await pageLanguage()).toBe('en');
    await page().reload();
    await signInAgain();
    await heading('Imports');
    expect(fetched.some((url) => url.includes('/assets/'))).toBe(true);
    expect(fetched.filter((url) => url.includes('vietnamese'))).toEqual([]);
  });

  it('is put on the screen as it stands, with what is typed and chosen', async () => {
    await goTo('/receivables');
    const filter = page().locator('.cs-table-filter input');
    await filter.fill('INV');
    await page().locator('[role=row]').nth(3).waitFor();
    const before = await page().evaluate('location.hash');
    await choose('Tiếng Việt');
    await heading('Khoản phải thu');
    expect(await pageLanguage()).toBe('vi');
    expect(await filter.inputValue()).toBe('INV');
    expect(await page().evaluate('location.hash')).toBe(before);
    await page().getByRole('columnheader', { name: 'Khách hàng' }).waitFor();
    await page()
      .getByRole('link', { name: /Sổ cái/ })
      .waitFor();
    expect(fetched.filter((url) => url.includes('vietnamese'))).toHaveLength(1);
  });

  it.each(SCREENS)('%s says %s, whole and without a finding', async (place, title, ready) => {
    await goTo(place);
    await heading(title);
    await page().locator(ready).first().waitFor();
    expect(await axeFindings(page())).toEqual([]);
    expect(await page().evaluate(CUT)).toEqual([]);
  });

  it('names the keys of the screen, and the rooms in the palette', async () => {
    await goTo('/ledger');
    await heading('Sổ cái');
    await page().keyboard.press('?');
    await page().getByRole('heading', { name: 'Các phân hệ' }).waitFor();
    await page().keyboard.press('Escape');
    await page().keyboard.press('Control+k');
    await page().getByRole('combobox').fill('nhịp');
    await page()
      .getByRole('option', { name: /Nhịp tim/ })
      .waitFor();
    await page().keyboard.press('Escape');
  });

  it('is there after the page is opened again', async () => {
    await page().reload();
    await signInAgain();
    await heading('Sổ cái');
    expect(await pageLanguage()).toBe('vi');
    // An officer is there now, who may see what an analyst may not.
    await goTo('/backup');
    await heading('Sao lưu');
    await page().locator('.cs-card').first().waitFor();
    expect(await page().evaluate(CUT)).toEqual([]);
    await goTo('/ledger');
    await heading('Sổ cái');
  });

  it('gives way to English at once', async () => {
    await choose('English');
    await heading('Ledger');
    expect(await pageLanguage()).toBe('en');
    await page().reload();
    await signInAgain();
    await heading('Ledger');
  });

  it('is the first language where the browser asks for it', async () => {
    const context = await page().context().browser()!.newContext({ locale: 'vi-VN' });
    try {
      const other = await context.newPage();
      await other.goto(new URL('/', page().url()).href);
      await soon(() => other.evaluate('document.documentElement.lang')).toBe('vi');
      await other.getByText('Cửa sổ này không được phép nói chuyện với bộ xử lý.').waitFor();
    } finally {
      await context.close();
    }
  });

  it('leaves nothing to complain of', () => {
    expect(desk.complaints).toEqual([]);
    expect(MORNING.camtLines).toBeGreaterThan(0);
  });
});
