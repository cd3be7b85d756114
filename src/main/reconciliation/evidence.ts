/** The words of the engine: every reason it can give, for and against. Pure. */
import type { Evidence } from './types.ts';

/** Code → sentence. `{name}` stands for a value of the evidence. No names or account numbers ever. */
export const evidenceWords = {
  'reference-structured': 'structured reference exact',
  'reference-exact': 'invoice number exact',
  'reference-number': 'invoice number exact but for its prefix',
  'reference-list': 'invoice number told by a list or a range in the text',
  'reference-ocr': 'invoice number read through look-alike letters',
  'reference-structured-edit': 'structured reference but for one character',
  'reference-edit': 'invoice number but for one digit',
  'reference-near': 'the number in the text is that of another item and one digit away from this one',
  'reference-tail': 'end of the invoice number',
  'reference-some': '{named} of {items} items named, the others complete the sum',
  'amount-exact': 'amount exact',
  'amount-sum': 'sum of {items} items exact',
  'amount-credit-note': 'sum exact after credit notes',
  'amount-discount': 'amount less discount allowed',
  'amount-discount-grace': 'amount less discount, a few days late',
  'amount-discount-late': 'amount less discount that was not allowed any more',
  'amount-charges-stated': 'amount less charges that the bank states',
  'amount-instructed': 'amount that the payer instructed, charges taken on the way',
  'amount-exchange': "amount exact but for what the entry's own rate leaves open",
  'exchange-agreed':
    'instructed amount in {currency}, and it gives the money that came by its own rate {rate}',
  'exchange-rate': 'amount in {currency} by its own rate {rate}',
  'exchange-unproved': 'instructed amount in {currency}, but no rate that ties the money to it',
  'exchange-charges-guessed':
    'instructed amount in {currency}, and the money is less by what bank charges usually are',
  'exchange-contradicted':
    'instructed amount, rate and money do not agree: reckoned in {currency} by its own rate {rate}',
  'exchange-implausible': 'its own rate {rate} is far from what {currency} is worth',
  'amount-charges-guessed': 'amount less what bank charges usually are',
  'amount-documents': 'amounts stated for each item',
  'amount-part': 'part payment',
  'amount-part-said': 'part payment, as the text says',
  'amount-over': 'more than the items: the rest is left',
  'subset-unique': 'no other items of the customer give this sum',
  'ultimate-debtor': 'ultimate debtor is the customer',
  'ultimate-debtor-like': 'ultimate debtor is like the customer',
  'debtor-name': 'payer is the customer',
  'debtor-name-like': 'payer is like the customer',
  'iban-known': "account is the customer's",
  'iban-shared': 'account is shared by several customers, this one among them',
  'customer-number': 'customer number in the text',
  'named-in-text': 'customer named in the text',
  'learned-alias': 'payer as learned from decisions of people: {lessons}',
  'learned-shared': 'payer as learned, for several customers, this one among them',
  'learned-third-party': 'pays for this customer, as learned from decisions of people: {lessons}',
  'learned-late-discount':
    'takes the discount up to {days} days late, as learned from decisions of people: {lessons}',
  'learned-charges': 'comes short by just this much, as learned from decisions of people: {lessons}',
  'date-window': 'paid between invoice and due date',
  'date-before-invoice': 'paid before the invoice was issued',
  'date-long-after': 'paid long after the due date',
  'payer-unknown': 'payer is nobody we know',
  'payer-unlisted': 'payer is on no list, and known from decisions of people alone',
  'payer-other': 'payer is another customer',
  'iban-other': 'account belongs to another customer',
  'names-other-invoice': 'text names an invoice number that is not known',
  'leaves-named-out': 'text names further items that this leaves out',
  'search-not-complete': 'too many combinations to look at them all',
  'no-candidate': 'nothing open fits',
  'return-or-reversal': 'a return or reversal is never matched by the machine',
  outgoing: 'outgoing money settles no invoice',
  'settled-before': 'the item it names is settled already',
  'taken-by-another': 'another payment explains the item better',
  'currency-other': 'the item it names is in another currency, of which the bank tells no amount',
  rejected: 'a person has rejected this',
  'desk-rule-ask': 'rule {rule} (version {version}) asks a person',
  'desk-rule-stricter': 'rule {rule} (version {version}) asks a person: not sure enough, or too much money',
  'desk-rule-payer': 'rule {rule} (version {version}) says that the customer pays',
  'desk-rule-shortfall': 'rule {rule} (version {version}) accepts what is missing',
  'desk-rule-book': 'rule {rule} (version {version}) books it to an account',
  'desk-rule-book-held':
    'rule {rule} (version {version}) does not book it: more than its limit, or its account is closed',
  certificate: 'explanations considered: {considered}, all there are; others within tolerance: {rivals}',
  'certificate-open':
    'explanations considered: {considered}, and there may be more; others within tolerance: {rivals}',
} as const satisfies Record<string, string>;

export type EvidenceCode = keyof typeof evidenceWords;

/** The sentence of a reason, with its numbers in it. */
export function evidenceText(evidence: Pick<Evidence, 'code' | 'values'>): string {
  return evidenceWords[evidence.code].replace(
    /\{(\w+)\}/g,
    (_, name: string) => evidence.values?.[name] ?? '?',
  );
}

/** Strongest first, for and against alike; the code decides between equals. */
export function byStrength(left: Evidence, right: Evidence): number {
  return Math.abs(right.weight) - Math.abs(left.weight) || (left.code < right.code ? -1 : 1);
}
