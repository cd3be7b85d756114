import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Console, findingsInBothThemes, openConsole } from './console.ts';
import { EYES_PASSPHRASE, makeEyesVault, type Name, POSTED, signIn, switchTo } from './eyes.ts';
import { MT940, soon } from './morning.ts';

let desk: Console;
let here: Name = 'Dov Perl';
const page = () => desk.page;
const press = (key: string) => page().keyboard.press(key);
const heading = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor();
const button = (name: string | RegExp) => page().getByRole('button', { name });
const rows = () => page().getByRole('grid').getByRole('row');
const row = (text: string) => rows().filter({ hasText: text });
const item = () => page().getByRole('region', { name: 'Request', exact: true });
const dialog = () => page().getByRole('dialog');
const notice = (text: string | RegExp) => page().locator('.bp6-toast').getByText(text);
const go = (to: string) => page().evaluate(`location.hash = ${JSON.stringify(`#${to}`)}`);

async function become(name: Name): Promise<void> {
  if (name !== here) await switchTo(page(), here, name);
  here = name;
}

const findings = (name?: string) => findingsInBothThemes(page(), name);

/** Waits until what a key does can be done: the button beside it says so. */
const offered = (name: string) =>
  soon(() => page().getByRole('button', { name, exact: false }).first().isEnabled()).toBe(true);

/** Takes the notices off the screen, so that the next one is not taken for an earlier one. */
async function away(): Promise<void> {
  const toasts = page().locator('.bp6-toast');
  await vi.waitFor(async () => {
    for (const close of await toasts.getByRole('button', { name: 'Close' }).all())
      await close.click({ timeout: 300 }).catch(() => undefined);
    expect(await toasts.count()).toBe(0);
  }, 15_000);
}

/** Somebody else agrees in a window of their own. */
async function agreeElsewhere(name: Name, what: string, consequence: RegExp): Promise<void> {
  const opened = page().context().waitForEvent('page');
  await page().evaluate('void window.open(location.origin + location.pathname)');
  const other = await opened;
  await other.getByRole('heading', { level: 1, name: 'Who is there?' }).waitFor();
  await signIn(other, name);
  await other.evaluate('location.hash = "#/approvals"');
  await other.getByRole('grid').getByRole('row').filter({ hasText: what }).first().click();
  await other.getByRole('region', { name: 'Request', exact: true }).getByText(what).first().waitFor();
  await other.keyboard.press('a');
  await other.getByRole('dialog').getByText(consequence).waitFor();
  await other.keyboard.press('Enter');
  await other
    .locator('.bp6-toast')
    .getByText(/brings the rest/)
    .waitFor();
  await other.close();
}

/** The notice of a command that waits: calm, with who is needed, and it leads to the request. */
async function waits(who: string, opens = false): Promise<void> {
  await notice(new RegExp(`Sent to be countersigned: needs 1 of .*${who}`))
    .first()
    .waitFor();
  expect(await page().locator('.bp6-toast.bp6-intent-danger').count()).toBe(0);
  await soon(() => dialog().count()).toBe(0);
  if (opens) {
    await page().getByRole('button', { name: 'Open the request' }).first().click();
    await heading('Approvals');
  }
  await away();
}

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

describe('the inbox', () => {
  it('is counted in the navigation and the top bar, and reached by two keys', async () => {
    await page()
      .getByRole('link', { name: /Approvals.*4 wait for you/ })
      .waitFor();
    await page().getByRole('link', { name: '4 to answer' }).waitFor();
    await press('g');
    await press('v');
    await heading('Approvals');
    await item().getByRole('heading', { name: 'Reverse a journal entry' }).waitFor();
    expect(await findings('inbox')).toEqual([]);
  });

  it('shows what would run before and after, and what is signed one key away', async () => {
    const words = await item().innerText();
    for (const part of [
      'Balance 6990 Charges',
      '3,100.00 EUR debit',
      '0.00 EUR',
      'Stated to the wrong account.',
    ])
      expect(words).toContain(part);
    expect(words).toContain('one of: treasury approver');
    await press('t');
    const raw = await page().getByRole('region', { name: 'What is signed' }).innerText();
    expect(raw).toContain('"procedure": "ledger.reverse"');
    const hash = await item().locator('.cs-raw-hash code').innerText();
    const { createHash } = await import('node:crypto');
    const canonical = raw.replace(/\n\s*/g, '').replace(/": /g, '":');
    expect(createHash('sha256').update(canonical).digest('hex')).toBe(hash);
    expect(await findings('raw')).toEqual([]);
    await press('t');
  });

  it('says why unlike kinds are not answered together', async () => {
    await press('x');
    await press('j');
    await press('x');
    await press('Shift+A');
    await notice(/Only like kinds are answered together/).waitFor();
    expect(await dialog().count()).toBe(0);
    await press('k');
    await press('x');
    await press('j');
  });

  it('answers like kinds together, with the total shown before it is signed', async () => {
    await press('j');
    await press('x');
    await press('Shift+A');
    await dialog().getByText('Answer 2 requests together').waitFor();
    await dialog().getByText('4,921.25').waitFor();
    await soon(() => dialog().getByRole('row').count()).toBe(3);
    expect(await findings('bulk')).toEqual([]);
    await press('Control+Enter');
    await notice('2 requests answered.').waitFor();
    await soon(() => row('Post a journal entry').count()).toBe(1);
    await page().getByRole('link', { name: '2 to answer' }).waitFor();
  });

  it('vetoes with a reason, and not without one', async () => {
    await row('Reverse a journal entry').click();
    await item().getByRole('heading', { name: 'Reverse a journal entry' }).waitFor();
    await press('v');
    const veto = dialog().getByRole('button', { name: /^Veto/ });
    expect(await veto.isDisabled()).toBe(true);
    await dialog().getByLabel('Why not').fill('It was the right account.');
    expect(await findings('veto')).toEqual([]);
    await press('Control+Enter');
    await notice('You vetoed: Reverse a journal entry.').waitFor();
  });

  it('agrees in two keys, and says that it ran', async () => {
    await item().getByRole('heading', { name: 'Post a journal entry' }).waitFor();
    await press('a');
    await dialog().getByText('“Post a journal entry” runs at once when you agree.').waitFor();
    await dialog().getByText('12,500.00').waitFor();
    expect(await findings('agree')).toEqual([]);
    await press('Enter');
    await notice('Done: Post a journal entry. It ran with your answer.').waitFor();
    await page().getByText('Nothing waits for you').waitFor();
    expect(
      await page()
        .getByRole('link', { name: /to answer/ })
        .count(),
    ).toBe(0);
    expect(await findings('nothing')).toEqual([]);
  });

  it('keeps what became of each, with who answered, and filters it', async () => {
    await press('4');
    await row('Withdrawn').waitFor();
    await press('f');
    await page().getByLabel('State').selectOption('vetoed');
    expect(await findings('filter')).toEqual([]);
    await press('Escape');
    await soon(() => rows().count()).toBe(3);
    const words = await item().innerText();
    expect(words).toMatch(/vetoed/);
    expect(words).toContain('Dov Perl');
    await button('1 filter').click();
    await button('Clear the filter').click();
    await press('Escape');
  });

  it('leads to the audit records, and makes the receipt of what ran', async () => {
    await row('Done').first().click();
    await item()
      .getByRole('link', { name: /^run: / })
      .waitFor();
    await press('c');
    await notice(/The receipt is in/).waitFor();
    await press('h');
    await page().getByText('Countersigned command run').first().waitFor();
  });
});

describe('a command that needs a second person', () => {
  it('closes the dialog of an adjustment, which is not posted', async () => {
    await become('Cleo Maas');
    await go('/ledger/journal');
    await heading('Ledger');
    await row('Charges').first().waitFor();
    const before = await rows().count();
    await button('New entry…').click();
    await dialog().getByLabel('Account of line 1').selectOption({ label: '6990 Charges' });
    await dialog().getByLabel('Debit of line 1').fill('77.00');
    await dialog().getByLabel('Account of line 2').selectOption({ label: '1990 Cash by hand' });
    await dialog().getByLabel('Credit of line 2').fill('77.00');
    await press('Control+Enter');
    await waits('treasury approver', true);
    await item().getByText('77.00').first().waitFor();
    await go('/ledger/journal');
    await soon(() => rows().count()).toBe(before);
    expect(await findings('journal')).toEqual([]);
  });

  it('closes the dialog of a reversal', async () => {
    await go(`/ledger/entries/${POSTED}`);
    await heading('Journal entry');
    await button('Reverse').click();
    await dialog().getByLabel('Why').fill('Booked twice.');
    await dialog()
      .getByLabel(/Type the amount/)
      .fill('3,100.00');
    await dialog().getByRole('button', { name: 'Reverse' }).click();
    await waits('treasury approver');
  });

  it('holds the undo of a cleared match', async () => {
    await go('/reconciliation?status=auto');
    await heading('Reconcile');
    await page().getByText('undoing it takes two people').waitFor();
    await press('u');
    await waits('treasury approver', true);
    await item().getByRole('heading', { name: /match/i }).waitFor();
    expect(await findings('undo')).toEqual([]);
  });

  it('holds a statement that does not add up, and keeps the file at hand', async () => {
    await go('/statements/imports');
    // Of the day after the period that is closed.
    const later = readFileSync(MT940, 'utf8')
      .replaceAll('261119', '261120')
      .replaceAll('2611201119', '2611201120');
    const text = later.replace(/(:62F:C\d{6}EUR)\d/, '$19');
    await page()
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'late.sta', mimeType: 'text/plain', buffer: Buffer.from(text) });
    await button('Take in with a reason').click();
    await dialog().getByRole('textbox').fill('The bank has confirmed it.');
    await dialog()
      .getByRole('button', { name: /Take in/ })
      .click();
    await waits('treasury approver');
    await row('late.sta').getByText('Waits for approval').waitFor();
    await page().getByText('Nothing has run yet.').waitFor();
    expect(await findings('upload')).toEqual([]);
    await page().getByRole('link', { name: 'Open the request' }).click();
    await item().getByText('The bank has confirmed it.').first().waitFor();
  });

  it('takes the statement in from the notice, once another has agreed', async () => {
    await agreeElsewhere('Eve Sand', 'statement', /Cleo Maas brings/);
    await page().locator('.bp6-toast').getByRole('button', { name: 'Bring it now' }).click();
    await heading('Imports');
    await row('late.sta').getByText('Imported').waitFor();
    await away();
    await go('/approvals?box=mine&state=pending');
    await row('Reverse a journal entry').click();
    await item().getByRole('heading', { name: 'Reverse a journal entry' }).waitFor();
  });

  it('is withdrawn by its maker, who cannot agree to it', async () => {
    expect(await page().locator('.cs-deck-decision').innerText()).not.toContain('Agree');
    await press('w');
    await dialog().getByText('Withdraw the request?').waitFor();
    await press('Enter');
    await notice(/You have withdrawn/).waitFor();
    await item().getByText('Withdrawn').waitFor();
  });

  it('closes the dialogs of keys and of a restore', async () => {
    await become('Ada Weiss');
    await go('/keys?type=KEK&state=active');
    await button(/^Rotate/).waitFor();
    await press('r');
    await dialog()
      .getByRole('button', { name: /^Rotate/ })
      .click();
    await waits('security officer');
    await go('/backup');
    await heading('Backup');
    await press('b');
    await notice(/Backed up and read back/).waitFor();
    await press('r');
    await dialog().getByRole('button', { name: 'Next' }).click();
    await dialog().getByLabel('New folder').fill(`${desk.dataFolder}/restored.vault`);
    await dialog()
      .getByLabel(/Passphrase/)
      .fill(EYES_PASSPHRASE);
    await dialog().getByRole('button', { name: 'Restore' }).click();
    await waits('administrator');
  });

  it('closes the dialogs of roles and slots', async () => {
    await become('Ada Weiss');
    await go('/operators');
    await heading('Operators and roles');
    await row('Cleo Maas').click();
    await offered('Change roles');
    await press('e');
    await dialog().getByText('Settlement officer').click();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await waits('administrator');
    await go('/slots');
    await heading('Key slots');
    await offered('Add a slot');
    await press('n');
    await dialog().getByLabel('Passphrase', { exact: true }).fill(EYES_PASSPHRASE);
    await dialog().getByLabel('Label').fill('Safe of the bank');
    await dialog().getByRole('button', { name: 'Add a slot' }).click();
    await waits('administrator', true);
  });
});

describe('a request whose maker brings a secret', () => {
  it('opens the dialog filled in, once it is countersigned, and runs then', async () => {
    await agreeElsewhere('Bo Lind', 'slot', /Ada Weiss brings/);
    // The window of the maker hears of it by itself.
    await notice(/Countersigned: .*Bring it now/).waitFor();
    await page().locator('.bp6-toast').getByRole('button', { name: 'Bring it now' }).click();
    await heading('Key slots');
    expect(await dialog().getByLabel('Label').inputValue()).toBe('Safe of the bank');
    await dialog().getByLabel('Passphrase', { exact: true }).fill(EYES_PASSPHRASE);
    await dialog().getByRole('button', { name: 'Add a slot' }).click();
    await page().locator('.cs-key-group').first().waitFor();
    expect(await findings('brought')).toEqual([]);
  });
});

describe('lent rights', () => {
  it('are lent, listed and ended', async () => {
    await page().reload();
    await signIn(page(), 'Dov Perl');
    here = 'Dov Perl';
    await go('/approvals/delegations');
    await heading('Lent rights');
    await page().getByText('Nobody has lent a right').waitFor();
    await press('n');
    await dialog().getByLabel('To').selectOption({ label: 'Eve Sand' });
    await dialog().getByText('Journal adjustments and reversals').click();
    await dialog().getByLabel('Why').fill('On leave.');
    expect(await findings('lend')).toEqual([]);
    await press('Control+Enter');
    await notice(/Eve Sand may answer for you until/).waitFor();
    await row('Eve Sand').getByText('running').waitFor();
    expect(await findings('lent')).toEqual([]);
    await press('e');
    await row('Eve Sand').getByText('ended early').waitFor();
  });

  it('leave no complaint of the page', () => {
    expect(desk.complaints).toEqual([]);
  });
});
