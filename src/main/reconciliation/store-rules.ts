/** What the rules of the desk did, in the tables of matches. */
import type { IsoDate } from '../base/index.ts';
import type { Connection } from '../vault/index.ts';
import type { Booking } from './booking.ts';

/** Prepares the statements over bookings. */
export function bookingQueries(db: Connection) {
  const insert = db.prepare(
    'INSERT INTO match_booking (match_id, account_id, rule, version) VALUES (?, ?, ?, ?)',
  );
  const byMatch = db.prepare<[bigint], { accountId: bigint; rule: bigint; version: bigint }>(
    'SELECT account_id AS accountId, rule, version FROM match_booking WHERE match_id = ?',
  );
  return {
    insertBooking: (matchId: bigint, { accountId, rule, version }: Booking) => {
      insert.run(matchId, accountId, BigInt(rule), BigInt(version));
    },
    bookingOf(matchId: bigint): Booking | undefined {
      const row = byMatch.get(matchId);
      return row && { accountId: row.accountId, rule: Number(row.rule), version: Number(row.version) };
    },
  };
}

/** Rows that are looked through at a time, well under what holds the loop. */
const ROWS_A_READ = 1_000;

export interface RuleActionsReader {
  /** How many lines booked between two days a rule acted on, as they stand; a few hundred rows at a time. */
  actionsBetween(from: IsoDate, to: IsoDate): Generator<void, ReadonlyMap<number, number>, void>;
}

export function createRuleActionsReader(db: Connection): RuleActionsReader {
  const after = db.prepare<
    [string, string, string, bigint, bigint],
    { date: IsoDate; id: bigint; evidence: string }
  >(
    `SELECT booking_date AS date, bank_transaction_id AS id, evidence FROM match_state
     WHERE booking_date BETWEEN ? AND ? AND (booking_date, bank_transaction_id) > (?, ?)
     ORDER BY booking_date, bank_transaction_id LIMIT ?`,
  );
  return {
    *actionsBetween(from, to) {
      const counts = new Map<number, number>();
      let [date, id] = [from, -1n];
      for (;;) {
        const rows = after.all(from, to, date, id, BigInt(ROWS_A_READ));
        for (const { evidence } of rows) {
          for (const rule of rulesIn(evidence)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
        }
        if (rows.length < ROWS_A_READ) return counts;
        ({ date, id } = rows.at(-1)!);
        yield;
      }
    },
  };
}

/** The rules that evidence names, each once. */
function rulesIn(evidence: string): Set<number> {
  if (!evidence.includes('"desk-rule')) return new Set();
  const list = JSON.parse(evidence) as readonly {
    readonly code: string;
    readonly values?: { rule?: string };
  }[];
  return new Set(
    list.flatMap(({ code, values }) => (code.startsWith('desk-rule') ? [Number(values?.rule)] : [])),
  );
}
