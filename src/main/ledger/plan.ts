import { CountersignError } from '../base/index.ts';
import { SHA256_BYTES } from '../crypto/index.ts';
import { type AccountState, addPosting, balanceProblem, Undo } from './balances.ts';
import { canonicalEntry } from './canonical.ts';
import type { Memory } from './memory.ts';
import { type AccountFinder, linesOf, type PreparedEntry, prepareEntry } from './posting.ts';
import { leafAt, leafOf, writeLeaf } from './proof.ts';
import type { FoundEntry } from './store.ts';
import type { NewEntry } from './types.ts';

/** What the plan must read of the journal. */
export interface PlanReader {
  findAll(ids: readonly Buffer[]): Map<string, FoundEntry>;
  /** The entry a reversal names, ready to be compared. */
  reversible(id: Buffer): ReversalTarget;
}

/** The entry a reversal names. */
export interface ReversalTarget {
  readonly state: 'unknown' | 'not-posted' | 'reversed' | 'posted';
  readonly number: number;
  readonly postings: readonly { readonly accountId: bigint; readonly amountMinor: bigint }[];
}

/** What the plan answers for one entry: the place in the batch, or the record of the first time. */
export type PlannedEntry = { readonly id: Buffer; readonly repeated: boolean } & (
  | { readonly index: number }
  | { readonly record: bigint }
);

export interface PlanOptions {
  readonly nowMs: number;
  /** Set where the entries are staged: they move no balance yet. */
  readonly importId: bigint | null;
}

/**
 * A batch in the making. `add` takes the entries of one caller, all or none: what it accepts has
 * moved the balances in memory, so that the next entries meet them; what it refuses has left no
 * trace. The outcomes that depend on time come after those of the form (see `posting.ts`), in this
 * order: repeated · LEDGER_ID_REUSED · LEDGER_ACCOUNT_CLOSED · LEDGER_PERIOD_CLOSED · INPUT_INVALID
 * (expiry) · LEDGER_ENTRY_UNKNOWN · LEDGER_NOT_POSTED · LEDGER_ALREADY_REVERSED ·
 * LEDGER_REVERSAL_MISMATCH · LEDGER_AMOUNT_TOO_LARGE · LEDGER_LIMIT_EXCEEDED.
 */
export class BatchPlan {
  readonly entries: PreparedEntry[] = [];
  readonly touched = new Set<AccountState>();
  /** Numbers of the entries that entries of this batch reverse, with the place of the reversal. */
  readonly reversals: { readonly reversedNumber: number; readonly index: number }[] = [];
  readonly #memory: Memory;
  readonly #reader: PlanReader;
  readonly #options: PlanOptions;
  readonly #find: AccountFinder;
  readonly #closedThroughDay: number;
  #leaves: Buffer = Buffer.alloc(64 * SHA256_BYTES);
  /** The greatest id so far; ids above it and above all in the vault are new without a look-up. */
  #greatestKey: string;
  /** Place by id; made when the first id comes that is not above all before it. */
  #places: Map<string, number> | undefined;

  constructor(memory: Memory, reader: PlanReader, options: PlanOptions) {
    this.#memory = memory;
    this.#reader = reader;
    this.#options = options;
    const state = memory.current();
    this.#find = (id) => state.accounts[Number(id)];
    this.#greatestKey = state.greatestKey;
    this.#closedThroughDay = state.closedThroughDay ?? Number.NEGATIVE_INFINITY;
  }

  get greatestKey(): string {
    return this.#greatestKey;
  }

  /** The leaves of the batch, packed. */
  leaves(): Buffer {
    return this.#leaves.subarray(0, this.entries.length * SHA256_BYTES);
  }

  add(entries: readonly NewEntry[]): PlannedEntry[] {
    const undo = new Undo();
    const entryMark = this.entries.length;
    const reversalMark = this.reversals.length;
    try {
      const prepared = entries.map((entry, at) => prepareEntry(entry, at, this.#find));
      const known = this.#lookUp(prepared);
      const planned = prepared.map((entry, at) => this.#place(entry, at, known, undo));
      undo.keep();
      for (const account of undo.touched) this.touched.add(account);
      return planned;
    } catch (error) {
      undo.restore();
      for (const dropped of this.entries.splice(entryMark)) this.#places?.delete(dropped.key);
      this.reversals.length = reversalMark;
      throw error;
    }
  }

  /** Looks up the ids that may have been used before, in one go. */
  #lookUp(prepared: readonly PreparedEntry[]): Map<string, FoundEntry> {
    const { greatestKey } = this.#memory.current();
    const doubtful = prepared.filter((entry) => entry.key <= greatestKey).map((entry) => entry.id);
    return doubtful.length === 0 ? new Map() : this.#reader.findAll(doubtful);
  }

  #place(entry: PreparedEntry, at: number, known: Map<string, FoundEntry>, undo: Undo): PlannedEntry {
    const text = canonicalEntry(entry);
    const before = known.get(entry.key);
    if (before !== undefined) return this.#repeat(entry, at, text, before);
    const index = this.entries.length;
    if (entry.key <= this.#greatestKey) {
      this.#places ??= new Map(this.entries.map((earlier, place) => [earlier.key, place]));
      const place = this.#places.get(entry.key);
      if (place !== undefined) {
        if (!leafAt(this.#leaves, place).equals(leafOf(text))) throw reused(at);
        return { id: entry.id, repeated: true, index: place };
      }
    } else {
      this.#greatestKey = entry.key;
    }
    this.#checkNow(entry, at);
    if (entry.reverses !== null) this.#checkReversal(entry, at, index);
    if (this.#options.importId === null) this.#move(entry, at, undo);
    this.#places?.set(entry.key, index);
    this.entries.push(entry);
    if (this.#leaves.byteLength < this.entries.length * SHA256_BYTES) {
      this.#leaves = Buffer.concat([this.#leaves], this.#leaves.byteLength * 2);
    }
    writeLeaf(this.#leaves, index, text);
    return { id: entry.id, repeated: false, index };
  }

  #repeat(entry: PreparedEntry, at: number, text: string, before: FoundEntry): PlannedEntry {
    if (!before.leaf.equals(leafOf(text))) throw reused(at);
    if (before.record !== null) return { id: entry.id, repeated: true, record: before.record };
    // Staged and unpublished: there before for its own import, and in the way of everybody else.
    if (before.importId !== this.#options.importId) throw reused(at);
    return { id: entry.id, repeated: true, record: 0n };
  }

  #checkNow(entry: PreparedEntry, at: number): void {
    if (entry.lines === null) {
      if (entry.debit.terms.closed || entry.credit.terms.closed) throw closed(at);
    } else if (entry.lines.some((line) => line.account.terms.closed)) throw closed(at);
    if (entry.day <= this.#closedThroughDay) {
      throw new CountersignError('LEDGER_PERIOD_CLOSED', 'The effective date lies in a closed period.', {
        path: `entries.${at}.effectiveDate`,
        expected: 'a date after the last closed period',
      });
    }
    const { expiresAtMs } = entry;
    if (entry.pending && this.#options.importId !== null) {
      throw new CountersignError('INPUT_INVALID', 'Entries of an import are never pending.', {
        path: `entries.${at}.pending`,
      });
    }
    if (expiresAtMs !== null && !(Number.isSafeInteger(expiresAtMs) && expiresAtMs > this.#options.nowMs)) {
      throw new CountersignError('INPUT_INVALID', 'The pending entry would expire before it is written.', {
        path: `entries.${at}.expiresAtMs`,
        expected: 'a time in the future, in whole milliseconds',
      });
    }
  }

  #checkReversal(entry: PreparedEntry, at: number, index: number): void {
    const target = this.#reader.reversible(entry.reverses!);
    const fail = (code: ReversalProblem) => {
      throw new CountersignError(code, REVERSAL_PROBLEMS[code], { path: `entries.${at}.reverses` });
    };
    if (target.state === 'unknown') fail('LEDGER_ENTRY_UNKNOWN');
    if (target.state === 'not-posted' || entry.pending) fail('LEDGER_NOT_POSTED');
    const twice = this.reversals.some((reversal) => reversal.reversedNumber === target.number);
    if (target.state === 'reversed' || twice) fail('LEDGER_ALREADY_REVERSED');
    if (!isOpposite(linesOf(entry), target.postings)) fail('LEDGER_REVERSAL_MISMATCH');
    this.reversals.push({ reversedNumber: target.number, index });
  }

  #move(entry: PreparedEntry, at: number, undo: Undo): void {
    const { pending, debit, credit, amountMinor } = entry;
    if (entry.lines === null && debit !== credit) {
      undo.touch(debit);
      undo.touch(credit);
      addPosting(debit, amountMinor, pending);
      addPosting(credit, -amountMinor, pending);
      checkBalance(debit, amountMinor, at);
      checkBalance(credit, -amountMinor, at);
      return;
    }
    const moved = new Map<AccountState, bigint>();
    for (const line of linesOf(entry)) {
      undo.touch(line.account);
      addPosting(line.account, line.amountMinor, pending);
      moved.set(line.account, (moved.get(line.account) ?? 0n) + line.amountMinor);
    }
    for (const [account, movedMinor] of moved) checkBalance(account, movedMinor, at);
  }
}

/** Throws where an account may not stand as it does now. `at` is the entry's place in the call. */
export function checkBalance(account: AccountState, movedMinor: bigint, at?: number): void {
  const problem = balanceProblem(account, movedMinor);
  if (problem === undefined) return;
  const details = { ...(at === undefined ? {} : { path: `entries.${at}` }), account: account.info.code };
  if (problem === 'too-large') {
    throw new CountersignError(
      'LEDGER_AMOUNT_TOO_LARGE',
      'The sum of the account would not fit the ledger.',
      details,
    );
  }
  throw new CountersignError(
    'LEDGER_LIMIT_EXCEEDED',
    'The posting would take the account beyond its balance limit.',
    details,
  );
}

const REVERSAL_PROBLEMS = {
  LEDGER_ENTRY_UNKNOWN: 'There is no entry to reverse under that id.',
  LEDGER_NOT_POSTED: 'Only a posted entry can be reversed, and only by a posted one.',
  LEDGER_ALREADY_REVERSED: 'The entry was reversed before.',
  LEDGER_REVERSAL_MISMATCH: "The postings are not the exact opposite of the reversed entry's.",
} as const;
type ReversalProblem = keyof typeof REVERSAL_PROBLEMS;

type Amounts = readonly { readonly accountId: bigint; readonly amountMinor: bigint }[];

function isOpposite(postings: Amounts, original: Amounts): boolean {
  const form = (lines: Amounts, sign: bigint) =>
    lines
      .map((line) => `${line.accountId} ${sign * line.amountMinor}`)
      .sort()
      .join();
  return form(postings, -1n) === form(original, 1n);
}

function reused(at: number): CountersignError {
  return new CountersignError('LEDGER_ID_REUSED', 'The entry id was used before with other content.', {
    path: `entries.${at}.id`,
  });
}

function closed(at: number): CountersignError {
  return new CountersignError('LEDGER_ACCOUNT_CLOSED', 'A posting names an account that is closed.', {
    path: `entries.${at}.postings`,
  });
}
