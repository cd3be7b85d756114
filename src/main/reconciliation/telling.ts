/** What a batch of decisions tells the audit log: one record, and further ones for the items of a very long match. */
import type { AuditEntry } from '../audit/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { CanonicalJson } from '../crypto/index.ts';
import type { ReconciliationContext, TransactionFacts } from './context.ts';
import type { Settlement } from './reallocation.ts';
import type { AllocationRow } from './store.ts';

/**
 * Items of one match that a record tells of. Those of a match over more of them follow in records of their
 * own, so that the receipt of each stays small.
 */
const ITEMS_TOLD = 60;

export interface Telling {
  subject(kind: string, id: bigint): void;
  say(detail: CanonicalJson): void;
  /** Tells of a match: what is done to it, what it settles, and why. */
  describe(
    action: string,
    facts: TransactionFacts,
    matchId: bigint,
    settlement: Settlement,
    why?: { readonly [name: string]: CanonicalJson },
  ): void;
  /** Writes the record; answers its number. */
  record(journal?: { root: string; count: number }): bigint;
  /** Writes the records that follow it. */
  recordFurther(): void;
}

/**
 * The money as the bank's statement has it, signed, in minor units: who holds a receipt and not the vault knows
 * it by that, and the item by its invoice number.
 */
const toldMoney = ({
  bookingDate,
  currency,
  moneyMinor,
}: TransactionFacts): { [name: string]: CanonicalJson } => ({
  booked: bookingDate,
  currency,
  amount: moneyMinor,
});

/** At which rate a match settles items of another currency, as a record tells it. */
const toldExchange = ({ exchange }: Settlement): { [name: string]: CanonicalJson } =>
  exchange === undefined
    ? {}
    : {
        exchange: {
          currency: exchange.currency,
          money: exchange.moneyMinor,
          charges: exchange.chargesMinor,
          rate: exchange.rate,
          unit: exchange.unitCurrency,
          from: exchange.rateFrom,
        },
      };

export function createTelling(
  { audit, receivables }: Pick<ReconciliationContext, 'audit' | 'receivables'>,
  { actor, traceId }: Caller,
  kind: string,
): Telling {
  const details: CanonicalJson[] = [];
  const subjects = new Map<string, { kind: string; id: string }>();
  const further: Pick<AuditEntry, 'subjects' | 'detail'>[] = [];
  const told = { actor, ...(traceId === '' ? {} : { traceId }) };

  const subject = (of: string, id: bigint): void => {
    subjects.set(`${of} ${id}`, { kind: of, id: id.toString() });
  };

  /** What an allocation settles, as a record tells it. */
  const toldItem = (settled: AllocationRow): CanonicalJson => ({
    item: settled.openItemId,
    invoice: receivables.invoiceNumberOf(settled.openItemId),
    allocated: settled.allocatedMinor,
    discount: settled.discountMinor,
    charges: settled.chargesMinor,
  });

  return {
    subject,
    say: (detail) => {
      details.push(detail);
    },
    describe(action, facts, matchId, settlement, why = {}) {
      const { allocations } = settlement;
      const about = { transaction: facts.id, match: matchId, ...toldMoney(facts) };
      subject('bank-transaction', facts.id);
      const first = allocations.slice(0, ITEMS_TOLD);
      for (const { openItemId } of first) subject('open-item', openItemId);
      details.push({ action, ...about, items: first.map(toldItem), ...toldExchange(settlement), ...why });
      for (let from = ITEMS_TOLD; from < allocations.length; from += ITEMS_TOLD) {
        const more = allocations.slice(from, from + ITEMS_TOLD);
        further.push({
          subjects: [
            { kind: 'bank-transaction', id: facts.id.toString() },
            ...more.map(({ openItemId }) => ({ kind: 'open-item', id: openItemId.toString() })),
          ],
          detail: { changes: [{ action: 'more', of: action, ...about, items: more.map(toldItem) }] },
        });
      }
    },
    record: (journal) =>
      audit.record({
        ...told,
        kind,
        subjects: [...subjects.values()],
        detail: {
          ...(journal ? { journal: { root: journal.root, count: journal.count } } : {}),
          changes: details,
        },
      }),
    recordFurther() {
      for (const entry of further) audit.record({ ...told, kind: `${kind}.items`, ...entry });
    },
  };
}
