/** The rates and shares of money by which matches and suggestions settle items of another currency. */
import type { Connection } from '../vault/index.ts';
import type { MatchExchange } from './types.ts';

export interface ExchangeTable {
  /** The exchange of a match or suggestion; `undefined` where its items are of the money's own currency. */
  of(id: bigint): MatchExchange | undefined;
  insert(id: bigint | number, exchange: MatchExchange): void;
}

/** Reads and writes one of the two tables. */
export function exchangeTable(db: Connection, table: 'match' | 'suggestion'): ExchangeTable {
  const byId = db.prepare<[bigint], MatchExchange>(
    `SELECT currency, money_minor AS moneyMinor, charges_minor AS chargesMinor, rate,
       unit_currency AS unitCurrency, rate_from AS rateFrom
     FROM ${table}_exchange WHERE ${table}_id = ?`,
  );
  const insert = db.prepare(
    `INSERT INTO ${table}_exchange (${table}_id, currency, money_minor, charges_minor, rate, unit_currency, rate_from)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    of: (id) => byId.get(id),
    insert(id, { currency, moneyMinor, chargesMinor, rate, unitCurrency, rateFrom }) {
      insert.run(id, currency, moneyMinor, chargesMinor, rate, unitCurrency, rateFrom);
    },
  };
}
