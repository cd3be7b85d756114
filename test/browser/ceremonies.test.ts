import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEMO_PEOPLE } from '../../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt } from '../../src/main/operators/totp.ts';
import { axeFindings, type Console, enterDemo, openConsole } from './console.ts';

const LEADER = 'Ines Vogt';
const WITNESS = 'Pavel Horak';
const CUSTODIANS = ['Anna Berg', 'Tomas Lind', 'Farid Aziz'];

let desk: Console;
beforeAll(async () => {
  desk = await openConsole();
  await enterDemo(desk.page, LEADER);
  // From here on the keyboard is enough.
  const { mouse } = desk.page;
  for (const act of ['click', 'dblclick', 'down', 'move', 'wheel'] as const)
    mouse[act] = () => Promise.reject(new Error('no mouse in this test'));
}, 120_000);
afterAll(() => desk.close());

const page = () => desk.page;
const press = (key: string) => page().keyboard.press(key);
const type = (text: string) => page().keyboard.insertText(text);
const heading = (level: number, name: string | RegExp) =>
  page().getByRole('heading', { level, name }).waitFor();
const button = (name: string) => page().getByRole('button', { name, exact: true });

async function tabTo(target: Locator): Promise<void> {
  await target.waitFor();
  for (let steps = 0; steps < 60; steps += 1) {
    if ((await target.and(page().locator(':focus')).count()) > 0) return;
    await press('Tab');
  }
  throw new Error(`not reached with Tab: ${target}`);
}

/** The leader's code of this moment was used to sign in; the next one is taken already. */
function codeOf(name: string): string {
  const { secret } = DEMO_PEOPLE.find((person) => person.name === name)!;
  return hotp(fromBase32(secret)!, stepAt(Date.now()) + (name === LEADER ? 1 : 0));
}

/** Everybody whose turn it is signs, each in the field that has the focus. */
async function signAll(names: readonly string[], withCode = false): Promise<void> {
  for (const name of names) {
    const field = page().getByLabel(`Passphrase of ${name}`);
    await field.and(page().locator(':focus')).waitFor();
    await type(DEMO_PEOPLE.find((person) => person.name === name)!.passphrase);
    if (withCode) {
      await tabTo(page().getByLabel(`Code of ${name}’s app`));
      await type(codeOf(name));
    }
    await press('Enter');
    await field.waitFor({ state: 'detached' });
  }
}

/** The step’s own button has the focus. */
async function doStep(title: string, act: string): Promise<void> {
  await heading(2, title);
  await button(act).and(page().locator(':focus')).waitFor();
  await press('Enter');
}

test('a 2-of-3 rehearsal, from the plan to the verified transcript, with the keyboard alone', async () => {
  await press('g');
  await press('w');
  await heading(1, 'Ceremonies');
  await press('n');
  await tabTo(page().getByLabel('Name of the new key'));
  await type('Root key 2026');
  for (const [legend, names] of [
    ['Custodians who receive a share', CUSTODIANS],
    ['Witnesses', [WITNESS]],
  ] as const) {
    for (const name of names) {
      await tabTo(page().getByRole('group', { name: legend }).getByRole('checkbox', { name }));
      await press('Space');
    }
    if (legend !== 'Witnesses') await page().getByText('Choose a witness.').waitFor();
  }
  await tabTo(button('Begin the rehearsal'));
  await press('Enter');

  await doStep('Everybody is here', 'Everybody is here');
  await page().getByText('REHEARSAL', { exact: true }).waitFor();
  expect(await axeFindings(page())).toEqual([]);
  await signAll([LEADER, WITNESS, ...CUSTODIANS], true);

  await press('Control+e');
  await tabTo(page().getByLabel('What happened'));
  await type('the window blind was open');
  await tabTo(button('Enter it'));
  await press('Enter');

  await doStep('Generate and split the key', 'Generate the key');
  await signAll([LEADER, WITNESS]);
  await page().getByText('the window blind was open').waitFor();

  const sheets: string[] = [];
  for (const [at, name] of CUSTODIANS.entries()) {
    await doStep(`Share ${at + 1} for ${name}`, 'Show the share');
    await heading(2, `Share ${at + 1} of 3, for ${name}`);
    const words = await page().locator('.cs-sheet-words .cs-mono').allInnerTexts();
    expect(words).toHaveLength(30);
    sheets.push(words.join(' '));
    if (at === 0) {
      expect(await axeFindings(page())).toEqual([]);
      await press('Escape');
      await button('Stay').and(page().locator(':focus')).waitFor();
      await press('Enter');
      await page().evaluate('window.dispatchEvent(new Event("blur"))');
      await page().getByText('The share is hidden').waitFor();
      expect(await page().locator('.cs-sheet-words').count()).toBe(0);
      await tabTo(button('Show it again'));
      await press('Enter');
    }
    await tabTo(button('It is on paper: put it away'));
    await press('Enter');
    await signAll([name, WITNESS]);
  }

  for (const [at, name] of CUSTODIANS.entries()) {
    await heading(2, `${name} reads share ${at + 1} back`);
    const field = page().getByLabel('The thirty words');
    await field.and(page().locator(':focus')).waitFor();
    if (at === 0) {
      await type('zzzz ');
      await page().getByText('Word 1 stands in no list.').waitFor();
      await press('Control+a');
      await type(sheets[1]!);
      await press('Enter');
      await page().getByText('This is another custodian’s share.').waitFor();
      await press('Control+a');
    }
    await type(sheets[at]!);
    await press('Enter');
    await signAll([name, WITNESS]);
  }

  await doStep('Prove the shares', 'Prove the shares');
  await signAll([LEADER, WITNESS]);
  await doStep('Put the key into the tokens', 'Put the key in');
  await signAll([LEADER, WITNESS]);
  await doStep('Verify the tokens', 'Ask the tokens');
  await signAll([LEADER, WITNESS]);
  await doStep('Close the ceremony', 'Close the ceremony');
  await signAll([LEADER, WITNESS, ...CUSTODIANS]);

  await heading(2, 'The ceremony is over');
  await page().getByRole('heading', { name: 'Verified', exact: true }).waitFor();
  expect(await axeFindings(page())).toEqual([]);
  await press('Escape');
  await heading(1, 'Ceremonies');
  await page().getByRole('gridcell', { name: '12 of 12' }).waitFor();
  expect(await axeFindings(page())).toEqual([]);
  expect(desk.complaints).toEqual([]);
}, 240_000);
