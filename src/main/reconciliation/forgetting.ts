/** What the engine learned of people's decisions, shown with its sources, and forgotten where a person says so. */
import type { LearnedRow } from '../../contract/reconciliation.ts';
import { CountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { writeChanges } from './changes.ts';
import type { ReconciliationContext } from './context.ts';
import { FIRM_LESSONS, isOfPayer, learnedKey } from './learned-index.ts';
import { type LearnedThing, learnedId, parseLearnedId } from './lessons.ts';
import { nameSimilarity, normaliseName } from './normalise-names.ts';
import { squeeze } from './normalise-text.ts';
import { SAME_NAME } from './payer-evidence.ts';
import type { Page } from './reading.ts';
import type { LearnedUse } from './store-learned.ts';

export interface LearnedQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly customerId?: string | undefined;
}

export interface Forgotten {
  /** Decisions that teach it no more. */
  readonly decisions: number;
}

/** Decisions that a row names; the others are counted. */
const MOST_SOURCES = 20;
/** Decisions that the record of forgetting names, so that its receipt stays small. */
const MOST_TOLD = 100;

export function createLearnedDesk(context: ReconciliationContext) {
  const { store, learning, receivables, runtime } = context;

  /** What was learned of one customer and stands in no list. */
  function rowsOf(
    customerId: string,
    uses: readonly LearnedUse[],
    shared: ReadonlySet<string>,
  ): LearnedRow[] {
    const things = learning.thingsOf(customerId);
    if (things.length === 0) return [];
    const customer = receivables.customer(things[0]!.from[0]!.customerRow.toString());
    const names = [customer.name, ...customer.aliases].map(normaliseName);
    const accounts = new Set(customer.ibans.map(squeeze));
    const isListed = ({ what, key, text }: LearnedThing): boolean =>
      what === 'account'
        ? accounts.has(key)
        : what === 'name' && names.some((name) => nameSimilarity(normaliseName(text), name) >= SAME_NAME);
    return things
      .filter((thing) => !isListed(thing))
      .map((thing) => ({
        id: learnedId(thing),
        customerId,
        customerName: customer.name,
        what: thing.what,
        name: thing.what === 'name' ? thing.text : null,
        account: thing.what === 'account' ? thing.text : null,
        charges: thing.what === 'charges' ? moneyOf(thing.text) : null,
        lateDays: thing.days ?? null,
        decisions: thing.lessons,
        enough: FIRM_LESSONS,
        shared: shared.has(learnedKey(thing)),
        uses: usesOf(thing, uses),
        learnedFrom: thing.from
          .slice(-MOST_SOURCES)
          .reverse()
          .map(({ transactionId, actor, decidedAtMs }) => ({
            bankTransactionId: transactionId.toString(),
            actor,
            atMs: Number(decidedAtMs),
          })),
      }));
  }

  /** A page of what was learned, by customers. */
  async function learned({ limit, cursor, customerId }: LearnedQuery): Promise<Page<LearnedRow>> {
    await learning.ready();
    const uses = store.learnedUses();
    const shared = learning.shared();
    const rows: LearnedRow[] = [];
    // A customer's rows stay together: the next page begins with the next customer.
    for (const each of customerId === undefined ? learning.customers() : [customerId]) {
      if (cursor !== undefined && each <= cursor) continue;
      if (rows.length >= limit) return { rows, nextCursor: rows.at(-1)!.customerId, total: null };
      rows.push(...rowsOf(each, uses, shared));
    }
    return { rows, nextCursor: null, total: null };
  }

  /**
   * Forgets one thing: the decisions that taught it stand and teach it no more; the next decision may
   * teach it again. Errors: LEARNED_UNKNOWN.
   */
  async function forget(id: string, caller: Caller): Promise<Forgotten> {
    await learning.ready();
    const meant = parseLearnedId(id);
    const match = meant === undefined ? undefined : store.match(meant.matchId);
    const lesson = match === undefined ? undefined : learning.lesson(match.transactionId);
    const point = lesson?.points.find(({ what }) => what === meant!.what);
    if (lesson === undefined || lesson.matchId !== meant!.matchId || point === undefined) {
      throw new CountersignError('LEARNED_UNKNOWN', 'Nothing of that kind is learned from that decision.');
    }
    const { what } = point;
    const thing = learning
      .thingsOf(lesson.customerId)
      .find((each) => each.what === what && each.key === point.key)!;
    const forgottenAtMs = BigInt(Math.trunc(runtime.nowMs()));
    writeChanges(context, caller, 'reconciliation.forget', (changes) => {
      changes.subject('customer', lesson.customerRow);
      const told = thing.from.slice(0, MOST_TOLD);
      for (const { transactionId } of told) changes.subject('bank-transaction', transactionId);
      const matches = told.map(({ matchId }) => matchId);
      changes.say({ action: 'forget', what, decisions: thing.from.length, matches });
      for (const { transactionId } of thing.from) changes.decided(transactionId);
      changes.write((record) => {
        for (const { matchId } of thing.from) {
          store.insertForgotten({ matchId, what, actor: caller.actor, forgottenAtMs, record });
        }
      });
    });
    return { decisions: thing.from.length };
  }

  return { learned, forget };
}

function moneyOf(key: string): { amountMinor: bigint; currency: string } {
  const [currency, amount] = key.split(' ');
  return { amountMinor: BigInt(amount!), currency: currency! };
}

/** How many of the machine's matches rest on it. */
function usesOf({ what, from }: LearnedThing, uses: readonly LearnedUse[]): number {
  const sources = new Set(from.map(({ transactionId }) => transactionId.toString()));
  return uses
    .filter(({ code, by }) =>
      isOfPayer({ what }) ? by?.split(' ').includes(what) : code === `learned-${what}`,
    )
    .filter(({ source }) => sources.has(source))
    .reduce((sum, { count }) => sum + Number(count), 0);
}
