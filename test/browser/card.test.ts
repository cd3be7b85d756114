/** The sign-in with a card, by the keyboard alone, and what it opens: keys on tokens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, enterDemo, findingsInBothThemes, openConsole } from './console.ts';

let desk: Console;
const page = () => desk.page;
const press = (key: string) => page().keyboard.press(key);
const gate = () => page().getByRole('heading', { level: 1, name: 'Who is there?' });
const submit = () => page().getByRole('button', { name: 'Sign in', exact: true });
const dialog = () => page().getByRole('dialog');

/** Waits until the form is complete and its button holds the focus. */
const isReady = () => page().locator('button[type=submit]:focus:enabled').waitFor({ timeout: 60_000 });

async function leave(): Promise<void> {
  await page().keyboard.press('ControlOrMeta+Shift+U');
  await gate().waitFor();
}

beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(page(), 'Ines Vogt');
}, 180_000);
afterAll(() => desk.close());

describe('a card at the sign-in', { timeout: 180_000 }, () => {
  it('is offered, found in the reader, and opens the session with its PIN', async () => {
    await leave();
    await page().getByRole('radio', { name: 'By code' }).focus();
    await press('ArrowRight');
    await page().getByText('No card is in the reader.').waitFor();
    expect(await findingsInBothThemes(page())).toEqual([]);
    // The demo makes the cards of its people when they are first asked for.
    await press('Alt+1');
    await isReady();
    expect(await page().getByLabel('PIN of the card').inputValue()).toBe('271828');
    await press('Enter');
    await page().getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor({ timeout: 60_000 });
  });

  it('refuses a wrong PIN in words, and forgets it', async () => {
    await leave();
    await page().getByRole('radio', { name: 'By code' }).focus();
    await press('ArrowRight');
    await page().getByText('The card of Ines Vogt is in the reader.').waitFor({ timeout: 60_000 });
    expect(await page().getByLabel('Name', { exact: true }).inputValue()).toBe('Ines Vogt');
    await page().getByLabel('Your passphrase').fill('copper lantern over a quiet harbour');
    await page().getByLabel('PIN of the card').fill('000000');
    await press('Enter');
    await page().getByText('The token refused the PIN.').waitFor({ timeout: 60_000 });
    expect(await page().getByLabel('PIN of the card').inputValue()).toBe('');
    expect(await submit().isDisabled()).toBe(true);
    expect(await findingsInBothThemes(page())).toEqual([]);
    await page().getByLabel('PIN of the card').fill('271828');
    await press('Enter');
    await page().getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor({ timeout: 60_000 });
  });

  it('is shown with its holder, and one for somebody else waits for two people', async () => {
    await page().evaluate("location.hash = '#/operators'");
    await page().getByRole('heading', { level: 1, name: 'Operators and roles' }).waitFor();
    await page()
      .getByRole('row', { name: /Ines Vogt.*card/ })
      .waitFor();
    await page()
      .getByRole('row', { name: /Farid Aziz/ })
      .click();
    await page().getByRole('button', { name: 'Smart card' }).click();
    await dialog().getByText('The card of Ines Vogt is in the reader.').waitFor({ timeout: 60_000 });
    expect(await findingsInBothThemes(page(), 'dialog')).toEqual([]);
    await dialog().getByLabel('PIN of the card').fill('271828');
    await press('Enter');
    // Two people agree to a card; this one is another’s, which is told when it is brought.
    await dialog().getByText('Asked for.').waitFor();
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });
});
