import type { Connection } from '../vault/index.ts';
import { type AccountInfo, type AccountState, type AccountTerms, NO_TERMS } from './balances.ts';
import type { AccountKind, Side } from './types.ts';

interface AccountRow {
  id: bigint;
  code: string;
  name: string;
  parent_id: bigint | null;
  kind: AccountKind;
  normal_side: Side;
  currency: string | null;
  postable: bigint;
  role: string | null;
  debit_minor: bigint | null;
  credit_minor: bigint | null;
  pending_debit_minor: bigint | null;
  pending_credit_minor: bigint | null;
}

/** An import that is staged and counts nowhere yet. */
export interface StagedImport {
  readonly importId: bigint;
  /** Numbers of its entries, in one piece where they follow each other. */
  readonly ranges: { first: number; last: number }[];
  /**
   * What publishing it would add to each account. Kept while it is staged; `undefined` where it must
   * be summed up from the batches, after a restart or a rollback.
   */
  sums: Map<bigint, ImportSum> | undefined;
}

/** What an import adds to an account, and the earliest date it does so on. */
export interface ImportSum {
  debitMinor: bigint;
  creditMinor: bigint;
  firstDay: number;
}

/** Accounts, closed periods, imports and everything else that the ledger keeps in memory. */
export function createStateStore(db: Connection) {
  const selectAccounts = db.prepare<[], AccountRow>(
    `SELECT a.id, a.code, a.name, a.parent_id, a.kind, a.normal_side, a.currency, a.postable, a.role,
       b.debit_minor, b.credit_minor, b.pending_debit_minor, b.pending_credit_minor
     FROM account a LEFT JOIN account_balance b ON b.account_id = a.id ORDER BY a.id`,
  );
  const selectTerms = db.prepare<
    [],
    { account_id: bigint; min_minor: bigint | null; max_minor: bigint | null; closed: bigint }
  >('SELECT account_id, min_minor, max_minor, closed FROM account_terms ORDER BY account_id, record');
  const selectImports = db.prepare<[], { first_number: bigint; entry_count: bigint; import_id: bigint }>(
    `SELECT b.first_number, b.entry_count, b.import_id FROM staged_import s
     JOIN journal_batch b ON b.import_id = s.import_id ORDER BY b.first_number`,
  );
  const selectHead = db.prepare<
    [],
    {
      last: bigint | null;
      key: Buffer | null;
      closed: bigint | null;
      snapshot: bigint | null;
      rows: bigint | null;
      record: bigint | null;
    }
  >(
    `SELECT (SELECT max(number) FROM journal_entry) AS last, (SELECT max(id) FROM entry_key) AS key,
       (SELECT max(through_day) FROM closed_period) AS closed,
       (SELECT top_number FROM snapshot_head ORDER BY record DESC LIMIT 1) AS snapshot,
       (SELECT row_count FROM snapshot_head ORDER BY record DESC LIMIT 1) AS rows,
       (SELECT max(record) FROM journal_batch WHERE record IS NOT NULL) AS record`,
  );
  const insertAccount = db.prepare(
    `INSERT INTO account (id, code, name, parent_id, kind, normal_side, currency, postable, role, record)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertTerms = db.prepare(
    'INSERT INTO account_terms (account_id, record, min_minor, max_minor, closed) VALUES (?, ?, ?, ?, ?)',
  );
  const insertClosed = db.prepare(
    'INSERT INTO closed_period (through_day, record, recorded_at_ms) VALUES (?, ?, ?)',
  );

  return {
    accounts(): AccountState[] {
      const terms = new Map<bigint, AccountTerms>();
      for (const row of selectTerms.iterate()) {
        terms.set(row.account_id, {
          minMinor: row.min_minor,
          maxMinor: row.max_minor,
          closed: row.closed === 1n,
        });
      }
      return selectAccounts.all().map((row) => ({
        info: {
          id: row.id,
          code: row.code,
          name: row.name,
          parentId: row.parent_id,
          kind: row.kind,
          normalSide: row.normal_side,
          currency: row.currency,
          postable: row.postable === 1n,
          role: row.role,
        },
        terms: terms.get(row.id) ?? NO_TERMS,
        debitMinor: row.debit_minor ?? 0n,
        creditMinor: row.credit_minor ?? 0n,
        pendingDebitMinor: row.pending_debit_minor ?? 0n,
        pendingCreditMinor: row.pending_credit_minor ?? 0n,
        mark: 0,
      }));
    },

    /** Imports that count nowhere yet. */
    stagedImports(): Map<bigint, StagedImport> {
      const imports = new Map<bigint, StagedImport>();
      for (const row of selectImports.iterate()) {
        const first = Number(row.first_number);
        let known = imports.get(row.import_id);
        if (known === undefined) {
          known = { importId: row.import_id, ranges: [], sums: undefined };
          imports.set(row.import_id, known);
        }
        addRange(known.ranges, first, first + Number(row.entry_count) - 1);
      }
      return imports;
    },

    head(): {
      lastNumber: number;
      greatestKey: string;
      closedThroughDay: number | null;
      snapshotTop: number;
      snapshotRows: number;
      lastRecord: bigint;
    } {
      const row = selectHead.get()!;
      return {
        lastNumber: Number(row.last ?? 0n),
        greatestKey: row.key?.toString('latin1') ?? '',
        closedThroughDay: row.closed === null ? null : Number(row.closed),
        snapshotTop: Number(row.snapshot ?? 0n),
        snapshotRows: Number(row.rows ?? 0n),
        lastRecord: row.record ?? 0n,
      };
    },

    addAccount(info: AccountInfo, record: bigint): void {
      insertAccount.run(
        info.id,
        info.code,
        info.name,
        info.parentId,
        info.kind,
        info.normalSide,
        info.currency,
        info.postable ? 1 : 0,
        info.role,
        record,
      );
    },

    addTerms(accountId: bigint, record: bigint, terms: AccountTerms): void {
      insertTerms.run(accountId, record, terms.minMinor, terms.maxMinor, terms.closed ? 1 : 0);
    },

    closePeriod(throughDay: number, record: bigint, recordedAtMs: number): void {
      insertClosed.run(throughDay, record, recordedAtMs);
    },
  };
}

export type StateStore = ReturnType<typeof createStateStore>;

/** Adds numbers to ranges that end before them. */
export function addRange(ranges: { first: number; last: number }[], first: number, last: number): void {
  const newest = ranges.at(-1);
  if (newest !== undefined && newest.last === first - 1) newest.last = last;
  else ranges.push({ first, last });
}
