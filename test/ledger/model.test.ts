import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDays,
  createIdMaker,
  idFromText,
  idToText,
  isCountersignError,
} from '../../src/main/base/index.ts';
import { createLedger, type Ledger, type NewEntry } from '../../src/main/ledger/index.ts';
import { fixedClockRuntime, type TestVault, withTestVault } from '../support/vault.ts';
import { type ModelAccount, type ModelInput, ModelLedger, type Outcome } from './model.ts';

const START_MS = Date.parse('2026-03-01T12:00:00Z');
const CALLER = { actor: 'model', traceId: 'model' };

const ACCOUNTS: readonly (ModelAccount & { kind: 'asset' | 'liability' })[] = [
  { currency: 'EUR', kind: 'asset', normalSide: 'debit', minMinor: null, maxMinor: null },
  { currency: 'EUR', kind: 'liability', normalSide: 'credit', minMinor: null, maxMinor: null },
  { currency: 'EUR', kind: 'asset', normalSide: 'debit', minMinor: -100n, maxMinor: 300n },
  { currency: 'EUR', kind: 'liability', normalSide: 'credit', minMinor: -50n, maxMinor: 400n },
  { currency: 'USD', kind: 'asset', normalSide: 'debit', minMinor: null, maxMinor: null },
  { currency: 'USD', kind: 'liability', normalSide: 'credit', minMinor: null, maxMinor: 500n },
];
/** One past the last account: unknown to both. */
const UNKNOWN = ACCOUNTS.length;

interface Draft {
  /** Below 0 a new id; else that of the n-th entry so far. */
  readonly reuse: number;
  readonly sameContent: boolean;
  readonly day: number;
  readonly shape:
    | 'two'
    | 'flipped'
    | 'three'
    | 'currencies'
    | 'same-account'
    | 'unbalanced'
    | 'one'
    | 'zero'
    | 'unknown';
  readonly accounts: readonly [number, number, number];
  readonly amount: number;
  readonly pending: 'no' | 'open' | 'expiring';
}

const draft: fc.Arbitrary<Draft> = fc.record({
  reuse: fc.oneof({ weight: 5, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(30) }),
  sameContent: fc.boolean(),
  day: fc.nat(20),
  shape: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('two', 'flipped', 'three', 'currencies', 'same-account') },
    { weight: 1, arbitrary: fc.constantFrom('unbalanced', 'one', 'zero', 'unknown') },
  ) as fc.Arbitrary<Draft['shape']>,
  accounts: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
  amount: fc.integer({ min: 1, max: 150 }),
  pending: fc.oneof(
    { weight: 5, arbitrary: fc.constant('no') },
    { weight: 1, arbitrary: fc.constantFrom('open', 'expiring') },
  ) as fc.Arbitrary<Draft['pending']>,
});
const drafts = fc.array(draft, { minLength: 1, maxLength: 4 });
const nth = fc.nat(30);
const importId = fc.nat(3);

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constant('post' as const), drafts }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('group' as const),
      calls: fc.array(drafts, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('stage' as const), importId, drafts }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('publish' as const), importId }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('discard' as const), importId }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('resolve' as const),
      nth,
      action: fc.constantFrom('post' as const, 'void' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('reverse' as const),
      nth,
      day: fc.option(fc.nat(20), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('clock' as const), byMs: fc.nat(4_000) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('close' as const), day: fc.nat(8) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('limits' as const),
      account: fc.nat(5),
      max: fc.option(fc.integer({ min: 0, max: 500 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('rollback' as const),
      outer: drafts,
      inner: drafts,
      whole: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('snapshot' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('restart' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('query' as const),
      day: fc.nat(22),
      known: fc.nat(60),
      account: fc.nat(5),
      from: fc.nat(20),
    }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const dateOf = (day: number) => addDays('2026-01-01', day);

/** Drives the ledger and its model with the same work. */
class Pair {
  readonly model = new ModelLedger(ACCOUNTS, START_MS);
  readonly #test: TestVault;
  readonly #clock: ReturnType<typeof fixedClockRuntime>;
  readonly #newId: () => Buffer;
  ledger: Ledger;
  readonly #accounts: bigint[];
  /** Every id used so far, known or not. */
  readonly #ids: string[] = [];

  constructor(test: TestVault, clock: ReturnType<typeof fixedClockRuntime>) {
    this.#test = test;
    this.#clock = clock;
    this.#newId = createIdMaker(clock);
    this.ledger = createLedger(test);
    this.#accounts = ACCOUNTS.map(({ currency, kind, minMinor, maxMinor }, index) =>
      BigInt(
        this.ledger.createAccount(
          {
            code: `M${index}`,
            name: `Model ${index}`,
            kind,
            currency,
            postable: true,
            parentId: null,
            terms: { minMinor, maxMinor },
          },
          CALLER,
        ).id,
      ),
    );
  }

  #input(plan: Draft): ModelInput {
    const used = plan.reuse < 0 ? undefined : this.#ids[plan.reuse % Math.max(1, this.#ids.length)];
    // A reversal is made by the ledger itself, so nobody hands it in again.
    const before = used !== undefined && plan.sameContent ? this.model.inputOf(used) : undefined;
    if (before !== undefined && before.reverses === undefined) return before;
    // Every third id is random: such ids do not ascend, and the index must find them all the same.
    const fresh = plan.amount % 3 === 0 ? this.#clock.randomBytes(16) : this.#newId();
    const id = used ?? idToText(fresh);
    if (used === undefined) this.#ids.push(id);
    const [a, b, c] = plan.accounts;
    const amount = BigInt(plan.amount);
    const shapes: Record<Draft['shape'], ModelInput['postings']> = {
      two: [
        { account: a, amountMinor: amount },
        { account: b, amountMinor: -amount },
      ],
      flipped: [
        { account: a, amountMinor: -amount },
        { account: b, amountMinor: amount },
      ],
      three: [
        { account: a, amountMinor: amount * 2n },
        { account: b, amountMinor: -amount },
        { account: c, amountMinor: -amount },
      ],
      currencies: [
        { account: a, amountMinor: amount },
        { account: b, amountMinor: -amount },
        { account: 4, amountMinor: -amount },
        { account: 5, amountMinor: amount },
      ],
      'same-account': [
        { account: a, amountMinor: amount },
        { account: a, amountMinor: -amount },
      ],
      unbalanced: [
        { account: a, amountMinor: amount },
        { account: 4, amountMinor: -amount },
      ],
      one: [{ account: a, amountMinor: amount }],
      zero: [
        { account: a, amountMinor: 0n },
        { account: b, amountMinor: 0n },
      ],
      unknown: [
        { account: UNKNOWN, amountMinor: amount },
        { account: b, amountMinor: -amount },
      ],
    };
    const expiresAtMs = this.model.nowMs + plan.amount * 20;
    return {
      id,
      date: dateOf(plan.day),
      memo: `memo ${plan.amount % 5}`,
      postings: shapes[plan.shape],
      ...(plan.pending === 'no' ? {} : { pending: plan.pending === 'open' ? {} : { expiresAtMs } }),
    };
  }

  #entry(input: ModelInput): NewEntry {
    return {
      id: idFromText(input.id)!,
      effectiveDate: input.date,
      reason: 'model.entry',
      memo: input.memo,
      postings: input.postings.map(({ account, amountMinor }) => ({
        accountId: this.#accounts[account] ?? 9_999n,
        amountMinor,
      })),
      ...(input.pending === undefined ? {} : { pending: input.pending }),
    };
  }

  /** The record that the next change will get. */
  #nextRecord(): bigint {
    return this.#test.audit.lastSeq() + 1n;
  }

  async run(operation: Operation): Promise<void> {
    const { model, ledger } = this;
    const { vault, audit } = this.#test;
    switch (operation.op) {
      case 'post': {
        const inputs = operation.drafts.map((plan) => this.#input(plan));
        const expected = model.post(inputs, this.#nextRecord());
        expect(
          outcome(() =>
            ledger.post(
              inputs.map((input) => this.#entry(input)),
              CALLER,
            ),
          ),
        ).toEqual(expected);
        break;
      }
      case 'group': {
        const calls = operation.calls.map((call) => call.map((plan) => this.#input(plan)));
        const record = this.#nextRecord();
        const expected = calls.map((inputs) => model.post(inputs, record));
        const answers = calls.map((inputs) =>
          ledger
            .postGrouped(
              inputs.map((input) => this.#entry(input)),
              CALLER,
            )
            .then(
              (results): Outcome => ({ repeated: results.map((result) => result.repeated) }),
              (error: unknown): Outcome => ({ code: codeOf(error) }),
            ),
        );
        expect(await Promise.all(answers)).toEqual(expected);
        break;
      }
      case 'stage': {
        if (model.isPublished(operation.importId)) break;
        const inputs = operation.drafts
          .filter((plan) => plan.pending === 'no')
          .map((plan) => this.#input(plan))
          .filter((input) => input.pending === undefined);
        const expected = model.post(inputs, 0n, operation.importId);
        const staged = outcome(() => {
          ledger.stage(
            BigInt(operation.importId),
            inputs.map((input) => this.#entry(input)),
          );
          return [];
        });
        expect('code' in staged ? staged : 'staged').toEqual('code' in expected ? expected : 'staged');
        break;
      }
      case 'publish': {
        const expected = model.publish(operation.importId, this.#nextRecord());
        const actual = outcome(() => {
          vault.transaction(() => {
            const journal = ledger.stagedRoot(BigInt(operation.importId));
            ledger.publish(
              BigInt(operation.importId),
              audit.record({ kind: 'model.publish', actor: 'model', detail: { journal } }),
            );
          });
          return [];
        });
        expect('code' in actual ? actual.code : undefined).toBe(expected);
        break;
      }
      case 'discard':
        if (model.isPublished(operation.importId)) {
          expect(outcome(() => void ledger.discard(BigInt(operation.importId)))).toEqual({
            code: 'LEDGER_IMPORT_PUBLISHED',
          });
        } else {
          ledger.discard(BigInt(operation.importId));
          model.discard(operation.importId);
        }
        break;
      case 'resolve': {
        const id = this.#ids[operation.nth % Math.max(1, this.#ids.length)] ?? idToText(this.#newId());
        const expected = model.resolve(id, operation.action, this.#nextRecord());
        const actual = outcome(() => [ledger.resolvePending(idFromText(id)!, operation.action, CALLER)]);
        expect('code' in actual ? actual.code : undefined).toBe(expected);
        break;
      }
      case 'reverse':
        this.#reverse(operation.nth, operation.day);
        break;
      case 'clock':
        this.#clock.advance(operation.byMs);
        model.nowMs += operation.byMs;
        expect(ledger.expirePending()).toBe(model.expire());
        break;
      case 'close': {
        const through = dateOf(operation.day);
        const inOrder = through > model.closedThrough;
        expect(outcome(() => void ledger.closePeriod(through, CALLER))).toEqual(
          inOrder ? { repeated: [] } : { code: 'LEDGER_PERIOD_ORDER' },
        );
        if (inOrder) model.closedThrough = through;
        break;
      }
      case 'limits': {
        const maxMinor = operation.max === null ? null : BigInt(operation.max);
        const { minMinor } = model.accounts[operation.account]!;
        ledger.setLimits(this.#accounts[operation.account]!, { minMinor, maxMinor }, CALLER);
        model.accounts[operation.account]!.maxMinor = maxMinor;
        break;
      }
      case 'rollback':
        this.#rollback(operation.outer, operation.inner, operation.whole);
        break;
      case 'snapshot':
        await ledger.takeSnapshot();
        break;
      case 'restart':
        this.ledger = createLedger(this.#test);
        break;
      case 'query':
        this.#query(operation);
        break;
    }
    this.#compareBalances();
  }

  #reverse(nth: number, day: number | undefined): void {
    const known = this.model.known();
    const id = known[nth % Math.max(1, known.length)];
    if (id === undefined) return;
    const original = this.model.inputOf(id)!;
    const today = new Date(this.model.nowMs).toISOString().slice(0, 10);
    const own = original.date > this.model.closedThrough ? original.date : today;
    const reversal: ModelInput = {
      id: 'to be known',
      date: day === undefined ? own : dateOf(day),
      memo: 'a mistake',
      postings: original.postings.map(({ account, amountMinor }) => ({ account, amountMinor: -amountMinor })),
      reverses: id,
    };
    let made = '';
    const actual = outcome(() => {
      const result = this.ledger.reverse(
        {
          entryId: idFromText(id)!,
          reason: 'a mistake',
          ...(day === undefined ? {} : { effectiveDate: dateOf(day) }),
        },
        CALLER,
      );
      made = idToText(result.id);
      return [result];
    });
    const record = this.#test.audit.lastSeq();
    expect(actual).toEqual(this.model.post([{ ...reversal, id: made === '' ? 'refused' : made }], record));
    if (made !== '') this.#ids.push(made);
  }

  /** An outer transaction posts; an inner one posts and fails; then perhaps the outer one fails too. */
  #rollback(outer: readonly Draft[], inner: readonly Draft[], whole: boolean): void {
    const { model } = this;
    const restore = model.save();
    const post = (plans: readonly Draft[]) => {
      const inputs = plans.map((plan) => this.#input(plan));
      const expected = model.post(inputs, this.#nextRecord());
      expect(
        outcome(() =>
          this.ledger.post(
            inputs.map((input) => this.#entry(input)),
            CALLER,
          ),
        ),
      ).toEqual(expected);
    };
    const thrown = new Error('on purpose');
    const work = () =>
      this.#test.vault.transaction(() => {
        post(outer);
        const restoreInner = model.save();
        expect(() =>
          this.#test.vault.transaction(() => {
            post(inner);
            throw thrown;
          }),
        ).toThrow(thrown);
        restoreInner();
        this.#compareBalances();
        post(inner);
        if (whole) throw thrown;
      });
    if (whole) {
      expect(work).toThrow(thrown);
      restore();
    } else work();
  }

  #query({ day, known, account, from }: Extract<Operation, { op: 'query' }>): void {
    const knownAt = BigInt(known);
    const asOf = dateOf(day);
    const sums = this.model.turnover(asOf, knownAt);
    const trial = this.ledger.trialBalance({ asOf, knownAt });
    expect(trial.balanced).toBe(true);
    expect(this.#ownRows(trial.rows)).toEqual(sums);
    const sum = sums[account]!;
    expect(this.ledger.balanceMinor(this.#accounts[account]!, { asOf, knownAt })).toBe(
      sum.debit - sum.credit,
    );
    const fromDate = dateOf(Math.min(from, day));
    for (const record of [undefined, knownAt]) {
      const movements = this.model.movements(account, fromDate, asOf, record);
      const shown = this.#statement(account, fromDate, asOf, record);
      expect(shown).toEqual(movements.map(movementText).sort());
    }
  }

  /** All pages of a statement; the running balance must lead from the opening to the closing one. */
  #statement(account: number, from: string, to: string, knownAt: bigint | undefined): string[] {
    const rows: string[] = [];
    let cursor: string | undefined;
    let running: bigint | undefined;
    let lastDate = '';
    for (;;) {
      const page = this.ledger.accountStatement({
        accountId: this.#accounts[account]!,
        from,
        to,
        knownAt,
        limit: 3,
        cursor,
      });
      running ??= page.openingMinor;
      for (const row of page.rows) {
        running += row.amountMinor;
        expect(row.runningMinor).toBe(running);
        expect(row.effectiveDate >= lastDate).toBe(true);
        lastDate = row.effectiveDate;
        rows.push(movementText({ id: row.entryId, date: row.effectiveDate, amountMinor: row.amountMinor }));
      }
      if (page.nextCursor === null) {
        expect(running).toBe(page.closingMinor);
        return rows.sort();
      }
      cursor = page.nextCursor;
    }
  }

  #ownRows(rows: readonly { code: string; debitMinor: bigint; creditMinor: bigint }[]) {
    return rows.map(({ debitMinor, creditMinor }) => ({ debit: debitMinor, credit: creditMinor }));
  }

  #compareBalances(): void {
    expect(this.#ownRows(this.ledger.trialBalance().rows)).toEqual(this.model.turnover());
  }

  /** What must hold at the end: the journal shows what is known, and every law check passes. */
  async finish(): Promise<void> {
    const shown: string[] = [];
    let cursor: string | undefined;
    do {
      const page = this.ledger.entries({ limit: 7, cursor });
      for (const entry of page.rows) {
        shown.push(entry.id);
        expect(entry.state).toBe(this.model.stateOf(entry.id));
      }
      expect(page.total).toBe(this.model.known().length);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(shown.sort()).toEqual(this.model.known().sort());
    for (const account of ACCOUNTS.keys()) {
      const rows = this.ledger.entries({ limit: 500, accountId: this.#accounts[account]! }).rows;
      expect(rows.map((entry) => entry.id).sort()).toEqual(this.model.knownOn(account).sort());
    }
    for (const known of [3, 10, 20, 40, 80]) {
      for (const day of [2, 9, 21]) this.#query({ op: 'query', day, known, account: known % 6, from: 0 });
    }
    const verification = await this.ledger.verify();
    expect(verification.checks.filter((check) => !check.ok)).toEqual([]);
  }
}

const movementText = ({ id, date, amountMinor }: { id: string; date: string; amountMinor: bigint }) =>
  `${date} ${id} ${amountMinor}`;

function codeOf(error: unknown): string {
  if (isCountersignError(error)) return error.code;
  throw error;
}

function outcome(work: () => readonly { repeated: boolean }[] | undefined): Outcome {
  try {
    return { repeated: (work() ?? []).map((result) => result.repeated) };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

test('the ledger does what its model does', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 10, maxLength: 60, size: 'max' }),
      async (operations) => {
        const clock = fixedClockRuntime(START_MS);
        await withTestVault(
          async (vault) => {
            const pair = new Pair(vault, clock);
            for (const operation of operations) await pair.run(operation);
            await pair.finish();
          },
          { runtime: clock },
        );
      },
    ),
    { numRuns: Number(process.env.COUNTERSIGN_MODEL_RUNS ?? 15) },
  );
});
