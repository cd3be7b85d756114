import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beInDemo, type Console, enterDemo, findingsInBothThemes, openConsole } from './console.ts';
import { soon } from './morning.ts';

let desk: Console;
const page = () => desk.page;
const press = (key: string) => page().keyboard.press(key);
const heading = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor();
const row = (text: string) => page().getByRole('grid').getByRole('row').filter({ hasText: text });
const item = () => page().getByRole('region', { name: 'Rule', exact: true });
const dialog = () => page().getByRole('dialog');
const notice = (text: string | RegExp) => page().locator('.bp6-toast').getByText(text);
const button = (name: string) => dialog().getByRole('button', { name });

async function switchTo(from: string, to: string, arrival: string): Promise<void> {
  await page().getByRole('button', { name: from }).click();
  await page().getByRole('menuitem', { name: 'Switch operator' }).click();
  await beInDemo(page(), to, arrival);
}

/** Lets the other person sign in and agree to the request that waits. */
async function agreed(title: string): Promise<void> {
  await switchTo('Anna Berg', 'Tomas Lind', 'Rules');
  await page().evaluate(`location.hash = '#/approvals'`);
  await row(title).click();
  const request = page().getByRole('region', { name: 'Request', exact: true });
  await request.getByText('Lines looked at').waitFor();
  await press('a');
  await dialog().waitFor();
  await press('Enter');
  await notice(/Done:/).waitFor();
  await switchTo('Tomas Lind', 'Anna Berg', 'Approvals');
}

beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(page());
});
afterAll(() => desk.close());

describe('the rules', () => {
  it('are reached by two keys, and say what would be here', async () => {
    await press('g');
    await press('u');
    await heading('Rules');
    await page().getByText('No rules yet').waitFor();
    expect(await findingsInBothThemes(page(), 'empty')).toEqual([]);
  });

  it('are written with the keyboard, tried, and asked for', async () => {
    await press('n');
    await dialog().getByLabel('Name', { exact: true }).waitFor();
    await press('Control+Enter');
    await dialog()
      .getByText(/This is missing or cannot be read: Why a person is asked, Name/)
      .waitFor();
    await page().keyboard.type('Large receipts');
    await dialog().getByLabel('Currency').fill('EUR');
    await dialog().getByLabel('Amount from').fill('1.00');
    await dialog().getByLabel('Why a person is asked').fill('treasury wants to see them');
    expect(await findingsInBothThemes(page(), 'editor')).toEqual([]);
    await press('Control+Enter');
    await dialog()
      .getByText(/The conditions hold on/)
      .waitFor();
    await dialog().getByRole('row').filter({ hasText: 'go to a person' }).first().waitFor();
    const source = dialog().getByRole('grid', { name: 'Lines that would change' }).getByRole('link').first();
    expect(await source.getAttribute('href')).toMatch(/^#\/transactions\/\d+$/);
    expect(await findingsInBothThemes(page(), 'trial')).toEqual([]);
    await press('Control+Enter');
    await notice(/Sent to be countersigned/).waitFor();
    await soon(() => dialog().count()).toBe(0);
    await page().getByText('No rules yet').waitFor();
  });

  it('count when a second person has agreed, and say what they do', async () => {
    await agreed('Write a rule of the desk');
    await press('g');
    await press('u');
    await row('Large receipts').waitFor();
    await item().getByText('Never without a person: treasury wants to see them').first().waitFor();
    expect(await item().innerText()).toMatch(/rule 1, version 1, changed by Anna Berg/);
    expect(await findingsInBothThemes(page(), 'rules')).toEqual([]);
  });

  it('are switched off through a dry run that is left again', async () => {
    await press('s');
    await dialog().getByText('Switch off rule 1').waitFor();
    await button('Ask a second person').waitFor();
    await soon(() => button('Ask a second person').isDisabled()).toBe(false);
    await press('Escape');
    await soon(() => dialog().count()).toBe(0);
    expect(await item().innerText()).toMatch(/\bon\b/);
    expect(desk.complaints).toEqual([]);
  });
});
