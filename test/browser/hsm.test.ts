import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, enterDemo, findingsInBothThemes, openConsole } from './console.ts';

let desk: Console;
const page = () => desk.page;
const dialog = () => page().getByRole('dialog');
const gone = () => dialog().waitFor({ state: 'detached', timeout: 30_000 });
const tokens = () => page().getByRole('region', { name: 'Tokens' });

const findings = (name?: string) => findingsInBothThemes(page(), name);

/** Types into the field that has the focus and sends the dialog. */
async function typeAndSend(text: string): Promise<void> {
  await dialog().waitFor();
  await page().keyboard.press('ControlOrMeta+a');
  await page().keyboard.type(text);
  await page().keyboard.press('Enter');
  await gone();
}

beforeAll(async () => {
  desk = await openConsole();
  // A security officer; treasury has no business with tokens.
  await enterDemo(page(), 'Ines Vogt');
  await page().keyboard.press('g');
  await page().keyboard.press('t');
  await page().getByRole('heading', { level: 1, name: 'HSM' }).waitFor();
}, 120_000);
afterAll(() => desk.close());

describe('the HSM screen', { timeout: 90_000 }, () => {
  it('says what would be here, and offers the embedded token', async () => {
    await page().getByText('No token yet').waitFor();
    expect(await findings()).toEqual([]);
    await page().getByRole('button', { name: 'Set up software token' }).first().focus();
    await page().keyboard.press('Enter');
    await typeAndSend('Desk token');
    const line = tokens().getByRole('row', { name: /Desk token/ });
    await line.getByText('healthy').waitFor();
    await page()
      .getByRole('link', { name: /HSM 1\/1/ })
      .waitFor();
  });

  it('tells how each post-quantum algorithm is carried', async () => {
    const detail = page().getByRole('region', { name: 'What Desk token can do' });
    await detail.getByRole('row', { name: /^ML-DSA-65 .*(seed sealed|The seed is sealed)/ }).waitFor();
    await detail.getByText('CKM_EDDSA').waitFor();
  });

  it('makes a key by the keyboard alone, closes the token, and opens it again', async () => {
    await page().getByRole('heading', { level: 1, name: 'HSM' }).click();
    await page().keyboard.press('n');
    await typeAndSend('Log head');
    await page().getByRole('grid', { name: 'Keys' }).getByText('Log head').waitFor();
    await tokens().getByRole('button', { name: 'Close' }).click();
    await tokens()
      .getByText(/closed/)
      .waitFor();
    await tokens().getByRole('button', { name: 'Open' }).click();
    await dialog().getByRole('button', { name: 'Open' }).click();
    await gone();
    await tokens().getByText('healthy').waitFor();
    expect(await findings()).toEqual([]);
  });

  it('shows the recovery plans, migrations and waiting requests', async () => {
    for (const [tab, words] of [
      ['Recovery plans', 'reconnect → fail over → open the circuit → alert'],
      ['Migrations', 'No key was moved yet'],
      [/^Waiting requests/, 'No signing request had to wait'],
    ] as const) {
      await page().getByRole('button', { name: tab }).click();
      await page().getByText(words).waitFor();
      expect(await findings()).toEqual([]);
    }
  });
});
