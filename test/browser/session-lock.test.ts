import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PASSPHRASE } from '../../src/main/engine/index.ts';
import { axeFindings, type Console, openConsole } from './console.ts';
import { MORNING, soon } from './morning.ts';

let desk: Console;
let other: Page;
const page = () => desk.page;
const headingOn = (where: Page, name: string) => where.getByRole('heading', { level: 1, name }).waitFor();
const contentOf = (where: Page) => where.evaluate<string>('document.documentElement.outerHTML');
const hashOf = (where: Page) => where.evaluate<string>('location.hash');

beforeAll(async () => {
  desk = await openConsole();
  await headingOn(page(), 'Start');
  await page().getByRole('button', { name: 'Open the demo' }).click();
  await headingOn(page(), 'Dashboard');
  await page().evaluate('location.hash = "#/receivables"');
  await page().getByText(MORNING.customerName).first().waitFor({ timeout: 60_000 });
  // A second window of the same person: it begins with what the first one holds.
  const opened = page().waitForEvent('popup');
  await page().evaluate('void window.open(location.origin + "/#/audit")');
  other = await opened;
  await headingOn(other, 'Audit');
});
afterAll(() => desk.close());

describe('the locked screen', () => {
  it('comes with Ctrl+Shift+L, to every window, and holds nothing of the vault', async () => {
    await page().keyboard.press('Control+Shift+L');
    await headingOn(page(), 'Locked');
    await headingOn(other, 'Locked');
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
    await headingOn(third, 'Locked');
    await third.reload();
    await headingOn(third, 'Locked');
    await third.close();
    await page().bringToFront();
    await page().keyboard.press('Control+k');
    await page().keyboard.press('Escape');
    expect(await page().getByRole('dialog').count()).toBe(0);
  });

  it('refuses a wrong passphrase and says so', async () => {
    await page().getByLabel('Passphrase', { exact: true }).fill('not the passphrase at all');
    await page().keyboard.press('Enter');
    await page().getByRole('alert').waitFor();
    await headingOn(page(), 'Locked');
    expect(await axeFindings(page())).toEqual([]);
  });

  it('opens to the right one, on the screen that was left, in every window', async () => {
    await page().getByLabel('Passphrase', { exact: true }).fill(DEMO_PASSPHRASE);
    await page().keyboard.press('Enter');
    await page().getByText(MORNING.customerName).first().waitFor();
    expect(await hashOf(page())).toBe('#/receivables');
    await headingOn(other, 'Audit');
    await soon(() => hashOf(other)).toBe('#/audit');
    expect(desk.complaints).toEqual([]);
  });
});
