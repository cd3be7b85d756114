import { afterEach, describe, expect, it } from 'vitest';
import type { HoldTarget } from '../../src/contract/privacy.ts';
import { createActs } from '../../src/main/engine/acts/index.ts';
import {
  type Bench,
  COLLEAGUE,
  OFFICER,
  openBench,
  PEOPLE,
  placesOf,
  REASON,
  STRANGER,
  takeEverything,
} from './support.ts';

const PURGE = 'purge what is due';
let bench: Bench;
const open = async () => {
  bench = await openBench();
  await takeEverything(bench);
  return bench;
};
afterEach(() => bench.close());

const search = async (text: string) => {
  await bench.console.search.refresh();
  return (await bench.console.search.query(text, 20)).hits.filter(({ title, subtitle }) =>
    `${title} ${subtitle}`.includes(text),
  );
};
const places = (...texts: string[]) => placesOf(bench.test.vault, bench.console.sealing, texts);
async function erase(party: { customerId?: string; name?: string; account?: string }) {
  const { privacy } = bench.console;
  const { searchId, confirmation, fingerprint } = await privacy.find(party, OFFICER);
  return privacy.erase({ searchId, fingerprint, confirm: confirmation, reason: REASON }, OFFICER);
}
async function expectWhole() {
  expect((await bench.console.verify()).verified).toBe(true);
  expect(bench.console.ledger.trialBalance({}).balanced).toBe(true);
}

describe('erasing one party', () => {
  it('is shown to whoever must agree by what was looked for, and by no name', async () => {
    const { console } = await open();
    const { name, iban } = PEOPLE[3]!;
    const acts = createActs({ ...console, vault: bench.test.vault, privacy: () => console.privacy });
    const party = { customerId: 'C-4', name, account: iban };
    const { searchId, fingerprint } = await console.privacy.find(party, OFFICER);
    const input = { searchId, fingerprint, reason: REASON, confirm: '' };
    const shown = acts('privacy.erase').render(input);
    expect(shown.lines.map(({ label, after }) => [label, after])).toEqual([
      ['Customer', 'C-4'],
      ['Name', expect.stringContaining('•')],
      ['Account', expect.stringContaining('•')],
      ['Values that name the party', 'erased for good'],
      ['Bank transactions', '0'],
      ['Open items', '0'],
      ['Reason', REASON],
    ]);
    expect(JSON.stringify(shown)).not.toContain(name);
    await erase({ customerId: 'C-4' });
    const after = acts('privacy.erase').render(input);
    expect(after.obstacle).toBe('Look for the party first.');
    expect(JSON.stringify(after)).not.toContain('C-4');
  });

  it('who never did anything goes at once, everywhere', async () => {
    const { console } = await open();
    const { name, iban } = PEOPLE[3]!;
    expect(places(name, iban)).toEqual(['customer_iban.iban', 'customer_version.content', 'import_chunk']);
    expect(await search(name)).not.toEqual([]);
    const preview = await console.privacy.find({ customerId: 'C-4' }, OFFICER);
    expect(preview).toMatchObject({ customers: 1, transactions: 0, openItems: 0, refusal: null });
    expect(preview.parts).toEqual([
      { place: 'customer_iban.iban', fate: 'erase', count: 1 },
      { place: 'customer_version.content', fate: 'erase', count: 1 },
      { place: 'import_chunk.bytes', fate: 'erase', count: 1 },
    ]);
    const { record } = await erase({ name: name.toUpperCase() });
    expect(places(name, iban)).toEqual([]);
    expect(await search(name)).toEqual([]);
    expect(console.receivables.customersByIban(iban)).toEqual([]);
    expect(console.receivables.customers({ limit: 10 }).rows[3]).toMatchObject({
      customerId: 'C-4',
      name: 'erased',
      ibans: [],
    });
    expect(console.audit.get(record).detail).toContain('"reason":"asked for by the party"');
    await expectWhole();
    await expect(erase({ name })).rejects.toMatchObject({ code: 'PRIVACY_PARTY_UNKNOWN' });
  });

  it('with business waits for the law, and for the files that hold others', async () => {
    const { console, years } = await open();
    const balance = JSON.stringify(console.ledger.trialBalance({}), (_, v) =>
      typeof v === 'bigint' ? String(v) : v,
    );
    const party = { account: STRANGER.iban };
    const preview = await console.privacy.find(party, OFFICER);
    expect(preview.refusal).toMatchObject({ code: 'PRIVACY_RETENTION_RUNS', until: '2033-04-01' });
    expect(preview).toMatchObject({ customers: 0, transactions: 1 });
    await expect(erase(party)).rejects.toMatchObject({
      code: 'PRIVACY_RETENTION_RUNS',
      details: { expected: 'a day from 2033-04-01 on' },
    });
    years(8);
    // The message holds others too: its own purge comes first.
    await expect(erase(party)).rejects.toMatchObject({ code: 'PRIVACY_RETENTION_RUNS' });
    await console.privacy.purge(PURGE, OFFICER);
    await erase(party);
    expect(places(STRANGER.name, STRANGER.iban)).toEqual([]);
    expect(places(PEOPLE[0]!.name)).not.toEqual([]);
    await expectWhole();
    expect(
      JSON.stringify(console.ledger.trialBalance({}), (_, v) => (typeof v === 'bigint' ? String(v) : v)),
    ).toBe(balance);
    const page = console.statements.transactions({ limit: 10 });
    expect(page.rows.filter(({ counterparty }) => counterparty === null)).toHaveLength(1);
  });

  const refusals: [string, string, () => Promise<unknown>][] = [
    ['nobody is named', 'PRIVACY_PARTY_MISSING', () => bench.console.privacy.find({}, OFFICER)],
    [
      'there is no such customer',
      'PRIVACY_PARTY_UNKNOWN',
      () => bench.console.privacy.find({ customerId: 'C-9' }, OFFICER),
    ],
    [
      'nothing is of them',
      'PRIVACY_PARTY_UNKNOWN',
      () => bench.console.privacy.find({ name: 'Nobody Here' }, OFFICER),
    ],
    [
      'the account is ours',
      'PRIVACY_OWN_ACCOUNT',
      () => bench.console.privacy.find({ account: 'DE02 1203 0000 0000 2020 51' }, OFFICER),
    ],
    ['they still owe', 'PRIVACY_STILL_OPEN', () => erase({ customerId: 'C-3' })],
    ['the law asks for it', 'PRIVACY_RETENTION_RUNS', () => erase({ customerId: 'C-1' })],
    [
      'nobody looked before',
      'PRIVACY_SEARCH_UNKNOWN',
      () =>
        bench.console.privacy.erase({ searchId: '7', reason: REASON, confirm: '', fingerprint: '' }, OFFICER),
    ],
    [
      'the words were not typed',
      'PRIVACY_CONFIRMATION_WRONG',
      async () => {
        const { searchId, fingerprint } = await bench.console.privacy.find({ customerId: 'C-4' }, OFFICER);
        return bench.console.privacy.erase(
          { searchId, fingerprint, reason: REASON, confirm: 'yes' },
          OFFICER,
        );
      },
    ],
    [
      'the reason names them',
      'PRIVACY_REASON_NAMES',
      async () => {
        const {
          searchId,
          fingerprint,
          confirmation: confirm,
        } = await bench.console.privacy.find({ customerId: 'C-4' }, OFFICER);
        return bench.console.privacy.erase(
          { searchId, fingerprint, reason: 'Quintana  ferrer asked', confirm },
          OFFICER,
        );
      },
    ],
    [
      'something was added since',
      'PRIVACY_STALE',
      async () => {
        const {
          searchId,
          fingerprint,
          confirmation: confirm,
        } = await bench.console.privacy.find({ customerId: 'C-4' }, OFFICER);
        await bench.take(
          'more.csv',
          `customer_id,name,country,ibans,aliases\nC-4,${PEOPLE[3]!.name},ES,,Quin\n`,
        );
        return bench.console.privacy.erase({ searchId, fingerprint, reason: REASON, confirm }, OFFICER);
      },
    ],
  ];
  it.each(refusals)('is refused where %s', async (_, code, act) => {
    await open();
    await expect(act()).rejects.toMatchObject({ code });
    expect(places(PEOPLE[3]!.name)).toContain('customer_version.content');
  });
});

describe('a legal hold', () => {
  const targets: [string, () => HoldTarget][] = [
    ['their quarter', () => ({ on: 'quarter', dataClass: 'parties', quarter: '2026Q1' })],
    ['the customer', () => ({ on: 'party', party: { customerId: 'C-4' } })],
    ['their account', () => ({ on: 'party', party: { account: PEOPLE[3]!.iban } })],
  ];
  it.each(targets)(
    'on %s keeps a party from being erased, until a colleague releases it',
    async (_, target) => {
      const { console } = await open();
      const { id } = await console.privacy.hold(target(), 'a case at court', OFFICER);
      await expect(erase({ customerId: 'C-4' })).rejects.toMatchObject({ code: 'PRIVACY_UNDER_HOLD' });
      expect(() => console.privacy.release(id, 'over', OFFICER)).toThrow(
        expect.objectContaining({ code: 'PRIVACY_HOLD_SAME_PERSON' }),
      );
      expect(console.privacy.release(id, 'the case is closed', COLLEAGUE)).toMatchObject({
        released: { by: 'operator-2' },
      });
      expect(() => console.privacy.release(id, 'again', COLLEAGUE)).toThrow(
        expect.objectContaining({ code: 'PRIVACY_HOLD_RELEASED' }),
      );
      await erase({ customerId: 'C-4' });
      expect(places(PEOPLE[3]!.name, PEOPLE[3]!.iban)).toEqual([]);
    },
  );

  it.each([
    ['their payment', { on: 'thing', kind: 'bank-transaction', id: '3' }],
    ['the quarter of the messages', { on: 'quarter', dataClass: 'bank-messages', quarter: '2026Q1' }],
  ] as const)('on %s keeps them too', async (_, target) => {
    const { console } = await open();
    await console.privacy.hold(target, 'a case at court', OFFICER);
    await expect(erase({ account: STRANGER.iban })).rejects.toMatchObject({ code: 'PRIVACY_UNDER_HOLD' });
  });

  it.each([
    ['an empty quarter', { on: 'quarter', dataClass: 'parties', quarter: '2025Q1' }, 'PRIVACY_HOLD_EMPTY'],
    [
      'a payment that is not there',
      { on: 'thing', kind: 'bank-transaction', id: '99' },
      'PRIVACY_HOLD_EMPTY',
    ],
    ['what is no id', { on: 'thing', kind: 'open-item', id: 'x' }, 'PRIVACY_HOLD_EMPTY'],
    ['nobody', { on: 'party', party: {} }, 'PRIVACY_PARTY_MISSING'],
    ['a stranger', { on: 'party', party: { customerId: 'C-9' } }, 'PRIVACY_PARTY_UNKNOWN'],
  ] as const)('on %s is refused', async (_, target, code) => {
    const { console } = await open();
    await expect(console.privacy.hold(target, 'a case', OFFICER)).rejects.toMatchObject({ code });
    expect(() => console.privacy.release('1', 'none', COLLEAGUE)).toThrow(
      expect.objectContaining({ code: 'PRIVACY_HOLD_UNKNOWN' }),
    );
  });

  it('keeps its whole line of keys from a purge, and from the keys room', async () => {
    const { console, years } = await open();
    const { id } = await console.privacy.hold(
      { on: 'party', party: { name: STRANGER.name } },
      'a case',
      OFFICER,
    );
    years(11);
    const { purged, held } = await console.privacy.purge(PURGE, OFFICER);
    expect(held.map(({ dataClass }) => dataClass).sort()).toEqual(['bank-messages', 'parties']);
    expect(purged.map(({ dataClass }) => dataClass)).not.toContain('parties');
    expect(places(STRANGER.name)).toContain('bank_transaction.content');
    expect(console.keys.loss({ retentionClass: 'relationship', quarter: '2026Q1' }).refusal).toMatchObject({
      code: 'KEY_UNDER_HOLD',
    });
    console.privacy.release(id, 'closed', COLLEAGUE);
    await console.privacy.purge(PURGE, OFFICER);
    // Whom a hold was on stays told by the hold for its own ten years.
    expect(places(STRANGER.name, STRANGER.iban)).toEqual(['privacy_hold.party']);
    await expectWhole();
  });
});

describe('retention', () => {
  it('says what is due when', async () => {
    const { console, years } = await open();
    const line = (id: string) => console.privacy.retention().find((one) => one.id === id)!;
    expect(line('bank-messages')).toMatchObject({
      years: 7,
      minimumYears: 7,
      quarters: [{ quarter: '2026Q1', dueOn: '2033-04-01', state: 'kept' }],
    });
    expect(line('operators')).toMatchObject({ years: null, quarters: [] });
    console.privacy.setRetention(OFFICER, {
      dataClass: 'bank-messages',
      years: 9,
      reason: 'a longer contract',
    });
    expect(line('bank-messages').quarters[0]!.dueOn).toBe('2035-04-01');
    years(8);
    expect(line('bank-messages').quarters[0]!.state).toBe('kept');
    console.privacy.setRetention(OFFICER, { dataClass: 'bank-messages', years: null, reason: 'it ended' });
    expect(line('bank-messages').quarters[0]!.state).toBe('due');
  });

  it.each([
    ['bank-messages', 6, 'PRIVACY_YEARS_TOO_FEW'],
    ['parties', 9, 'PRIVACY_YEARS_TOO_FEW'],
    ['operators', 50, 'PRIVACY_CLASS_FIXED'],
  ] as const)('of %s is not set to %d years', async (dataClass, years, code) => {
    const { console } = await open();
    const set = () => console.privacy.setRetention(OFFICER, { dataClass, years, reason: REASON });
    expect(set).toThrow(expect.objectContaining({ code }));
  });

  it('ends with the calendar, and work goes on', async () => {
    const { console, years, take } = await open();
    expect(console.calendar.list().find(({ name }) => name === 'privacy.purge')).toBeDefined();
    years(11);
    await console.calendar.runNow('privacy.purge');
    const all = PEOPLE.filter(({ customerId }) => customerId !== 'C-3').flatMap(({ name, iban }) => [
      name,
      iban,
    ]);
    expect(places(...all, STRANGER.name, STRANGER.iban)).toEqual([]);
    // Who still owes is carried on, and so are our own accounts: the next statement finds them.
    expect(places(PEOPLE[2]!.name)).toEqual(['customer_version.content']);
    expect(console.statements.bankAccounts()).toMatchObject([{ number: 'DE02120300000000202051' }]);
    expect(console.receivables.customersByIban(PEOPLE[2]!.iban)).toHaveLength(1);
    expect(
      console.privacy.purges({ limit: 10 }).rows.find(({ dataClass }) => dataClass === 'parties'),
    ).toMatchObject({ carried: 3, by: 'system' });
    await expectWhole();
    for (const { seq } of console.audit.list({ limit: 500 }).rows) console.audit.get(seq);
    expect(console.intake.imports({ limit: 10 }).rows).toHaveLength(3);
    expect(console.statements.list({ limit: 10 }).rows).toHaveLength(1);
    expect(console.statements.transaction('1')).toMatchObject({ counterparty: null, remittance: null });
    expect(console.receivables.openItems({ limit: 10 }).rows).toHaveLength(3);
    expect(() => console.statements.source('1', 'amount')).toThrow(
      expect.objectContaining({ code: 'STATEMENT_SOURCE_ERASED' }),
    );
    await take('customers.csv', 'customer_id,name,country,ibans,aliases\nC-1,New Name,DE,,\n');
    expect(console.receivables.customers({ limit: 1 }).rows[0]!.name).toBe('New Name');
    const again = await console.privacy.purge(PURGE, OFFICER);
    expect(again.purged).toEqual([]);
  });

  it('is purged by hand only with the words', async () => {
    const { console } = await open();
    expect(() => console.privacy.purge('now', OFFICER)).toThrow(
      expect.objectContaining({ code: 'PRIVACY_CONFIRMATION_WRONG' }),
    );
    const first = console.privacy.purge(PURGE, OFFICER);
    await expect(console.privacy.purge(PURGE, OFFICER)).rejects.toMatchObject({
      code: 'PRIVACY_PURGE_UNDER_WAY',
    });
    expect(await first).toEqual({ purged: [], held: [] });
  });
});
