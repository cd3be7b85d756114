import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, findingsInBothThemes, openConsole } from './console.ts';
import { EYES_PASSPHRASE, makeEyesVault, type Name, signIn, switchTo } from './eyes.ts';
import { soon } from './morning.ts';

let desk: Console;
let here: Name = 'Ada Weiss';
const page = () => desk.page;
const press = (key: string) => page().keyboard.press(key);
const heading = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor();
const row = (text: string) => page().getByRole('grid').getByRole('row').filter({ hasText: text });
const item = () => page().getByRole('region', { name: 'Policy', exact: true });
const dialog = () => page().getByRole('dialog');
const notice = (text: string | RegExp) => page().locator('.bp6-toast').getByText(text);
const go = (to: string) => page().evaluate(`location.hash = ${JSON.stringify(`#${to}`)}`);

const findings = (name?: string) => findingsInBothThemes(page(), name);

beforeAll(async () => {
  desk = await openConsole();
  await makeEyesVault(desk.dataFolder);
  await page().reload();
  await page().getByLabel('Passphrase', { exact: true }).fill(EYES_PASSPHRASE);
  await press('Enter');
  await heading('Who is there?');
  await signIn(page(), here);
});
afterAll(() => desk.close());

describe('the policies', () => {
  it('say in plain words what they ask for, and are reached by two keys', async () => {
    await press('g');
    await press('y');
    await heading('Policies');
    await row('Wire transfer').click();
    await item().getByText('15 minutes').waitFor();
    const words = await item().innerText();
    for (const part of [
      '100 in number',
      '10,000,000.00 EUR',
      'ML-DSA-87 or stronger',
      'ML-KEM-1024 or stronger',
    ])
      expect(words).toContain(part);
    expect(words).toContain('It was never changed.');
    expect(await findings('policies')).toEqual([]);
  });

  it('show what a draft would change while it is typed, what it loosens, and what it may not', async () => {
    await row('Undoing a cleared match').click();
    await item().getByRole('heading', { name: 'Undoing a cleared match' }).waitFor();
    await press('e');
    await dialog().getByText('Nothing yet.').waitFor();
    const ask = dialog().getByRole('button', { name: /Ask for the change/ });
    expect(await ask.isDisabled()).toBe(true);
    await dialog().getByRole('textbox', { name: 'Time to answer' }).fill('2');
    const change = dialog().getByRole('row').filter({ hasText: 'Time to answer' });
    await change.getByText('2 days').waitFor();
    await change.getByText('asks for less').waitFor();
    await dialog().getByText('One clause asks for less than before.').waitFor();
    await dialog().getByLabel('How many must agree').fill('0');
    await dialog().getByText('a whole number from 1 to 9').waitFor();
    await dialog().getByLabel('How many must agree').fill('9');
    await dialog().getByText('Copy code POLICY_UNSATISFIABLE').waitFor();
    await dialog().getByLabel('How many must agree').fill('1');
    await change.getByText('2 days').waitFor();
    expect(await ask.isDisabled()).toBe(true);
    expect(await findings('draft')).toEqual([]);
    await dialog().getByLabel('Why').fill('The approvers are away on Fridays.');
    await soon(() => ask.isDisabled()).toBe(false);
    await press('Control+Enter');
    await notice(/Sent to be countersigned: needs 1 of administrator or security officer/).waitFor();
    await soon(() => dialog().count()).toBe(0);
  });

  it('are changed when another officer agrees, with a history that says what changed', async () => {
    await switchTo(page(), here, 'Bo Lind');
    here = 'Bo Lind';
    await go('/approvals');
    await page().getByRole('grid').getByRole('row').filter({ hasText: 'Undoing a cleared match' }).click();
    await page().getByRole('region', { name: 'Request', exact: true }).getByText('2 days').waitFor();
    await press('a');
    await press('Enter');
    await notice(/Done: Change the policy/).waitFor();
    await go('/policies?policy=cleared-matches');
    const step = item().getByRole('row').filter({ hasText: 'Time to answer' });
    await step.getByText('asks for less').waitFor();
    expect(await step.innerText()).toMatch(/1 day\s+2 days/);
    expect(await item().innerText()).toContain('Ada Weiss');
    expect(await findings('history')).toEqual([]);
  });
});

describe('the simulator', () => {
  it('says who together could do it on a Sunday, and who not once they are away', async () => {
    await press('g');
    await press('y');
    await row('Journal adjustments').click();
    await press('s');
    await heading('Who together could do it?');
    await page().getByText('2 sets of people could').waitFor();
    await press('s');
    expect(await page().getByLabel('When').inputValue()).toMatch(/^\d{4}-\d\d-\d\d 10:00$/);
    await page().getByLabel('Amount').fill('5,000,000 EUR');
    const answer = page().getByRole('region', { name: 'Answer', exact: true });
    await answer.getByRole('link', { name: 'Cleo Maas' }).waitFor();
    expect(await findings('simulator')).toEqual([]);
    await page().getByRole('checkbox', { name: 'Dov Perl' }).check({ force: true });
    await answer.getByText('One set of people could').waitFor();
    await page().getByRole('checkbox', { name: 'Eve Sand' }).check({ force: true });
    await answer.getByText('Nobody could').waitFor();
    await answer.getByText('What stands in the way').waitFor();
    await page().getByLabel('Amount').fill('five');
    await answer.getByText('Check the amount').waitFor();
    expect(await findings('nobody')).toEqual([]);
  });

  it('is found by the palette', async () => {
    await go('/');
    await heading('Dashboard');
    await press('Control+k');
    await page().getByRole('combobox').fill('who together');
    await press('Enter');
    await heading('Who together could do it?');
    expect(desk.complaints).toEqual([]);
  });
});
