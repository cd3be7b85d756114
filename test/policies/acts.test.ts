import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RenderedCommand } from '../../src/contract/approvals.ts';
import type { ActOf } from '../../src/main/approvals/index.ts';
import { idToText, silentLogger } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { amountsIn, fieldLines, titleOf } from '../../src/main/engine/acts/fields.ts';
import { createActs } from '../../src/main/engine/acts/index.ts';
import { type Console, openConsole } from '../../src/main/engine/console.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { governable } from '../../src/main/policies/known.ts';
import { SHIPPED } from '../../src/main/policies/shipped.ts';
import { OF_NO_EFFECT } from '../engine/no-effect.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';
import { changeOf, START_MS, shipped } from './support.ts';

const CALLER = { actor: 'operator-9', traceId: 't' } as const;
const IBAN = 'DE89370400440532013000';

let test: TestVault;
let rooms: Console;
let acts: ActOf;
let cash: string;
let fees: string;

const lineOf = (shown: RenderedCommand, label: string) => shown.lines.find((line) => line.label === label);
const eur = (accountId: string, amountMinor: bigint) => ({ accountId, amountMinor, currency: 'EUR' });
const entry = (n: number, postings: ReturnType<typeof eur>[], more = {}) => ({
  ...{ id: `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`, effectiveDate: '2026-03-01' },
  ...{ reason: 'adjustment', pending: false, postings },
  ...more,
});
const idBytes = (text: string) => Buffer.from(text.replaceAll('-', ''), 'hex');

beforeAll(async () => {
  const clock = fixedClockRuntime(START_MS);
  test = await openTestVault({ runtime: clock });
  const feed = createFeed();
  const metrics = createMetrics();
  const jobs = createJobs({ runtime: clock, feed, metrics });
  rooms = await openConsole({ vault: test.vault, runtime: clock, log: silentLogger, metrics, jobs, feed });
  acts = createActs({ ...rooms, privacy: () => rooms.privacy });
  const account = { normalSide: 'debit', currency: 'EUR', postable: true, parentId: null } as const;
  cash = rooms.ledger.createAccount({ ...account, code: '9001', name: 'Cash', kind: 'asset' }, CALLER).id;
  fees = rooms.ledger.createAccount({ ...account, code: '9002', name: 'Fees', kind: 'income' }, CALLER).id;
}, 30_000);
afterAll(async () => {
  await rooms.close();
  test.close();
});

describe('the books by hand', () => {
  it('are shown as they are and as they would be', () => {
    const act = acts('ledger.post');
    const input = { entries: [entry(1, [eur(cash, 12_345n), eur(fees, -12_345n)], { memo: 'a fee' })] };
    expect(act.facts(input)).toEqual({ amounts: [{ amountMinor: 12_345n, currency: 'EUR' }], count: 1 });
    const shown = act.render(input);
    expect(lineOf(shown, 'Balance 9001 Cash')).toMatchObject({
      before: '0.00 EUR',
      after: '123.45 EUR debit',
    });
    expect(lineOf(shown, 'Balance 9002 Fees')).toMatchObject({
      before: '0.00 EUR',
      after: '123.45 EUR credit',
    });
    expect(lineOf(shown, 'Entry 1')?.after).toContain('a fee');
    expect(shown).toMatchObject({ title: 'Post a journal entry', obstacle: null });
    expect(shown.sources).toContainEqual({ label: '9001 Cash', to: `/ledger/accounts/${cash}` });
    const two = { entries: [...input.entries, entry(2, [eur(cash, -5n), eur(fees, 5n)])] };
    expect(act.facts(two)).toEqual({ amounts: [{ amountMinor: 12_350n, currency: 'EUR' }], count: 2 });
  });

  it.each([
    {
      what: 'an account that is not there',
      postings: () => [eur('999', 1n), eur(cash, -1n)],
      why: 'no such account',
    },
    {
      what: 'postings that do not balance',
      postings: () => [eur(cash, 2n), eur(fees, -1n)],
      why: 'sum to zero',
    },
    {
      what: 'another currency',
      postings: () => [cash, fees].map((id, i) => ({ ...eur(id, i === 0 ? 1n : -1n), currency: 'USD' })),
      why: 'another currency',
    },
  ])('have an obstacle in $what', ({ postings, why }) => {
    expect(acts('ledger.post').render({ entries: [entry(3, postings())] }).obstacle).toContain(why);
  });

  it('show a reversal posting by posting, and that it was reversed before', () => {
    const made = entry(10, [eur(cash, 700n), eur(fees, -700n)]);
    const postings = made.postings.map((one) => ({ ...one, accountId: BigInt(one.accountId) }));
    const { effectiveDate, reason } = made;
    rooms.ledger.post([{ id: idBytes(made.id), effectiveDate, reason, postings }], CALLER);
    const act = acts('ledger.reverse');
    const input = { entryId: made.id, reason: 'twice' };
    expect(act.facts(input)).toEqual({ amounts: [{ amountMinor: 700n, currency: 'EUR' }], count: 1 });
    const shown = act.render(input);
    expect(lineOf(shown, 'Posting 9001 Cash')).toMatchObject({
      before: '7.00 EUR debit',
      after: '7.00 EUR credit',
    });
    expect(lineOf(shown, 'Balance 9001 Cash')).toMatchObject({ before: '7.00 EUR debit', after: '0.00 EUR' });
    expect([shown.obstacle, shown.sources[0]?.to]).toEqual([null, `/ledger/entries/${made.id}`]);
    rooms.ledger.reverse({ entryId: idBytes(made.id), reason: 'twice' }, CALLER);
    expect(act.render(input).obstacle).toBe('The entry was reversed before.');
    expect(act.render({ ...input, entryId: idToText(Buffer.alloc(16)) }).obstacle).toContain(
      'no such journal entry',
    );
    expect(act.facts({ ...input, entryId: 'x' })).toEqual({ amounts: [], count: 1 });
  });

  it('govern a pending entry that is posted, not one that is given up', () => {
    const act = acts('ledger.resolvePending');
    const of = (action: string) => act.isGoverned?.({ entryId: 'x', action });
    expect([of('post'), of('void')]).toEqual([true, false]);
  });

  it('govern a limit that is widened, not one that is drawn in', () => {
    const act = acts('ledger.setLimits');
    const of = (minMinor: bigint | null, maxMinor: bigint | null) =>
      act.isGoverned?.({ accountId: cash, minMinor, maxMinor });
    expect([of(0n, null), of(null, null)]).toEqual([false, false]);
    rooms.ledger.setLimits(BigInt(cash), { minMinor: -100n, maxMinor: 1_000n }, CALLER);
    expect([of(-100n, 1_000n), of(-50n, 900n)]).toEqual([false, false]);
    expect([of(-101n, 1_000n), of(-100n, 1_001n), of(null, 1_000n), of(-100n, null)]).toEqual(
      Array(4).fill(true),
    );
    const shown = act.render({ accountId: cash, minMinor: null, maxMinor: 1_000n });
    expect(lineOf(shown, 'Least balance')).toMatchObject({ before: '-1.00 EUR', after: 'none' });
  });
});

describe('what is governed only at times', () => {
  it('is a statement whose difference is accepted, by the hash of its bytes', () => {
    const act = acts('intake.begin');
    const plain = { fileName: 'a.xml', sizeBytes: 3 };
    const sha256 = 'a'.repeat(64);
    const accepted = { ...plain, acceptDifference: { reason: 'the bank said so', sha256 } };
    expect([act.isGoverned?.(plain), act.isGoverned?.(accepted), act.bringsAnew]).toEqual([
      false,
      true,
      true,
    ]);
    expect(lineOf(act.render(accepted), 'SHA-256 of the file')?.after).toBe(sha256);
  });

  it('is a key under dual control, not one that the calendar replaces', () => {
    const kek = rooms.keys.list({ limit: 50, type: 'KEK' }).rows[0]!;
    const dek = rooms.keys.list({ limit: 50, type: 'DEK' }).rows[0]!;
    for (const procedure of ['keys.rotate', 'keys.retire']) {
      const { isGoverned } = acts(procedure);
      expect([kek, dek, { id: 'kek-99' }].map(({ id }) => isGoverned?.({ keyId: id }))).toEqual([
        true,
        false,
        false,
      ]);
    }
    expect(acts('keys.rotate').isGoverned?.({ purpose: 'invoice' })).toBe(false);
    const shown = acts('keys.rotate').render({ keyId: kek.id });
    expect(lineOf(shown, 'Version in use')).toMatchObject({ before: '1', after: '2' });
    const destroy = acts('keys.destroy').render({ keyId: kek.id, confirm: '' });
    expect(destroy.obstacle).not.toBeNull();
    expect(acts('keys.destroy').isGoverned).toBeUndefined();
  });

  it('is no undo of a transaction that is not there', () => {
    for (const procedure of ['reconciliation.undo', 'reconciliation.reject']) {
      expect(acts(procedure).isGoverned?.({ bankTransactionId: '77' })).toBe(false);
      expect(acts(procedure).render({ bankTransactionId: '77' }).obstacle).not.toBeNull();
    }
    expect(acts('instant.undo').isGoverned?.({ paymentId: '77' })).toBe(false);
    expect(acts('instant.undo').render({ paymentId: '77' }).obstacle).not.toBeNull();
  });
});

describe('what guards the console', () => {
  it('shows the policy that changes, clause by clause, and why it would be refused', () => {
    const act = acts('policies.change');
    const shown = act.render(changeOf(shipped('journal'), { retentionYears: 7 }));
    expect(shown.title).toContain('Journal');
    expect(lineOf(shown, 'Retention years (asks for less)')).toMatchObject({
      before: '10 years',
      after: '7 years',
    });
    const weak = act.render(changeOf(shipped('people'), { freeUpTo: { count: 1, amounts: [] } }));
    expect(weak.obstacle).toContain('never one person’s');
    expect(act.render(changeOf(shipped('journal'), {}, { baseVersion: 9 })).obstacle).toContain('since');
  });

  it('shows slots without a secret, and what would keep the last one', () => {
    const slots = rooms.vault.slots.list();
    const add = acts('vault.slots.add');
    expect(add.bringsAnew).toBe(true);
    const added = add.render({ slot: { kind: 'recovery-quorum', threshold: 2, shares: 3 }, label: 'safe' });
    expect(lineOf(added, 'Key slot')?.after).toBe('recovery quorum, 2 of 3 shares, “safe”');
    expect(lineOf(added, 'Ways to open the vault')?.after).toBe(String(slots.length + 1));
    expect(acts('vault.slots.revoke').render({ slotId: 'none' }).obstacle).toContain('no key slot');
  });

  it('shows people with their roles, and duties that conflict', () => {
    const create = acts('operators.create');
    const person = { kind: 'person', name: 'Cleo Maas', roles: ['treasury-analyst'] };
    expect(create.render(person)).toMatchObject({ title: 'Name a person', obstacle: null });
    expect(create.render({ ...person, roles: ['administrator', 'trader'] }).obstacle).toContain(
      'moves no money',
    );
    expect([create.bringsAnew, acts('operators.resetSecondFactor').bringsAnew]).toEqual([true, true]);
    expect(acts('operators.setRoles').render({ id: '42', roles: [] }).obstacle).toContain('no operator');
  });

  it('shows a restore, and why it cannot be', () => {
    const shown = acts('backup.restore').render({ source: '/none', target: '/none-either' });
    expect([lineOf(shown, 'From')?.after, shown.obstacle === null]).toEqual(['/none', false]);
  });
});

describe('any other command', () => {
  it('is shown field by field, with its amounts found wherever they stand', () => {
    const input = {
      caseId: '7',
      isUrgent: true,
      untilMs: START_MS,
      parts: [{ amountMinor: -5n, currency: 'EUR' }],
      none: null,
    };
    expect(fieldLines(input)).toEqual([
      { label: 'Case id', before: null, after: '7' },
      { label: 'Is urgent', before: null, after: 'yes' },
      { label: 'Until ms', before: null, after: '2026-03-02T08:00:00.000Z' },
      { label: 'Parts 1', before: null, after: '-0.05 EUR' },
      { label: 'None', before: null, after: 'none' },
    ]);
    expect(amountsIn(input)).toEqual([{ amountMinor: -5n, currency: 'EUR' }]);
    expect(titleOf('vault.slots.rehearse')).toBe('Vault: slots: rehearse');
  });

  it('masks account numbers where its policy says so', () => {
    const { policies } = rooms;
    const governing = () => shipped('payment-processing');
    const under = { ...rooms, policies: { ...policies, governing }, privacy: () => rooms.privacy };
    const note = { note: `pay ${IBAN}` };
    expect(JSON.stringify(createActs(under)('audit.witness').render(note))).not.toContain(IBAN);
    expect(JSON.stringify(acts('audit.witness').render(note))).toContain(IBAN);
  });

  it('never fails to be shown, whatever it is asked for and finds', () => {
    const commands = [...new Set([...SHIPPED.flatMap((one) => one.commands), ...Object.keys(OF_NO_EFFECT)])];
    const governed = commands.filter((command) => 'permission' in governable(command));
    expect(governed.length).toBeGreaterThan(30);
    for (const command of governed) {
      const act = acts(command);
      const input = OF_NO_EFFECT[command] ?? {};
      act.isGoverned?.(input);
      expect(act.facts(input).count).toBeGreaterThan(0);
      expect([command, act.render(input).title.length > 3]).toEqual([command, true]);
    }
  });
});
