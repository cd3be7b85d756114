import type { Connection } from '../vault/index.ts';

/** Number, debit and credit account, amount, other postings, whether it was written as pending. */
type EntryRow = [bigint, bigint | null, bigint | null, bigint | null, string | null, bigint];

/** What a replay reads: the append-only tables it rebuilds from, and the live ones it compares with. */
export function createReplayStore(db: Connection) {
  const entries = db
    .prepare<[], EntryRow>(
      `SELECT number, debit_account, credit_account, amount_minor, postings, pending
       FROM journal_entry ORDER BY number`,
    )
    .raw();
  const knownBatches = db
    .prepare<[number, number], [bigint, bigint]>(
      `SELECT b.first_number, b.first_number + b.entry_count - 1 FROM journal_batch b
       WHERE b.record <= ? OR EXISTS
         (SELECT 1 FROM journal_publication p WHERE p.import_id = b.import_id AND p.record <= ?)
       ORDER BY b.first_number`,
    )
    .raw();
  const resolutions = db
    .prepare<[number], [bigint, string]>('SELECT number, outcome FROM pending_resolution WHERE record <= ?')
    .raw();
  const accounts = db.prepare<[number], { id: bigint; code: string; name: string; currency: string | null }>(
    'SELECT id, code, name, currency FROM account WHERE record <= ? ORDER BY code',
  );
  const balances = db
    .prepare<[], [bigint, bigint, bigint, bigint, bigint]>(
      `SELECT account_id, debit_minor, credit_minor, pending_debit_minor, pending_credit_minor
       FROM account_balance`,
    )
    .raw();
  const items = db
    .prepare<[number], [bigint, bigint, bigint]>(
      `SELECT i.id, i.amount_minor, i.open_minor FROM open_item i
       JOIN receivables_list l ON l.id = i.list_id WHERE l.record <= ?`,
    )
    .raw();
  const matches = db.prepare<
    [],
    { id: bigint; txId: bigint; kind: string; decidedBy: string; record: bigint; endRecord: bigint | null }
  >(
    `SELECT m.id, m.bank_transaction_id AS txId, m.kind, m.decided_by AS decidedBy, m.record,
       e.record AS endRecord
     FROM match m LEFT JOIN match_end e ON e.match_id = m.id`,
  );
  const allocations = db
    .prepare<[bigint], [bigint, bigint, bigint, bigint]>(
      `SELECT open_item_id, allocated_minor, discount_minor, charges_minor FROM match_allocation
       WHERE match_id = ?`,
    )
    .raw();
  const exchanges = db
    .prepare<[bigint], [string, bigint, bigint, string, string, string]>(
      `SELECT currency, money_minor, charges_minor, rate, unit_currency, rate_from FROM match_exchange
       WHERE match_id = ?`,
    )
    .raw();
  const states = db
    .prepare<[], [bigint, string, bigint | null]>(
      'SELECT bank_transaction_id, status, match_id FROM match_state',
    )
    .raw();
  const incidents = db
    .prepare<[], [bigint, string, string, string | null, bigint]>(
      'SELECT id, severity, state, owner, level FROM incident',
    )
    .raw();
  const recordedAt = db
    .prepare<[number], number>('SELECT recorded_at_ms FROM audit_record WHERE seq = ?')
    .pluck()
    .safeIntegers(false);
  const head = db
    .prepare<[], number>('SELECT coalesce(max(seq), 0) FROM audit_record')
    .pluck()
    .safeIntegers(false);
  return {
    entries: () => entries.iterate(),
    knownBatches: (at: number) => knownBatches.all(at, at),
    resolutions: (at: number) => resolutions.all(at),
    accounts: (at: number) => accounts.all(at),
    balances: () => balances.all(),
    /** Id, amount and what is open of it, of the items that count. */
    items: (at: number) => items.iterate(at),
    matches: () => matches.all(),
    allocations: (matchId: bigint) => allocations.all(matchId),
    /** Items' currency, money, charges, rate, its unit and where it is from, where a match has an exchange. */
    exchange: (matchId: bigint) => exchanges.get(matchId),
    states: () => states.all(),
    incidents: () => incidents.all(),
    recordedAt: (seq: number) => recordedAt.get(seq),
    head: () => head.get() ?? 0,
  };
}

export type ReplayStore = ReturnType<typeof createReplayStore>;
