import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Person } from '../support/people.ts';
import { axeFindings, type Console, createVaultByHand, type Look, openConsole, signInAt } from './console.ts';
import {
  CAMT,
  CUSTOMERS,
  countOf,
  INVOICES,
  LINES,
  MORNING,
  MT940,
  PASSPHRASE,
  VAULT_NAME,
} from './morning.ts';

let desk: Console;
let recoveryKey = '';
let person: Person;

const page = () => desk.page;
const button = (name: string | RegExp) => page().getByRole('button', { name });
const heading = (name: string | RegExp) => page().getByRole('heading', { level: 1, name }).waitFor();

/** Looks at the screen as it stands in both themes. */
async function findings(name: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page().emulateMedia({ colorScheme });
    const isDark = () => page().evaluate(`document.body.classList.contains('bp6-dark')`);
    await vi.waitFor(async () => expect(await isDark()).toBe(colorScheme === 'dark'), {
      interval: 10,
      timeout: 5_000,
    });
    for (const finding of await axeFindings(page(), colorScheme === 'dark'))
      found.push(`${name}, ${colorScheme}: ${finding}`);
  }
  return found;
}

/** Goes to a place and waits until it has said what it has to say. */
async function goTo(place: string, ready: string): Promise<void> {
  await page().evaluate(`location.hash = ${JSON.stringify(`#${place}`)}`);
  await page().locator(ready).first().waitFor();
}

const gate: string[] = [];
beforeAll(async () => {
  desk = await openConsole();
  await heading('Start');
  gate.push(...(await findings('start')));
  const look: Look = async (screen) => void gate.push(...(await findings(screen)));
  const wanted = { name: VAULT_NAME, passphrase: PASSPHRASE, look };
  ({ recoveryKey, person } = await createVaultByHand(desk, { ...wanted, as: ['treasury-analyst'] }));
  gate.push(...(await findings('empty dashboard')));
  await page().evaluate('location.hash = "#/statements/imports"');
  await page().locator('input[type=file]').setInputFiles([CUSTOMERS, INVOICES, CAMT, MT940]);
  await page().getByText('4 taken in, 0 known already, 0 refused').first().waitFor();
  await page().getByText(`${LINES} considered`).first().waitFor();
});
afterAll(() => desk.close());

/** Every screen with content: where it is, and what stands on it once it is there. */
const SCREENS: readonly (readonly [name: string, place: string, ready: string])[] = [
  ['dashboard', '/', '.recharts-surface'],
  ['reconcile, all', '/reconciliation', '.cs-item-money'],
  ['reconcile, suggested', '/reconciliation?status=suggested', '.cs-explanation'],
  ['reconcile, unmatched', '/reconciliation?status=unmatched', '.cs-item-money'],
  ['reconcile, nothing held', '/reconciliation?status=quarantined', '.cs-empty'],
  ['statements', '/statements', '.cs-rows .cs-row'],
  ['imports', '/statements/imports', '.cs-rows .cs-row'],
  ['import history', '/statements/imports?show=history', '.cs-rows .cs-row'],
  ['statement', '/statements/1', '.cs-rows .cs-row'],
  ['transaction', '/transactions/3', '.cs-source mark'],
  ['bank account', '/bank-accounts/1', '.cs-rows .cs-row'],
  ['open items', '/receivables', '.cs-rows .cs-row'],
  ['open item', '/receivables/items/1', '.cs-card'],
  ['customers', '/receivables/customers', '.cs-rows .cs-row'],
  ['accounts', '/ledger', '.cs-rows .cs-row'],
  ['trial balance', '/ledger/trial-balance', '.cs-rows .cs-row'],
  ['trial balance then', '/ledger/trial-balance?asOf=2026-11-18&knownAt=9', '.cs-then'],
  ['journal', '/ledger/journal', '.cs-rows .cs-row'],
  ['account', '/ledger/accounts/2', '.cs-strip'],
  ['audit', '/audit', '.cs-rows .cs-row'],
  ['audit record', '/audit/5', '.cs-hashes'],
  ['audit heads', '/audit/heads', 'h1:text-is("Heads and witnesses")'],
  ['audit replay', '/audit/replay', 'h1:text-is("Replay")'],
  ['approvals', '/approvals', '.cs-approvals .cs-empty'],
  ['delegations', '/approvals/delegations', 'h1:text-is("Lent rights")'],
  ['packet', '/approvals/packet', 'h1:text-is("Answer a packet from another workstation")'],
  ['policies', '/policies', '.cs-policy'],
  ['simulator', '/policies/simulator', '.cs-simulator'],
  ['privacy', '/privacy', 'h1:text-is("Privacy")'],
  ['privacy, holds', '/privacy?view=holds', '.cs-empty'],
  ['nowhere', '/no-such-screen', 'h1'],
];

describe('every screen', () => {
  it('has nothing for axe to find before the vault is open', () => expect(gate).toEqual([]));

  it.each(SCREENS)('has nothing for axe to find on %s, light and dark', async (name, place, ready) => {
    await goTo(place, ready);
    expect(await findings(name)).toEqual([]);
  });

  it('nor on a journal entry, its reversal, a new entry, a closing, an allocation, the palette and the keys', async () => {
    await goTo('/ledger/journal', '.cs-rows .cs-row');
    await page().keyboard.press('j');
    await page().keyboard.press('Enter');
    await heading('Journal entry');
    await page().getByRole('table', { name: 'Postings' }).waitFor();
    const found = await findings('entry');
    const openWith = async (name: string, key: string) => {
      await page().keyboard.press(key);
      await page().getByRole('dialog').first().waitFor();
      found.push(...(await findings(name)));
      await page().keyboard.press('Escape');
      await page().getByRole('dialog').first().waitFor({ state: 'detached' });
    };
    await openWith('reverse', 'v');
    await goTo('/ledger/journal', '.cs-rows .cs-row');
    await openWith('new entry', 'n');
    await goTo('/ledger', '.cs-rows .cs-row');
    await openWith('close a period', 'c');
    await goTo('/reconciliation?status=suggested', '.cs-explanation');
    await openWith('allocate', 'e');
    await openWith('keys', '?');
    await page().keyboard.press('Control+k');
    await page().getByRole('combobox', { name: 'Search or run a command' }).waitFor();
    found.push(...(await findings('palette')));
    await page().keyboard.press('Escape');
    expect(found).toEqual([]);
  });

  it('shows what the files say: lines, open items and balances', async () => {
    await goTo('/reconciliation', '.cs-item-money');
    expect(await countOf(page(), 'All')).toBe(LINES);
    await goTo('/statements', '.cs-rows .cs-row');
    const statements = await page().getByRole('main').innerText();
    expect(statements).toContain(MORNING.camtClosing);
    expect(statements).toContain(MORNING.mtClosing);
    await goTo('/receivables/customers', '.cs-rows .cs-row');
    await page()
      .getByText(new RegExp(`\\b${MORNING.customers} rows`))
      .waitFor();
    expect(await page().getByRole('main').innerText()).toContain(MORNING.customerName);
  });
});

describe('what the window keeps', () => {
  it('is the theme and the secret of this session, and no more', async () => {
    const kept = (await page().evaluate(
      `(async () => ({
        keys: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
        values: [...Object.values(localStorage), ...Object.values(sessionStorage)].join(' '),
        cookie: document.cookie,
        databases: (await indexedDB.databases()).length,
        caches: (await caches.keys()).length,
      }))()`,
    )) as { keys: string[]; values: string; cookie: string; databases: number; caches: number };
    for (const key of kept.keys) expect(['countersign.theme', 'countersign.session']).toContain(key);
    for (const secret of [PASSPHRASE, recoveryKey, VAULT_NAME, MORNING.customerName])
      expect(kept.values).not.toContain(secret);
    expect(kept).toMatchObject({ cookie: '', databases: 0, caches: 0 });
  });

  it('is nothing of the vault once it is locked', async () => {
    await goTo('/receivables/customers', '.cs-rows .cs-row');
    expect(await page().content()).toContain(MORNING.customerName);
    await page().keyboard.press('Control+k');
    await page().keyboard.type('Lock');
    await page().getByRole('option', { name: 'Lock' }).first().waitFor();
    await page().keyboard.press('Enter');
    await heading('Open a vault');
    expect(await page().content()).not.toContain(MORNING.customerName);
    for (const [, place] of SCREENS) {
      await page().evaluate(`location.hash = ${JSON.stringify(`#${place}`)}`);
      expect(await page().locator('[role=grid], .cs-money, .cs-nav').count(), place).toBe(0);
    }
    expect(await findings('open')).toEqual([]);
  });

  it('left no complaint of the browser behind', () => expect(desk.complaints).toEqual([]));
});

describe('an engine that is gone', () => {
  it('is told calmly, and what was open is not lost from sight without a word', async () => {
    await page().evaluate('location.hash = "#/"');
    await page().getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await button('Open').first().click();
    await signInAt(page(), person);
    await goTo('/ledger/trial-balance', '.cs-rows .cs-row');
    desk.killEngine();
    await page().getByText('The connection to the engine is gone since').waitFor();
    expect(await page().getByRole('main').innerText()).toContain(MORNING.camtClosing);
    await button('Reconnect now').waitFor();
  });
});
