import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, beInDemo, type Console, enterDemo, openConsole } from './console.ts';
import { MORNING, soon } from './morning.ts';

let desk: Console;
let other: Page;
const page = () => desk.page;
const headingOn = (where: Page, name: string) => where.getByRole('heading', { level: 1, name }).waitFor();
const contentOf = (where: Page) => where.evaluate<string>('document.documentElement.outerHTML');
const hashOf = (where: Page) => where.evaluate<string>('location.hash');

beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(page());
  await page().evaluate('location.hash = "#/receivables"');
  await page().getByText(MORNING.customerName).first().waitFor({ timeout: 60_000 });
  // A second window of the same person: it begins with what the first one holds.
  const opened = page().waitForEvent('popup');
  await page().evaluate('void window.open(location.origin + "/#/audit")');
  other = await opened;
  // A session belongs to its window: the second one asks who is there.
  await beInDemo(other, 'Ruth Okafor', 'Audit');
});
afterAll(() => desk.close());

describe('the locked screen', () => {
  it('comes with Ctrl+Shift+L, to every window, and holds nothing of the vault', async () => {
    await page().keyboard.press('Control+Shift+L');
    await headingOn(page(), 'Who is there?');
    await headingOn(other, 'Who is there?');
    for (const where of [page(), other]) {
      const html = await contentOf(where);
      for (const secret of [MORNING.customerName, 'cs-frame', 'role="grid"', 'IBAN', 'EUR'])
        expect(html.includes(secret), secret).toBe(false);
    }
    expect(await axeFindings(page())).toEqual([]);
    await page().emulateMedia({ colorScheme: 'dark' });
    expect(await axeFindings(page(), true)).toEqual([]);
    await page().emulateMedia({ colorScheme: 'light' });
  });

  it('stands over new windows, reloads and other addresses, and answers to no key of the desk', async () => {
    const opened = page().waitForEvent('popup');
    await page().evaluate('void window.open(location.origin + "/#/keys")');
    const third = await opened;
    await headingOn(third, 'Who is there?');
    await third.reload();
    await headingOn(third, 'Who is there?');
    await third.close();
    await page().bringToFront();
    await page().keyboard.press('Control+k');
    await page().keyboard.press('Escape');
    expect(await page().getByRole('dialog').count()).toBe(0);
  });

  it('refuses a wrong passphrase and says so', async () => {
    await page().getByLabel('Name').fill('Anna Berg');
    await page().getByLabel('Your passphrase').fill('not the passphrase at all');
    await page().keyboard.press('Enter');
    await page().getByRole('alert').waitFor();
    await headingOn(page(), 'Who is there?');
    expect(await axeFindings(page())).toEqual([]);
  });

  it('opens to whoever signs in, on the screen that was left, in every window', async () => {
    await beInDemo(page(), 'Tomas Lind', 'Receivables');
    await page().getByText(MORNING.customerName).first().waitFor();
    expect(await hashOf(page())).toBe('#/receivables');
    await beInDemo(other, 'Ruth Okafor', 'Audit');
    await soon(() => hashOf(other)).toBe('#/audit');
    expect(desk.complaints).toEqual([]);
  });
});

describe('the switch of operators', () => {
  it('comes with Ctrl+Shift+U, ends the former session, and leaves the next one where it stood', async () => {
    await page().keyboard.press('Control+Shift+U');
    await headingOn(page(), 'Who is there?');
    const html = await contentOf(page());
    expect(html).not.toContain(MORNING.customerName);
    await page().keyboard.press('Alt+3');
    await soon(() => page().getByLabel('Name').inputValue()).toBe('Anna Berg');
    await soon(() => page().getByLabel('Code of your app').inputValue()).toMatch(/^\d{6}$/);
    await page().keyboard.press('Enter');
    await headingOn(page(), 'Receivables');
    expect(await hashOf(page())).toBe('#/receivables');
    await page()
      .getByRole('button', { name: /Anna Berg/ })
      .waitFor();
    // The other window is another session, and goes on.
    await headingOn(other, 'Audit');
    expect(desk.complaints).toEqual([]);
  });
});
