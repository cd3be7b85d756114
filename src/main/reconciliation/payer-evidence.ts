/** What the payer's account and names say for or against one customer. Pure. */
import { type NamedRule, ruledBy } from './desk-rules.ts';
import { FIRM_LESSONS, type LearnedPayer } from './learned-index.ts';
import type { PayerMatch, Payers } from './party-index.ts';
import type { Evidence } from './types.ts';

export interface PayerSupport {
  readonly evidence: readonly Evidence[];
  /** Sum of the weights, bounded above. */
  readonly weight: number;
  /** The same without what too few decisions taught: all that the rules about posting ask. */
  readonly firmWeight: number;
  /** The payer is this customer and can be no other. */
  readonly certain: boolean;
  /** What is told of the payer is not what the list has of this customer: the list may not know who pays. */
  readonly unlisted: boolean;
  /** The payer is known, and is another customer. */
  readonly conflict: boolean;
  /** The payer is another customer, who is known to pay for this one. */
  readonly paysFor: boolean;
  /** Other customers who may as well be the payer, by name, where no account tells them apart. */
  readonly alike: readonly number[];
}

/** From here on two spellings are the same name, the legal form left out or cut short at most. */
export const SAME_NAME = 0.93;
const LIKE_NAME = 0.8;
/** Whole with its legal form: what is cut or left out of a shorter name may tell a sister apart. */
const WHOLE_NAME = 0.98;
/** Another customer this much closer or closer is the better reading of a name. */
const CLEARLY_BETTER = 0.04;
const MOST_WEIGHT = 8;
/** Account and name that both say another customer say one thing, not two. */
const LEAST_WEIGHT = -6;
/** What a rule of the desk weighs that names the payer. */
const RULED_WEIGHT = 6;

type NameLevel = 'same' | 'same-but-shared' | 'like' | 'faint' | 'other' | 'none';

/** Weighs the payer of a payment against the customer whose items an explanation settles. */
export function payerSupport(payers: Payers, customerIndex: number, namedInText: boolean): PayerSupport {
  if (payers.ruled?.customerIndex === customerIndex) return ruledSupport(payers.ruled);
  const own = payers.matches.find((match) => match.customerIndex === customerIndex);
  const others = payers.matches.filter((match) => match.customerIndex !== customerIndex);
  const debtor = level(own?.debtor ?? 0, Math.max(0, ...others.map((match) => match.debtor)));
  const ultimate = payers.hasUltimate
    ? level(own?.ultimate ?? 0, Math.max(0, ...others.map((match) => match.ultimate)))
    : 'none';
  const ownsAccount = payers.ibanOwners.includes(customerIndex);
  const accountOfOther = payers.ibanOwners.length > 0 && !ownsAccount;
  const isSaid = ultimate === 'same' || ultimate === 'like';
  const isAnother = accountOfOther || debtor === 'other' || isSister(own, others);
  // What lists say of the payer, or the payment of whom it is for, needs no learning.
  const isTold = isSaid || ultimate === 'other' || ownsAccount || debtor === 'same';
  const { isAlias, paysFor, ...taught } = readLearned(isTold ? undefined : own?.learned, isAnother);
  const onBehalf = isSaid || paysFor;
  const evidence: Evidence[] = [];
  if (ownsAccount) {
    const alone = payers.ibanOwners.length === 1;
    evidence.push(alone ? { code: 'iban-known', weight: 6 } : { code: 'iban-shared', weight: 3.5 });
  } else if (accountOfOther && !onBehalf) evidence.push({ code: 'iban-other', weight: -6 });
  if (own?.number) evidence.push({ code: 'customer-number', weight: 4 });
  const isExpected = onBehalf || isAlias;
  evidence.push(...ultimateEvidence(ultimate), ...debtorEvidence(debtor, isExpected, ownsAccount, payers));
  evidence.push(...taught.firm);
  if (namedInText && debtor !== 'same' && !onBehalf) evidence.push({ code: 'named-in-text', weight: 2 });
  const isAlone = ownsAccount && payers.ibanOwners.length === 1;
  const sum = evidence.reduce((total, each) => total + each.weight, 0);
  const nameConflict = debtor === 'other' || ultimate === 'other';
  const isKnown = onBehalf || isAlias || own?.number === true;
  const unlisted = !isKnown && mayBeUnlisted(payers, own, ownsAccount);
  // Whose name it is asked by: of whom it is paid for, where that is told.
  const name = (own?.ultimate ?? 0) >= LIKE_NAME ? 'ultimate' : 'debtor';
  // Who pays for a sister may owe the same amount too.
  const alike = paysFor
    ? others.filter((each) => each.iban || each.debtor >= SAME_NAME)
    : others.filter((each) => !isAlone && bearsName(each[name], own?.[name]));
  return {
    evidence: [...evidence, ...taught.hints],
    paysFor,
    unlisted,
    alike: alike.map((each) => each.customerIndex),
    weight: bounded(taught.hints.reduce((total, each) => total + each.weight, sum)),
    firmWeight: bounded(sum),
    certain:
      (isAlone && !nameConflict && !unlisted) ||
      ultimate === 'same' ||
      // What was learned may be a customer whose own name is more like it.
      (isAlias && !others.some((other) => isNearer(other, own))) ||
      (own?.number === true && !nameConflict && !accountOfOther) ||
      (debtor === 'same' &&
        !unlisted &&
        !accountOfOther &&
        !payers.hasUltimate &&
        // A name that banks cut may be the beginning of a sister's.
        !others.some((other) => other.debtor >= LIKE_NAME)),
    conflict:
      !onBehalf &&
      (accountOfOther ||
        ultimate === 'other' ||
        (debtor === 'other' && !ownsAccount) ||
        isSister(own, others)),
  };
}

/** Two people agreed that this customer pays, whoever the message names: as good as an account of its own. */
const ruledSupport = (rule: NamedRule): PayerSupport => ({
  evidence: [ruledBy('desk-rule-payer', rule, RULED_WEIGHT)],
  weight: RULED_WEIGHT,
  firmWeight: RULED_WEIGHT,
  certain: true,
  unlisted: false,
  conflict: false,
  paysFor: false,
  alike: [],
});

/**
 * A group may pay from one account, and the list need not have everyone who does: then the name is another. And
 * an account that is on no list may be that of a sister whose name was cut, or told without the form that tells
 * her apart.
 */
function mayBeUnlisted(payers: Payers, own: PayerMatch | undefined, ownsAccount: boolean): boolean {
  if (payers.hasUltimate) return (own?.ultimate ?? 0) < SAME_NAME;
  if (ownsAccount && !payers.hasDebtorName) return false;
  const least = ownsAccount || !payers.hasAccount ? SAME_NAME : WHOLE_NAME;
  return (own?.debtor ?? 0) < least;
}

const bounded = (sum: number): number => Math.max(LEAST_WEIGHT, Math.min(MOST_WEIGHT, sum));

interface Taught {
  /** The payer is nobody on a list, and known from decisions. */
  readonly isAlias: boolean;
  /** The payer is another customer, and known from decisions to pay for this one. */
  readonly paysFor: boolean;
  /** What enough decisions say. */
  readonly firm: readonly Evidence[];
  /** What too few of them say, or what is shared: it makes a proposal better and lifts no rule. */
  readonly hints: readonly Evidence[];
}

/** What people's decisions say of a payer, who may be another customer of ours. */
function readLearned(learned: LearnedPayer | undefined, isAnother: boolean): Taught {
  if (learned === undefined) return { isAlias: false, paysFor: false, firm: [], hints: [] };
  const { lessons, source, by, isShared } = learned;
  const values = { lessons: `${lessons}`, source: `${source}`, by };
  const code = isShared ? 'learned-shared' : isAnother ? 'learned-third-party' : 'learned-alias';
  if (isShared || lessons < FIRM_LESSONS) {
    const weight = isShared ? 0.7 : isAnother ? 0.5 : 1.5;
    return { isAlias: false, paysFor: false, firm: [], hints: [{ code, weight, values }] };
  }
  // Known like a name on the list; of a third party it is the reference that proves the rest.
  const firm = [{ code, weight: isAnother ? 2 : 6, values }] as const;
  return { isAlias: !isAnother, paysFor: isAnother, firm, hints: [] };
}

/** Another customer bears the payer's name better, and the account does not speak for this one alone. */
function isSister(own: PayerMatch | undefined, others: readonly PayerMatch[]): boolean {
  return others.some(
    (other) =>
      other.debtor >= SAME_NAME && other.debtor > (own?.debtor ?? 0) && (own?.iban !== true || other.iban),
  );
}

/** A name of the payment is more like this other customer's than the customer's own. */
function isNearer(other: PayerMatch, own: PayerMatch | undefined): boolean {
  return other.debtor > (own?.debtor ?? 0) || other.ultimate > (own?.ultimate ?? 0);
}

/** The name is another customer's (so alike) nearly as well as it is the customer's own. */
function bearsName(other: number, own = 0): boolean {
  return other >= LIKE_NAME && other > own - CLEARLY_BETTER;
}

function level(own: number, best: number): NameLevel {
  if (own >= SAME_NAME)
    return best > own - CLEARLY_BETTER ? (best > own ? 'like' : 'same-but-shared') : 'same';
  if (best >= SAME_NAME) return 'other';
  if (own >= LIKE_NAME) return best > own + CLEARLY_BETTER ? 'faint' : 'like';
  if (own > 0) return 'faint';
  return 'none';
}

function ultimateEvidence(found: NameLevel): Evidence[] {
  switch (found) {
    case 'same':
      return [{ code: 'ultimate-debtor', weight: 6 }];
    case 'same-but-shared':
    case 'like':
      return [{ code: 'ultimate-debtor-like', weight: 3 }];
    case 'other':
      return [{ code: 'payer-other', weight: -5 }];
    case 'faint':
    case 'none':
      return [];
  }
}

function debtorEvidence(
  found: NameLevel,
  onBehalf: boolean,
  ownsAccount: boolean,
  payers: Payers,
): Evidence[] {
  switch (found) {
    case 'same':
      // Who pays for another is known, but that alone does not say for whom.
      return [{ code: 'debtor-name', weight: payers.hasUltimate ? 4 : 6 }];
    case 'same-but-shared':
      return [{ code: 'debtor-name-like', weight: 2 }];
    case 'like':
      return [{ code: 'debtor-name-like', weight: 2.5 }];
    case 'faint':
      return [{ code: 'debtor-name-like', weight: 0.7 }];
    case 'other':
      // Who pays on behalf of another is expected to have another name.
      return onBehalf ? [] : [{ code: 'payer-other', weight: -4 }];
    case 'none':
      return onBehalf || ownsAccount || !payers.hasDebtorName
        ? []
        : [{ code: isKnownFromDecisions(payers) ? 'payer-unlisted' : 'payer-unknown', weight: -0.5 }];
  }
}

/** Whom people's decisions tell of is not nobody, though no list has the payer and however few they are. */
function isKnownFromDecisions({ matches }: Payers): boolean {
  return matches.some(({ learned }) => learned !== undefined);
}
