/** What keeps the machine from posting an explanation by itself, however high its score is. Pure. */
import { amountInformation, leavesLittle, mayPostCharges, sumByChance } from './amount-evidence.ts';
import type { EvidenceCode } from './evidence.ts';
import type { ToldMoney } from './exchange.ts';
import { type FitKind, signedMoney } from './fit.ts';
import type { PayerSupport } from './payer-evidence.ts';
import { hitWeight } from './reference-weight.ts';
import type { Scoring } from './scoring.ts';
import type { Evidence, Obstacle } from './types.ts';

/** Natural log of the most sums by chance at which a unique one is still posted without a person. */
const MOST_CHANCE = -8.5;
/** Amounts rounder than this (1,750.00, 490.00) are prices that come again: alone they name no invoice. */
const LEAST_INFORMATION = 6;
/** The same for one item that only its amount speaks for, among all that the customer has open. */
const MOST_CHANCE_ALONE = -7;

export interface Judging {
  readonly scoring: Scoring;
  readonly items: readonly number[];
  readonly strong: boolean;
  readonly payer: PayerSupport;
  readonly evidence: readonly Evidence[];
  readonly customers: readonly string[];
}

/** What a person must look at, whatever the odds. */
export function obstacles(judging: Judging): Obstacle[] {
  const { scoring, items, strong, payer, evidence, customers } = judging;
  const { candidates, draft, indexes } = scoring;
  const { kind } = draft.fit;
  const has = (code: EvidenceCode): boolean => evidence.some((each) => each.code === code);
  const found: Obstacle[] = [];
  const amountFits =
    kind !== 'part' && kind !== 'over' && kind !== 'charges-guessed' && kind !== 'discount-late';
  const anyNamed = items.some((item) =>
    candidates.named.has(item) ? hitWeight(candidates.named.get(item)!) > 0 : false,
  );
  // Who is known to pay for another does so where the payment names what it pays, and pays it whole.
  const isBeyondHabit = payer.paysFor && !(strong && amountFits);
  if (payer.conflict || isBeyondHabit || owesAnother(scoring, payer)) found.push('payer-is-another-customer');
  if (strong && !amountFits && payer.firmWeight < 2) found.push('reference-alone');
  if (!strong && anyNamed && payer.firmWeight < 2) found.push('reference-damaged-payer-unknown');
  if (!strong && !anyNamed && !payer.certain) found.push('payer-not-certain');
  if (payer.unlisted && mayBeOfAnother(scoring, customers)) found.push('owed-by-another');
  const isCommon = amountInformation(candidates.transaction.amountMinor) < LEAST_INFORMATION;
  const isChance =
    items.length === 1 && !has('reference-near') && sumByChance(scoring, items, 1) > MOST_CHANCE_ALONE;
  if (!anyNamed && (isCommon || isChance)) found.push('amount-common');
  if (has('names-other-invoice')) found.push('names-another-invoice');
  if (has('leaves-named-out')) found.push('leaves-named-item-out');
  if (has('date-before-invoice')) found.push('before-invoice');
  const isInexact = kind === 'over' || kind === 'part';
  if (!draft.searchComplete || (candidates.remittance.cut && isInexact)) found.push('search-not-complete');
  const unnamed = items.filter((item) => !candidates.named.has(item)).length;
  if (unnamed > 0 && items.length > 1 && sumByChance(scoring, items, unnamed) > MOST_CHANCE) {
    found.push('sum-may-be-chance');
  }
  const isUsual = has('learned-charges') || mayPostCharges(scoring);
  if (kind === 'charges-guessed' && !(strong && payer.certain && isUsual)) {
    found.push('shortfall-unexplained');
  }
  if (kind === 'ruled' && !(strong && payer.certain)) found.push('shortfall-unexplained');
  if (kind === 'exchange' && !(strong && payer.firmWeight >= 2)) found.push('shortfall-unexplained');
  if (kind === 'discount-late' && !has('learned-late-discount')) found.push('discount-late');
  if (kind === 'over' && !(strong && payer.certain && candidates.references.unknownNumbers.length === 0)) {
    found.push('overpaid');
  }
  const isPlainPart = strong && items.length === 1 && payer.firmWeight >= 2 && !leavesLittle(scoring);
  if (kind === 'part' && !isPlainPart) found.push('part-payment-unsure');
  if (candidates.remittance.words.returned) found.push('return-said');
  if (customers.length > 1 && !strong) found.push('many-customers');
  if (candidates.transaction.direction === 'debit') {
    const refund = strong && items.every((item) => indexes.book.item(item).kind === 'credit_note');
    if (!refund || payer.firmWeight < 2) found.push('outgoing');
  }
  if (candidates.told) found.push(...exchangeObstacles(judging, candidates.told));
  return found;
}

/** What the terms of the items or the bank itself explain to the cent. */
const SETTLED_WHOLE: ReadonlySet<FitKind> = new Set<FitKind>([
  'exact',
  'exchange',
  'charges-stated',
  'discount',
  'discount-and-charges',
  'documents',
]);

/** Money is posted across currencies where the text names all items, its own rate ties it to them, and nothing is left. */
function exchangeObstacles({ scoring, strong }: Judging, { proof }: ToldMoney): Obstacle[] {
  if (proof === 'contradicted' || proof === 'implausible') return ['exchange-contradicted'];
  const isTied = proof === 'agreed' || proof === 'rate';
  return isTied && strong && SETTLED_WHOLE.has(scoring.draft.fit.kind) ? [] : ['exchange-unsure'];
}

/** Another customer who may as well be the payer owes just this amount. */
function owesAnother({ indexes, candidates }: Scoring, { alike }: PayerSupport): boolean {
  const { currency, amountMinor } = candidates.transaction;
  return alike.some((at) => indexes.book.owes(indexes.customers[at]!.customerId, currency, amountMinor));
}

/**
 * Where the payer may be somebody whom the list does not know, a number alone does not tell whose money it is
 * once somebody else owes just this amount: a customer who stands on the list under another name may have
 * mistaken the number. Only an account on the list tells that it is not they who paid, as it would be in the
 * payment.
 */
function mayBeOfAnother({ indexes, candidates }: Scoring, customers: readonly string[]): boolean {
  const { payers, transaction } = candidates;
  const tellsAccount = payers.hasAccount && !payers.hasUltimate;
  const ofAmount = indexes.book.allOfAmount(transaction.currency, signedMoney(transaction));
  return ofAmount.some((item) => {
    const { customerId } = indexes.book.item(item);
    const place = indexes.customerIndex.get(customerId);
    const hasAccount = place !== undefined && indexes.customers[place]!.ibans.length > 0;
    return !customers.includes(customerId) && !(tellsAccount && hasAccount);
  });
}
