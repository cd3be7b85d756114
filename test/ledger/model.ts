/**
 * The ledger once more, as plainly as it can be written: a list of entries, and every answer summed
 * up from it anew. It shares no code with the real one; the property test drives both and compares.
 */

export interface ModelPosting {
  readonly account: number;
  readonly amountMinor: bigint;
}

export interface ModelInput {
  readonly id: string;
  readonly date: string;
  readonly memo: string;
  readonly postings: readonly ModelPosting[];
  readonly pending?: { readonly expiresAtMs?: number };
  readonly reverses?: string;
}

interface ModelEntry extends ModelInput {
  readonly content: string;
  readonly importId: number | null;
  /** The record from which the entry is known. */
  record: bigint | null;
  state: 'posted' | 'pending' | 'voided' | 'expired';
  /** The record from which its postings count. */
  countsFrom: bigint | null;
}

export interface ModelAccount {
  readonly currency: string;
  readonly normalSide: 'debit' | 'credit';
  minMinor: bigint | null;
  maxMinor: bigint | null;
}

/** An outcome as the ledger reports it: a code, or for each entry whether it was there before. */
export type Outcome = { readonly code: string } | { readonly repeated: readonly boolean[] };

export interface Movement {
  readonly id: string;
  readonly date: string;
  readonly amountMinor: bigint;
}

/** Two postings are the same content in either order; more stand as they were given. */
function contentOf({ id, date, memo, postings, pending, reverses }: ModelInput): string {
  const lines = postings.map((posting) => `${posting.account}:${posting.amountMinor}`);
  if (lines.length === 2 && postings[0]!.amountMinor < 0n) lines.reverse();
  return [
    id,
    date,
    memo,
    lines.join(),
    pending ? `pending ${pending.expiresAtMs ?? ''}` : '',
    reverses ?? '',
  ].join('|');
}

export class ModelLedger {
  readonly accounts: ModelAccount[];
  nowMs: number;
  closedThrough = '';
  #entries: ModelEntry[] = [];
  #published = new Set<number>();

  constructor(accounts: readonly ModelAccount[], nowMs: number) {
    this.accounts = accounts.map((account) => ({ ...account }));
    this.nowMs = nowMs;
  }

  /** A copy to go back to. */
  save(): () => void {
    const entries = this.#entries.map((entry) => ({ ...entry }));
    const published = new Set(this.#published);
    return () => {
      this.#entries = entries;
      this.#published = published;
    };
  }

  /** Ids of entries that are known, in the order of their coming. */
  known(): string[] {
    return this.#entries.filter((entry) => entry.record !== null).map((entry) => entry.id);
  }

  /** Ids of entries on an account that are posted or may still be. */
  knownOn(account: number): string[] {
    return this.#entries
      .filter((entry) => entry.record !== null && (entry.state === 'posted' || entry.state === 'pending'))
      .filter((entry) => entry.postings.some((posting) => posting.account === account))
      .map((entry) => entry.id);
  }

  inputOf(id: string): ModelInput | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  post(inputs: readonly ModelInput[], record: bigint, importId: number | null = null): Outcome {
    const restore = this.save();
    const form = inputs.map((input) => this.#formProblem(input)).find((problem) => problem !== undefined);
    if (form !== undefined) return { code: form };
    const repeated: boolean[] = [];
    for (const input of inputs) {
      const outcome = this.#postOne(input, record, importId);
      if (typeof outcome === 'string') {
        restore();
        return { code: outcome };
      }
      repeated.push(outcome);
    }
    return { repeated };
  }

  #formProblem({ postings }: ModelInput): string | undefined {
    if (postings.length < 2) return 'LEDGER_EMPTY_ENTRY';
    for (const { account, amountMinor } of postings) {
      if (amountMinor === 0n) return 'LEDGER_ZERO_POSTING';
      if (this.accounts[account] === undefined) return 'LEDGER_ACCOUNT_UNKNOWN';
    }
    for (const currency of new Set(this.accounts.map((account) => account.currency))) {
      const own = postings.filter((posting) => this.accounts[posting.account]!.currency === currency);
      if (own.reduce((sum, posting) => sum + posting.amountMinor, 0n) !== 0n) return 'LEDGER_UNBALANCED';
    }
    return undefined;
  }

  #postOne(input: ModelInput, record: bigint, importId: number | null): boolean | string {
    const content = contentOf(input);
    const before = this.#entries.find((entry) => entry.id === input.id);
    if (before !== undefined) {
      const inTheWay = before.record === null && before.importId !== importId;
      return before.content !== content || inTheWay ? 'LEDGER_ID_REUSED' : true;
    }
    if (input.date <= this.closedThrough) return 'LEDGER_PERIOD_CLOSED';
    const { expiresAtMs } = input.pending ?? {};
    if (expiresAtMs !== undefined && expiresAtMs <= this.nowMs) return 'INPUT_INVALID';
    if (input.reverses !== undefined) {
      const original = this.#entries.find((entry) => entry.id === input.reverses);
      if (original === undefined || original.record === null) return 'LEDGER_ENTRY_UNKNOWN';
      if (original.state !== 'posted') return 'LEDGER_NOT_POSTED';
      if (this.#entries.some((entry) => entry.reverses === input.reverses)) return 'LEDGER_ALREADY_REVERSED';
    }
    const staged = importId !== null;
    const pending = input.pending !== undefined;
    this.#entries.push({
      ...input,
      content,
      importId,
      record: staged ? null : record,
      state: pending ? 'pending' : 'posted',
      countsFrom: staged || pending ? null : record,
    });
    if (!staged && input.postings.some(({ account }) => this.#beyondLimit(account, input.postings))) {
      return 'LEDGER_LIMIT_EXCEEDED';
    }
    return false;
  }

  /** Whether an account stands beyond a limit towards which `postings` moved it. */
  #beyondLimit(account: number, postings: readonly ModelPosting[]): boolean {
    const { normalSide, minMinor, maxMinor } = this.accounts[account]!;
    const sign = normalSide === 'debit' ? 1n : -1n;
    const sum = (lines: readonly bigint[]) => lines.reduce((total, amount) => total + amount, 0n);
    const own = (lines: readonly ModelPosting[]) =>
      lines.filter((line) => line.account === account).map((line) => line.amountMinor * sign);
    const moved = sum(own(postings));
    const posted = sum(this.#entries.filter((e) => e.countsFrom !== null).flatMap((e) => own(e.postings)));
    const waiting = this.#entries
      .filter((e) => e.state === 'pending' && e.record !== null)
      .flatMap((e) => own(e.postings));
    const adding = sum(waiting.filter((amount) => amount > 0n));
    const taking = sum(waiting.filter((amount) => amount < 0n));
    if (maxMinor !== null && moved > 0n && posted + adding > maxMinor) return true;
    return minMinor !== null && moved < 0n && posted + taking < minMinor;
  }

  publish(importId: number, record: bigint): string | undefined {
    if (this.#published.has(importId)) return 'LEDGER_IMPORT_PUBLISHED';
    const staged = this.#entries.filter((entry) => entry.importId === importId);
    if (staged.some((entry) => entry.date <= this.closedThrough)) return 'LEDGER_PERIOD_CLOSED';
    for (const entry of staged) Object.assign(entry, { record, countsFrom: record });
    const all = staged.flatMap((entry) => entry.postings);
    if (all.some(({ account }) => this.#beyondLimit(account, all))) {
      for (const entry of staged) Object.assign(entry, { record: null, countsFrom: null });
      return 'LEDGER_LIMIT_EXCEEDED';
    }
    this.#published.add(importId);
    return undefined;
  }

  isPublished(importId: number): boolean {
    return this.#published.has(importId);
  }

  discard(importId: number): void {
    this.#entries = this.#entries.filter((entry) => entry.importId !== importId);
  }

  resolve(id: string, action: 'post' | 'void', record: bigint): string | undefined {
    const entry = this.#entries.find((e) => e.id === id);
    if (entry === undefined || entry.record === null) return 'LEDGER_ENTRY_UNKNOWN';
    const over = entry.pending?.expiresAtMs !== undefined && entry.pending.expiresAtMs <= this.nowMs;
    if (entry.state !== 'pending' || over) return 'LEDGER_NOT_PENDING';
    if (action === 'post' && entry.date <= this.closedThrough) return 'LEDGER_PERIOD_CLOSED';
    entry.state = action === 'post' ? 'posted' : 'voided';
    if (action === 'post') entry.countsFrom = record;
    return undefined;
  }

  /** How many entries expire now. */
  expire(): number {
    const over = this.#entries.filter(
      (e) => e.state === 'pending' && (e.pending?.expiresAtMs ?? Infinity) <= this.nowMs,
    );
    for (const entry of over) entry.state = 'expired';
    return over.length;
  }

  stateOf(id: string): string {
    return this.#entries.find((entry) => entry.id === id)!.state;
  }

  /** Debit and credit turnover of each account, at a date as known at a record. */
  turnover(asOf = '9999-12-31', knownAt = 10n ** 15n): { debit: bigint; credit: bigint }[] {
    const sums = this.accounts.map(() => ({ debit: 0n, credit: 0n }));
    for (const entry of this.#entries) {
      if (entry.countsFrom === null || entry.countsFrom > knownAt || entry.date > asOf) continue;
      for (const { account, amountMinor } of entry.postings) {
        if (amountMinor > 0n) sums[account]!.debit += amountMinor;
        else sums[account]!.credit -= amountMinor;
      }
    }
    return sums;
  }

  /** The movements of an account, by date; entries of one date in no order of note. */
  movements(account: number, from: string, to: string, knownAt?: bigint): Movement[] {
    return this.#entries
      .filter(
        ({ countsFrom, date }) =>
          countsFrom !== null &&
          (knownAt === undefined || countsFrom <= knownAt) &&
          from <= date &&
          date <= to,
      )
      .flatMap(({ id, date, postings }) =>
        postings
          .filter((posting) => posting.account === account)
          .map(({ amountMinor }) => ({ id, date, amountMinor })),
      );
  }
}
