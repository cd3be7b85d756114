/** What people's decisions taught of payers, as the engine looks it up: by exact name, account and customer. Pure. */
import { normaliseName } from './normalise-names.ts';
import type { ReadRemittance } from './normalise-remittance.ts';
import { squeeze } from './normalise-text.ts';
import type { MatchTransaction } from './types.ts';

/** Who the payer is; a discount taken after its time; a sum by which payments come short. */
export type LearnedKind = 'name' | 'account' | 'late-discount' | 'charges';

/** One thing that decisions taught of a customer. */
export interface LearnedPoint {
  readonly what: LearnedKind;
  /** What equals it: a name in normal form, an account, `EUR 1500`; empty where the kind says it all. */
  readonly key: string;
  /** Decisions that teach it; those about the same item count once. */
  readonly lessons: number;
  /** The bank transaction of the first of them. */
  readonly source: bigint;
  /** Of a late discount: how late it was at most. */
  readonly days?: number;
}

export interface CustomerLearning {
  readonly customerId: string;
  readonly points: readonly LearnedPoint[];
}

/** A customer for whom payments of this payer were decided. */
export interface LearnedPayer {
  readonly customerId: string;
  readonly lessons: number;
  readonly source: bigint;
  /** By which of the two it was found. */
  readonly by: 'name' | 'account' | 'name account';
  /** Learned for several customers: it tells none of them apart. */
  readonly isShared: boolean;
}

/** So many decisions make a payer known, or a habit expected; fewer only make a proposal better. */
export const FIRM_LESSONS = 3;
/** What was learned for more customers than this says nothing of any. */
const MOST_CUSTOMERS = 8;
const LEAST_ACCOUNT_LENGTH = 8;

/** Equal for points that say the same. */
export const learnedKey = ({ what, key }: Pick<LearnedPoint, 'what' | 'key'>): string => `${what} ${key}`;

/** Whether it tells who the payer is. */
export const isOfPayer = ({ what }: Pick<LearnedPoint, 'what'>): boolean =>
  what === 'name' || what === 'account';

/** Equal for two spellings of one name, but not for sisters of another legal form; empty where nothing is left. */
export function nameKey(name: string | undefined): string {
  if (name === undefined) return '';
  const { sortedKey, legalForm } = normaliseName(name);
  return sortedKey === '' ? '' : `${sortedKey}|${legalForm}`;
}

/** The name and the account by which incoming money tells for whom it was paid. */
export interface PayerTold {
  readonly name?: string;
  readonly account?: string;
}

/** Who pays for another is not the customer: then only the other's name tells of it. */
export function payerTold(
  { direction, debtor, ultimateDebtor }: MatchTransaction,
  { ultimateDebtorName }: Pick<ReadRemittance, 'ultimateDebtorName'>,
): PayerTold {
  if (direction !== 'credit') return {};
  const ultimate = ultimateDebtor?.name ?? ultimateDebtorName;
  if (nameKey(ultimate) !== '' && nameKey(ultimate) !== nameKey(debtor?.name)) return { name: ultimate! };
  const account = debtor?.account === undefined ? '' : squeeze(debtor.account);
  return {
    ...(nameKey(debtor?.name) === '' ? {} : { name: debtor!.name! }),
    ...(account.length < LEAST_ACCOUNT_LENGTH ? {} : { account }),
  };
}

export class LearnedIndex {
  readonly #of = new Map<string, readonly LearnedPoint[]>();
  readonly #payers = new Map<string, Map<string, LearnedPoint>>();

  /** What is known of the customer from here on. */
  set({ customerId, points }: CustomerLearning): void {
    for (const point of this.#of.get(customerId) ?? []) {
      const customers = this.#payers.get(learnedKey(point));
      customers?.delete(customerId);
      if (customers?.size === 0) this.#payers.delete(learnedKey(point));
    }
    this.#of.delete(customerId);
    if (points.length > 0) this.#of.set(customerId, points);
    for (const point of points) {
      if (!isOfPayer(point)) continue;
      const customers = this.#payers.get(learnedKey(point)) ?? new Map<string, LearnedPoint>();
      this.#payers.set(learnedKey(point), customers.set(customerId, point));
    }
  }

  /** The customers for whom people decided payments of this payer. */
  payers(transaction: MatchTransaction, remittance: ReadRemittance): readonly LearnedPayer[] {
    if (this.#payers.size === 0) return NOBODY;
    const { name, account } = payerTold(transaction, remittance);
    const found = new Map<string, LearnedPayer>();
    if (name !== undefined) this.#collect(found, 'name', nameKey(name));
    if (account !== undefined) this.#collect(found, 'account', account);
    const payers = [...found.values()];
    const clear = payers.filter(({ isShared }) => !isShared);
    // The name says one customer and the account another: then neither is certain.
    return clear.length < 2 ? payers : payers.map((each) => ({ ...each, isShared: true }));
  }

  #collect(found: Map<string, LearnedPayer>, by: 'name' | 'account', key: string): void {
    const customers = this.#payers.get(learnedKey({ what: by, key }));
    if (customers === undefined || customers.size > MOST_CUSTOMERS) return;
    const isShared = customers.size > 1;
    for (const [customerId, { lessons, source }] of customers) {
      found.set(customerId, strongerOf(found.get(customerId), { customerId, lessons, source, by, isShared }));
    }
  }

  /** A habit of the customer, where there is one. */
  habit(customerId: string, what: LearnedKind, key = ''): LearnedPoint | undefined {
    return this.#of.get(customerId)?.find((point) => point.what === what && point.key === key);
  }
}

const NOBODY: readonly LearnedPayer[] = [];

/** What is the customer's alone tells more than what is shared; else the more often decided. */
function strongerOf(name: LearnedPayer | undefined, account: LearnedPayer): LearnedPayer {
  if (name === undefined) return account;
  if (name.isShared !== account.isShared) return name.isShared ? account : name;
  const stronger = name.lessons >= account.lessons ? name : account;
  return { ...stronger, by: 'name account' };
}
