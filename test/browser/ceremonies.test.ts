/** Ceremonies with the keyboard alone: a key is made, recovered and handed to another custodian. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEMO_PEOPLE, verifyTranscriptFile } from '../../src/main/engine/index.ts';
import { readPdf } from '../ceremonies/pdf.ts';
import { nextCode, personWith } from '../support/people.ts';
import { axeFindings, type Console, enterDemo, findingsInBothThemes, openConsole } from './console.ts';
import { writeFilm } from './y4m.ts';

const LEADER = 'Ines Vogt';
const WITNESS = 'Pavel Horak';
const FIRST = 'Anna Berg';
const SECOND = 'Tomas Lind';
const THIRD = 'Farid Aziz';

const people = new Map(DEMO_PEOPLE.map((one) => [one.name, personWith(one)]));
const film = join(mkdtempSync(join(tmpdir(), 'countersign-share-')), 'share.y4m');

let desk: Console;
beforeAll(async () => {
  // The camera is there from the beginning, before something that is no share.
  writeFilm(film, ['no share']);
  desk = await openConsole({
    flags: [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  });
  // Seven people's keys are made meanwhile, each under a passphrase that takes its time.
  desk.page.setDefaultTimeout(60_000);
  await enterDemo(desk.page, LEADER);
  // Of the leader's codes the one of this half minute was used to sign in, and with it those before.
  people.get(LEADER)!.code();
  people.get(LEADER)!.code();
  // From here on the keyboard is enough.
  const { mouse } = desk.page;
  for (const act of ['click', 'dblclick', 'down', 'move', 'wheel'] as const)
    mouse[act] = () => Promise.reject(new Error('no mouse in this test'));
}, 120_000);
afterAll(async () => {
  await desk.close();
  rmSync(dirname(film), { recursive: true, force: true });
});

const page = () => desk.page;
const press = (key: string) => page().keyboard.press(key);
const type = (text: string) => page().keyboard.insertText(text);
const heading = (level: number, name: string | RegExp) =>
  page().getByRole('heading', { level, name }).waitFor();
const button = (name: string) => page().getByRole('button', { name, exact: true });
const focused = (target: Locator) => target.and(page().locator(':focus')).waitFor();

async function tabTo(target: Locator): Promise<void> {
  await target.waitFor();
  for (let steps = 0; steps < 60; steps += 1) {
    if ((await target.and(page().locator(':focus')).count()) > 0) return;
    await press('Tab');
  }
  throw new Error(`not reached with Tab: ${target}`);
}

/** The next code of somebody. */
const codeOf = (name: string) => nextCode(people.get(name)!);

/** Everybody whose turn it is signs, each in the field that has the focus. */
async function signAll(names: readonly string[], withCode = false): Promise<void> {
  for (const name of names) {
    const field = page().getByLabel(`Passphrase of ${name}`);
    await focused(field);
    await type(people.get(name)!.passphrase);
    if (withCode) {
      await tabTo(page().getByLabel(`Code of ${name}’s app`));
      await type(await codeOf(name));
    }
    await press('Enter');
    await field.waitFor({ state: 'detached' });
  }
}

/** The step’s own button has the focus. */
async function doStep(title: string, act: string): Promise<void> {
  await heading(2, title);
  await focused(button(act));
  await press('Enter');
}

async function chooseAll(legend: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const box = page().getByRole('group', { name: legend }).getByRole('checkbox', { name });
    await tabTo(box);
    await press('Space');
    await box.and(page().locator(':checked')).waitFor();
  }
}

const BRINGS = 'Custodians who bring their share';
const RECEIVES = 'Custodians who receive a share';

/** Puts a rehearsal together in the dialog. `down` is the place of its kind in the list. */
async function begin(
  down: number,
  choices: readonly (readonly [string, readonly string[]])[],
): Promise<void> {
  await heading(1, 'Ceremonies');
  await press('n');
  const kind = page().getByLabel('What it is about');
  await focused(kind);
  for (let i = 0; i < down; i += 1) await press('ArrowDown');
  if (down === 0) {
    await tabTo(page().getByLabel('Name of the new key'));
    await type('Root key 2026');
  } else {
    await tabTo(page().getByLabel('Key', { exact: true }));
    await press('ArrowDown');
  }
  for (const [legend, names] of choices) await chooseAll(legend, names);
  await chooseAll('Witnesses', [WITNESS]);
  await tabTo(button('Begin the rehearsal'));
  await press('Enter');
}

/** Everybody signs that they are here. */
async function assemble(custodians: readonly string[]): Promise<void> {
  await doStep('Everybody is here', 'Everybody is here');
  await page().getByText('REHEARSAL', { exact: true }).waitFor();
  await signAll([LEADER, WITNESS, ...custodians], true);
}

/** Takes a share off the screen, as it goes to paper. */
async function readSheet(share: number, name: string): Promise<string> {
  await doStep(`Share ${share} for ${name}`, 'Show the share');
  await heading(2, `Share ${share} of 2, for ${name}`);
  const words = await page().locator('.cs-sheet-words .cs-mono').allInnerTexts();
  expect(words).toHaveLength(30);
  return words.join(' ');
}

async function putAway(name: string): Promise<void> {
  await tabTo(button('It is on paper: put it away'));
  await press('Enter');
  await signAll([name, WITNESS]);
}

async function typeShare(title: string, words: string, name: string): Promise<void> {
  await heading(2, title);
  await focused(page().getByLabel('The thirty words'));
  await type(words);
  await press('Enter');
  await signAll([name, WITNESS]);
}

/** Steps at which nothing is typed and which the leaders sign. */
async function leadersDo(steps: readonly (readonly [title: string, act: string])[]): Promise<void> {
  for (const [title, act] of steps) {
    await doStep(title, act);
    await signAll([LEADER, WITNESS]);
  }
}

async function closeAll(everybody: readonly string[]): Promise<void> {
  await doStep('Close the ceremony', 'Close the ceremony');
  await signAll([LEADER, WITNESS, ...everybody]);
  await heading(2, 'The ceremony is over');
  await page().getByRole('heading', { name: 'Verified', exact: true }).waitFor();
}

/** What is saved when a button with the focus is pressed. */
async function saved(): Promise<Buffer> {
  const [download] = await Promise.all([page().waitForEvent('download'), press('Enter')]);
  return readFileSync((await download.path())!);
}

const INTO_USE = [
  ['Put the key into the tokens', 'Put the key in'],
  ['Verify the tokens', 'Ask the tokens'],
  ['Wrap the seeds under the key', 'Wrap the seeds'],
] as const;

const sheets: string[] = [];

test('a rehearsal that makes a key, from the plan to the verified transcript', async () => {
  await press('g');
  await press('w');
  await begin(0, [[RECEIVES, [FIRST, SECOND]]]);
  await doStep('Everybody is here', 'Everybody is here');
  await page().getByText('REHEARSAL', { exact: true }).waitFor();
  expect(await findingsInBothThemes(page(), 'assemble')).toEqual([]);
  await signAll([LEADER, WITNESS, FIRST, SECOND], true);

  await press('Control+e');
  await tabTo(page().getByLabel('What happened'));
  await type('the window blind was open');
  await tabTo(button('Enter it'));
  await press('Enter');
  await leadersDo([['Generate and split the key', 'Generate the key']]);
  await page().getByText('the window blind was open').waitFor();

  sheets.push(await readSheet(1, FIRST));
  expect(await findingsInBothThemes(page(), 'sheet')).toEqual([]);
  await press('Escape');
  await focused(button('Stay'));
  await press('Enter');
  await tabTo(button('Save as PDF'));
  const { texts, code } = readPdf(await saved());
  expect(texts.join(' ')).toContain('REHEARSAL');
  expect(code).toBe(sheets[0]);
  // What the custodian will hold before the camera.
  rmSync(film);
  writeFilm(film, [code!]);
  await page().evaluate('window.dispatchEvent(new Event("blur"))');
  await page().getByText('The share is hidden').waitFor();
  expect(await page().locator('.cs-sheet-words').count()).toBe(0);
  await tabTo(button('Show it again'));
  await press('Enter');
  await putAway(FIRST);
  sheets.push(await readSheet(2, SECOND));
  await putAway(SECOND);

  await heading(2, `${FIRST} reads share 1 back`);
  const field = page().getByLabel('The thirty words');
  await focused(field);
  await type('zzzz ');
  await page().getByText('Word 1 stands in no list.').waitFor();
  await press('Control+a');
  await type(sheets[1]!);
  await press('Enter');
  await page().getByText('This is another custodian’s share.').first().waitFor();
  await press('Control+a');
  await type(sheets[0]!);
  await press('Enter');
  await signAll([FIRST, WITNESS]);
  await typeShare(`${SECOND} reads share 2 back`, sheets[1]!, SECOND);
  await leadersDo([['Prove the shares', 'Prove the shares'], ...INTO_USE]);
  await closeAll([FIRST, SECOND]);
  // That another share was shown first stands in the transcript.
  await page().getByText('A share was shown that was not the one that was meant').waitFor();
  expect(await axeFindings(page())).toEqual([]);
  await tabTo(button('Save the transcript'));
  expect(verifyTranscriptFile((await saved()).toString())).toMatchObject({ verified: true });
  await press('Escape');
  await heading(1, 'Ceremonies');
  await page().getByRole('gridcell', { name: '11 of 11' }).waitFor();
  expect(await axeFindings(page())).toEqual([]);
  expect(desk.complaints).toEqual([]);
}, 240_000);

test('the key is recovered: one share by camera, one typed with a wrong word first, after a stop', async () => {
  await begin(2, [[BRINGS, [FIRST, SECOND]]]);
  await assemble([FIRST, SECOND]);
  await heading(2, `${FIRST} brings share 1`);
  await press('Escape');
  await heading(1, 'Ceremonies');
  await tabTo(page().getByRole('link', { name: 'Recover a key' }));
  await press('Enter');

  await heading(2, `${FIRST} brings share 1`);
  await tabTo(button('Read the code with the camera'));
  await press('Enter');
  await page().getByText('Hold the sheet before the camera.').waitFor();
  // The dialog goes by itself when it has read the code, and the share waits to be taken.
  await page().getByText('30 of 30 words').waitFor();
  await focused(button('Take the share'));
  expect(await page().getByLabel('The thirty words').inputValue()).toBe(sheets[0]);
  await press('Enter');
  await signAll([FIRST, WITNESS]);

  const words = sheets[1]!.split(' ');
  await heading(2, `${SECOND} brings share 2`);
  await focused(page().getByLabel('The thirty words'));
  await type(words.with(8, words[8] === 'abandon' ? 'zoo' : 'abandon').join(' '));
  await press('Enter');
  await page().getByText('Word 9 is not the one on the sheet.').waitFor();
  expect(await axeFindings(page())).toEqual([]);
  await press('Control+a');
  await typeShare(`${SECOND} brings share 2`, sheets[1]!, SECOND);
  await leadersDo([['Join the shares', 'Join the shares'], ...INTO_USE]);
  await closeAll([FIRST, SECOND]);
  await press('Escape');
  expect(desk.complaints).toEqual([]);
}, 240_000);

test('a custodian is replaced, and the share that was replaced counts no more', async () => {
  await begin(3, [
    [BRINGS, [FIRST, SECOND]],
    [RECEIVES, [FIRST, THIRD]],
  ]);
  await assemble([FIRST, THIRD, SECOND]);
  await typeShare(`${FIRST} brings share 1`, sheets[0]!, FIRST);
  await typeShare(`${SECOND} brings share 2`, sheets[1]!, SECOND);
  await leadersDo([['Join the shares', 'Join the shares']]);
  const fresh: string[] = [];
  for (const [at, name] of [FIRST, THIRD].entries()) {
    fresh.push(await readSheet(at + 1, name));
    await putAway(name);
  }
  await heading(2, `${FIRST} reads share 1 back`);
  await focused(page().getByLabel('The thirty words'));
  await type(sheets[0]!);
  await press('Enter');
  await page().getByText('The share belongs to another ceremony').first().waitFor();
  await press('Control+a');
  await typeShare(`${FIRST} reads share 1 back`, fresh[0]!, FIRST);
  await typeShare(`${THIRD} reads share 2 back`, fresh[1]!, THIRD);
  await leadersDo([
    ['Prove the shares', 'Prove the shares'],
    ['Void the old shares', 'Void the old shares'],
  ]);
  await closeAll([FIRST, THIRD, SECOND]);
  await press('Escape');
  await heading(1, 'Ceremonies');
  expect(desk.complaints).toEqual([]);
}, 240_000);
