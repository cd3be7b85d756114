import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextCode, type Person } from '../support/people.ts';
import { agreeInWindow, bringNow, type Checker, checkerAt, waitsFor, withCode } from './checking.ts';
import {
  type Console,
  createVaultByHand,
  findingsInBothThemes,
  type Look,
  openConsole,
  signInAt,
  typeOfficer,
} from './console.ts';

const VAULT = 'gravel Orchid 7 window Tuba lantern';

let desk: Console;
const gate: string[] = [];
let ada: Person;
let bo: Person;
let cy: Person;
let checker: Checker | undefined;

const page = () => desk.page;
const button = (name: string | RegExp) => page().getByRole('button', { name, exact: true });
const heading = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor();
const dialog = () => page().getByRole('dialog');

const findings = (name?: string) => findingsInBothThemes(page(), name);

/** Types a person into the dialog. */
async function typePerson(name: string): Promise<Person> {
  await dialog().getByLabel('Name').fill(name);
  const person = await typeOfficer(page(), name);
  expect(await dialog().getByLabel('As an address').inputValue()).toContain('otpauth://totp/');
  await dialog().getByRole('img', { name: 'The key as a QR code for the app' }).waitFor();
  return person;
}

beforeAll(async () => {
  desk = await openConsole();
  const look: Look = async (screen) => {
    if (screen === 'officers') gate.push(...(await findings()));
  };
  const made = await createVaultByHand(desk, { name: 'Four eyes', passphrase: VAULT, look });
  [ada, bo] = made.officers;
}, 120_000);
afterAll(async () => {
  checker?.close();
  await desk?.close();
});

describe('operators', () => {
  it('are named as two officers before anything else, and axe finds nothing there', () => {
    expect(gate).toEqual([]);
  });

  it('are told nothing where passphrase and code do not fit', async () => {
    await page().keyboard.press('Control+Shift+U');
    await heading('Who is there?');
    expect(await findings()).toEqual([]);
    expect(await page().getByText('Try it as one of these people').count()).toBe(0);
    await page().getByLabel('Name').fill(ada.name);
    await page().getByLabel('Your passphrase').fill(ada.passphrase);
    await page().getByLabel('Code of your app').fill('000000');
    await button('Sign in').click();
    await page().getByText('Name, passphrase and code do not belong together').first().waitFor();
    await signInAt(page(), await withCode(bo));
    await button(/Bo Lind/).waitFor();
  });

  it('add people with roles once the other officer agrees, and none whose duties conflict', async () => {
    await page().evaluate('location.hash = "#/operators"');
    await page().getByRole('gridcell', { name: 'Bo Lind' }).waitFor();
    await button('Add an operator').click();
    cy = await typePerson('Cy Moor');
    await dialog().getByText('Treasury analyst').click();
    await dialog().getByText('Treasury approver').click();
    await page().getByText('Who prepares a payment does not release it.').waitFor();
    expect(await dialog().getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await dialog().getByText('Treasury approver').click();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await waitsFor(page(), 'administrator');
    expect(await page().getByRole('gridcell', { name: 'Cy Moor' }).count()).toBe(0);
    await agreeInWindow(page(), ada, 'Name a person');
    await bringNow(page());
    expect(await dialog().getByLabel('Name').inputValue()).toBe('Cy Moor');
    expect(await dialog().getByLabel('Treasury analyst').isChecked()).toBe(true);
    expect(await dialog().getByLabel('Treasury approver').isChecked()).toBe(false);
    cy = await typePerson('Cy Moor');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page().getByRole('gridcell', { name: 'Cy Moor' }).waitFor();
    expect(await findings()).toEqual([]);
  });

  it('lend roles, which every window says until they are given back', async () => {
    await page().getByRole('gridcell', { name: 'Cy Moor' }).click();
    await button('Break glass').click();
    await dialog().getByText('Custody officer').click();
    expect(await dialog().getByRole('button', { name: 'Lend the roles' }).isDisabled()).toBe(true);
    await dialog().getByLabel('Because').fill('The custody desk is away');
    expect(await findings()).toEqual([]);
    await dialog().getByRole('button', { name: 'Lend the roles' }).click();
    await waitsFor(page(), 'administrator');
    checker = await checkerAt(desk, 'Four eyes', ada);
    await checker.agree('Lend roles in an emergency');
    const banner = page().getByRole('region', { name: 'Lent roles' });
    await banner.getByText('Cy Moor holds Custody officer').waitFor();
    await page().getByRole('region', { name: 'Critical incidents' }).getByText('Break-glass').waitFor();
    expect(await findings()).toEqual([]);
    await banner.getByRole('button', { name: 'End it now' }).click();
    await expect.poll(() => banner.getByText('Cy Moor').count()).toBe(0);
  });

  it('switch on one workstation, and the screen stays', async () => {
    await button(/Bo Lind/).click();
    await page().getByRole('menuitem', { name: 'Switch operator' }).click();
    await signInAt(page(), await withCode(cy), 'Operators and roles');
    await page().getByRole('gridcell', { name: 'Bo Lind' }).waitFor();
    expect(await button('Add an operator').isDisabled()).toBe(true);
  });

  it('change their own passphrase', async () => {
    await button(/Cy Moor/).click();
    await page().getByRole('menuitem', { name: 'You and your passphrase' }).click();
    await dialog().getByText('Ed25519+ML-DSA-87').waitFor();
    expect(await findings()).toEqual([]);
    await dialog().getByLabel('The one of now').fill(cy.passphrase);
    await dialog().getByLabel('The new one').fill('granite stairs below a signal tower');
    await dialog().getByLabel('The same again').fill('granite stairs below a signal tower');
    await dialog()
      .getByLabel('Code of your app')
      .fill(await nextCode(cy));
    await dialog().getByRole('button', { name: 'Change it' }).click();
    await page().getByText('Your passphrase is changed.').first().waitFor();
  });

  it('are shut out by the screen lock, and sign in again', async () => {
    await page().keyboard.press('Control+Shift+L');
    await signInAt(page(), await withCode(ada), 'Operators and roles');
  });

  it('leave no complaint of the page', () => {
    expect(desk.complaints).toEqual([]);
  });
});
