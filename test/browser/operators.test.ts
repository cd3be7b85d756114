import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBase32, hotp, stepAt } from '../../src/main/operators/totp.ts';
import { axeFindings, type Console, openConsole } from './console.ts';

const VAULT = 'gravel Orchid 7 window Tuba lantern';
const PASSPHRASE = 'violet anchors drift past seven lanterns';

let desk: Console;
const secrets: string[] = [];

const page = () => desk.page;
const button = (name: string | RegExp) => page().getByRole('button', { name, exact: true });
const heading = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor();
const dialog = () => page().getByRole('dialog');
const codeOf = (secret: string, ahead = 0) => hotp(fromBase32(secret)!, stepAt(Date.now()) + ahead);

async function findings(): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page().emulateMedia({ colorScheme });
    found.push(...(await axeFindings(page(), colorScheme === 'dark')));
  }
  await page().emulateMedia({ colorScheme: 'light' });
  return found;
}

/** Types a person into the dialog; the code is the oldest that is taken, so that newer ones are left. */
async function typePerson(name: string, passphrase = PASSPHRASE): Promise<void> {
  await dialog().getByLabel('Name').fill(name);
  await dialog().getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await dialog().getByLabel('The same again').fill(passphrase);
  await dialog().getByRole('button', { name: 'Show a key for the app' }).click();
  const secret = await dialog().getByLabel('Key', { exact: true }).inputValue();
  secrets.push(secret);
  expect(await dialog().getByLabel('As an address').inputValue()).toContain('otpauth://totp/');
  await dialog().getByLabel('Code of the app').fill(codeOf(secret, -1));
}

async function signIn(name: string, code: string): Promise<void> {
  await page().getByLabel('Name').fill(name);
  await page().getByLabel('Your passphrase').fill(PASSPHRASE);
  await page().getByLabel('Code of your app').fill(code);
  await button('Sign in').click();
}

beforeAll(async () => {
  desk = await openConsole();
  await heading('Start');
  await button('Create a vault').click();
  await page().getByLabel('Name').fill('Four eyes');
  await page().getByLabel('Passphrase', { exact: true }).fill(VAULT);
  await page().getByLabel('Passphrase again').fill(VAULT);
  await button('Create').click();
  await heading('Recovery key');
  const groups = await page().locator('.cs-key-group').allInnerTexts();
  await button('I have it on paper').click();
  for (const field of await page().locator('.cs-check-groups input').all()) {
    const label = await page()
      .locator(`label[for="${await field.getAttribute('id')}"]`)
      .innerText();
    await field.fill(groups[Number(/\d+/.exec(label)![0]) - 1]!);
  }
  await button('Finish').click();
  await heading('Dashboard');
}, 120_000);
afterAll(() => desk.close());

describe('operators', () => {
  it('are named as two officers in two steps', async () => {
    await page().evaluate('location.hash = "#/operators"');
    await heading('Operators and roles');
    await page().getByText('Nobody is named yet.').waitFor();
    expect(await findings()).toEqual([]);
    await button('Name two officers').first().click();
    await typePerson('Ada Weiss');
    expect(await findings()).toEqual([]);
    await dialog().getByRole('button', { name: 'Next' }).click();
    await page().getByText('The second officer').waitFor();
    await typePerson('Bo Lind');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await heading('Who is there?');
  });

  it('sign in with passphrase and code, and are told nothing where they do not fit', async () => {
    expect(await findings()).toEqual([]);
    await signIn('Ada Weiss', '000000');
    await page().getByText('Name, passphrase and code do not belong together').first().waitFor();
    await signIn('Ada Weiss', codeOf(secrets[0]!));
    await heading('Dashboard');
    await button(/Ada Weiss/).waitFor();
  });

  it('add people with roles, and none whose duties conflict', async () => {
    await page().evaluate('location.hash = "#/operators"');
    await page().getByRole('gridcell', { name: 'Bo Lind' }).waitFor();
    await button('Add an operator').click();
    await typePerson('Cy Moor');
    await dialog().getByText('Treasury analyst').click();
    await dialog().getByText('Treasury approver').click();
    await page().getByText('Who prepares a payment does not release it.').waitFor();
    expect(await dialog().getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await dialog().getByText('Treasury approver').click();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page().getByRole('gridcell', { name: 'Cy Moor' }).waitFor();
    expect(await findings()).toEqual([]);
  });

  it('switch on one workstation', async () => {
    await button(/Ada Weiss/).click();
    await page().getByRole('menuitem', { name: 'Sign out or switch operator' }).click();
    await heading('Who is there?');
    await signIn('Cy Moor', codeOf(secrets[2]!));
    await heading('Dashboard');
    await page().evaluate('location.hash = "#/operators"');
    await page().getByRole('gridcell', { name: 'Bo Lind' }).waitFor();
    expect(await button('Add an operator').isDisabled()).toBe(true);
  });

  it('are shut out by the screen lock, and sign in again', async () => {
    await page().keyboard.press('Control+Shift+L');
    await heading('Who is there?');
    await signIn('Bo Lind', codeOf(secrets[1]!));
    await heading('Dashboard');
  });

  it('leave no complaint of the page', () => {
    expect(desk.complaints).toEqual([]);
  });
});
