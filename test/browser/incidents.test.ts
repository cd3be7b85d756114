import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Console,
  findingsInBothThemes,
  hireOverSocket,
  nameOfficersByHand,
  openConsole,
  signInAt,
} from './console.ts';
import { soon } from './morning.ts';
import { makeNightVault, NIGHT, NIGHT_PASSPHRASE, NIGHT_VAULT } from './vigil.ts';

let desk: Console;
const page = () => desk.page;
const press = (key: string) => page().keyboard.press(key);
const heading = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor();
const row = (text: string) => page().getByRole('row').filter({ hasText: text });
const item = () => page().getByRole('region', { name: 'Incident', exact: true });
const [hsm, backup, compromised, due] = NIGHT.map(({ title }) => title) as [string, string, string, string];

const findings = (name?: string) => findingsInBothThemes(page(), name);

beforeAll(async () => {
  desk = await openConsole();
  await makeNightVault(desk.dataFolder);
  await page().reload();
  await page().getByLabel('Passphrase', { exact: true }).fill(NIGHT_PASSPHRASE);
  await press('Enter');
  // The night desk has its officers named in the morning.
  const officers = await nameOfficersByHand(page());
  // To the officers a note is masked, since it may name a customer; compliance reads it.
  await signInAt(page(), await hireOverSocket(desk, NIGHT_VAULT, officers, ['compliance-officer']));
});
afterAll(() => desk.close());

describe('incidents on every screen', () => {
  it('are counted in the navigation, and a critical one stands across the top and leads to itself', async () => {
    await page()
      .getByRole('link', { name: /Incidents.*4 wait for you/ })
      .waitFor();
    const banner = page().getByRole('region', { name: 'Critical incidents' });
    await banner.getByText(/\d:\d\d left/).waitFor();
    expect(await findings('banner')).toEqual([]);
    await banner.getByRole('link', { name: compromised }).click();
    await heading('Incidents');
    await item().getByRole('heading', { name: compromised }).waitFor();
  });

  it('come up by themselves as a clock runs out, and lead to the incident', async () => {
    const notice = page().getByText(`Escalated, High: ${hsm}`);
    await notice.waitFor({ timeout: 40_000 });
    const heardMs = Date.now();
    await page().getByRole('button', { name: 'Open', exact: true }).last().click();
    await item().getByRole('heading', { name: hsm }).waitFor();
    const dueMs = Date.parse(/Not acknowledged by ([\d-]+ [\d:]+ UTC)/.exec(await item().innerText())![1]!);
    expect(heardMs).toBeGreaterThan(dueMs);
    // A second by the engine, and what a loaded machine needs to draw.
    expect(heardMs - dueMs).toBeLessThan(3_000);
    await item().getByText('supervisor').waitFor();
    expect(desk.complaints).toEqual([]);
  });
});

describe('the screen of the incidents', () => {
  it('has nothing for axe to find, light and dark, with an item and without any', async () => {
    await page().evaluate('location.hash = "#/incidents"');
    await row(due).waitFor();
    expect(await findings('incidents')).toEqual([]);
    await page().evaluate('location.hash = "#/incidents?state=resolved"');
    await page().getByText('No incident is in this state.').waitFor();
    expect(await findings('no incidents')).toEqual([]);
  });

  it('is worked by the keyboard alone: move, acknowledge, escalate, assign, resolve with a cause', async () => {
    await page().evaluate('location.hash = "#/incidents"');
    await row(due).waitFor();
    await press('Home');
    // The worst stands first, whatever came last.
    await item().getByRole('heading', { name: compromised }).waitFor();
    await press('j');
    await item().getByRole('heading', { name: hsm }).waitFor();
    await press('k');
    await item().getByRole('heading', { name: compromised }).waitFor();
    await press('a');
    await soon(() => item().innerText()).toContain('acknowledged it');
    await press('e');
    await page().getByLabel('Why it must go one level up').fill('It protects names.');
    expect(await findings('escalate')).toEqual([]);
    await press('Control+Enter');
    await item().getByText('It protects names.').waitFor();
    await press('o');
    await page().getByLabel('Who takes it in hand').fill('grace');
    await press('Enter');
    await soon(() => item().innerText()).toContain('assigned it');
    await press('r');
    const resolve = page().getByRole('dialog').getByRole('button', { name: 'Resolve' });
    expect(await resolve.isDisabled()).toBe(true);
    await page().getByLabel('What the cause was').fill('A drill.');
    await press('Control+Enter');
    await soon(() => row(compromised).count()).toBe(0);
    await press('4');
    await row(compromised).waitFor();
    await item().getByText('A drill.').waitFor();
    await page()
      .getByRole('link', { name: /Incidents.*3 wait for you/ })
      .waitFor();
    await page().evaluate('location.hash = "#/audit"');
    await heading('Audit');
    await soon(() => page().getByRole('region', { name: 'Critical incidents' }).innerText()).toBe('');
    await page().evaluate('location.hash = "#/incidents"');
    await row(due).waitFor();
  });

  it('says what to do next by kind, the facts, and who has it', async () => {
    await press('1');
    await row(backup).click();
    await item().getByRole('heading', { name: backup }).waitFor();
    const words = await item().innerText();
    expect(words).toContain('Run a backup by hand');
    expect(words).toContain('BACKUP_TARGET_UNREACHABLE');
    expect(words).toContain('ada');
    expect(words).toContain('2 times');
  });
});

describe('the heartbeat', () => {
  it('stands on the status bar in words and leads to its page, which verifies the chain', async () => {
    const mark = page().getByRole('link', { name: /^.?\s*heartbeat failed: backup\.ship/ });
    await mark.click();
    await heading('Heartbeat');
    const sources = page().getByRole('region', { name: 'Sources' });
    expect(await sources.getByRole('row').nth(1).innerText()).toMatch(/backup\.ship[\s\S]*Failed/);
    await page()
      .getByText('The vault was opened; nothing was reported while it was closed.')
      .first()
      .waitFor();
    expect(await findings('heartbeat')).toEqual([]);
    await press('v');
    await page()
      .getByText(/\d+ events verified/)
      .waitFor();
    await sources.getByRole('button', { name: 'keys.rotation-check' }).click();
    await page()
      .getByText(/^\d+ rows$/)
      .waitFor();
    await soon(() => page().getByRole('grid').innerText()).not.toContain('engine.beat');
    expect(await findings('heartbeat of one source')).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });
});

describe('what leaves the vault', () => {
  it('is one line a notice, without the facts', async () => {
    const { readFileSync, statSync } = await import('node:fs');
    const folder = `${desk.dataFolder}/countersign/vaults/${NIGHT_VAULT}.vault`;
    const path = `${folder}/${NIGHT_VAULT}-incidents.jsonl`;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('Muster');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { action: string; title: string });
    expect(lines.filter(({ title }) => title === hsm).map(({ action }) => action)).toEqual([
      'raised',
      'escalated',
    ]);
  });
});
