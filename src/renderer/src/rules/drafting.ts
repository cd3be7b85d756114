/** A rule as the fields of the editor hold it, and back. Pure. */
import { formatAmount, parseAmount } from '../../../contract/money.ts';
import {
  type RuleActionKind,
  type RuleConditions,
  type RuleDefinition,
  ruleDefinition,
} from '../../../contract/rules.ts';
import { plainAmount } from '../kit/index.ts';

type NameTest = NonNullable<RuleConditions['payerName']>['test'];

/** Texts as they are typed; an empty one is a condition that is not there. */
export interface Draft {
  readonly name: string;
  readonly direction: '' | 'credit' | 'debit';
  readonly currency: string;
  readonly least: string;
  readonly most: string;
  readonly accounts: readonly string[];
  readonly nameTest: NameTest;
  readonly payerName: string;
  readonly payerAccount: string;
  readonly code: string;
  /** Words apart by commas. */
  readonly words: string;
  readonly road: '' | 'statement' | 'instant';
  readonly reference: '' | 'present' | 'absent';
  readonly kind: RuleActionKind;
  readonly reason: string;
  /** Per cent. */
  readonly probability: string;
  readonly limit: string;
  readonly customer: string;
  readonly share: string;
  readonly to: 'bank-charges' | 'discounts-allowed';
  readonly account: string;
}

/** What cannot be read of a draft, by the name of its field. */
export type DraftField =
  | 'name'
  | 'least'
  | 'most'
  | 'reason'
  | 'probability'
  | 'limit'
  | 'customer'
  | 'share'
  | 'account';

export const EMPTY: Draft = {
  ...{ name: '', direction: '', currency: '', least: '', most: '', accounts: [], nameTest: 'contains' },
  ...{ payerName: '', payerAccount: '', code: '', words: '', road: '', reference: '', kind: 'ask' },
  ...{ reason: '', probability: '', limit: '', customer: '', share: '', to: 'bank-charges', account: '' },
};

const PPM_PER_CENT = 10_000;

export function draftOf({ name, conditions, action }: RuleDefinition): Draft {
  const { currency = '' } = conditions;
  const money = (minor: bigint | null | undefined) =>
    minor === null || minor === undefined ? '' : formatAmount(minor, currency);
  return {
    ...EMPTY,
    ...{ name, currency, kind: action.kind },
    direction: conditions.direction ?? '',
    least: money(conditions.leastMinor),
    most: money(conditions.mostMinor),
    accounts: conditions.bankAccountIds ?? [],
    nameTest: conditions.payerName?.test ?? 'contains',
    payerName: conditions.payerName?.text ?? '',
    payerAccount: conditions.payerAccount ?? '',
    code: conditions.transactionCode ?? '',
    words: conditions.remittance?.join(', ') ?? '',
    road: conditions.road ?? '',
    reference: conditions.reference ?? '',
    reason: action.kind === 'ask' ? action.reason : '',
    probability:
      action.kind === 'stricter' && action.leastProbability !== null
        ? String(Math.round(action.leastProbability * 1_000_000) / PPM_PER_CENT)
        : '',
    limit: 'mostMinor' in action ? money(action.mostMinor) : '',
    customer: action.kind === 'payer' ? action.customerId : '',
    share: action.kind === 'shortfall' ? String(action.mostPpm / PPM_PER_CENT) : '',
    to: action.kind === 'shortfall' ? action.to : 'bank-charges',
    account: action.kind === 'book' ? action.accountId : '',
  };
}

const numberIn = (text: string): number =>
  /^\d{1,3}([.,]\d{1,4})?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : Number.NaN;

/** The rule that the fields make, or what of them cannot be read. */
export function definitionOf(draft: Draft): {
  readonly definition: RuleDefinition | null;
  readonly wrong: DraftField[];
} {
  const wrong: DraftField[] = [];
  const money = (field: 'least' | 'most' | 'limit'): bigint | undefined => {
    const text = plainAmount(draft[field]);
    if (text === '') return undefined;
    const parsed = parseAmount(text, draft.currency);
    if (parsed.ok) return parsed.amountMinor;
    wrong.push(field);
    return undefined;
  };
  const [leastMinor, mostMinor] = [money('least'), money('most')];
  const words = draft.words.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
  const given = <T extends string>(text: T | ''): T | undefined => (text === '' ? undefined : text);
  const conditions = {
    direction: given(draft.direction),
    currency: given(draft.currency),
    ...{ leastMinor, mostMinor },
    bankAccountIds: draft.accounts.length === 0 ? undefined : [...draft.accounts],
    payerName: draft.payerName.trim() === '' ? undefined : { test: draft.nameTest, text: draft.payerName },
    payerAccount: given(draft.payerAccount.trim()),
    transactionCode: given(draft.code.trim()),
    remittance: words.length === 0 ? undefined : words,
    road: given(draft.road),
    reference: given(draft.reference),
  };
  const action = actionOf(draft, money, wrong);
  if (draft.name.trim() === '') wrong.push('name');
  const read = ruleDefinition.safeParse({ name: draft.name, conditions, action });
  return { definition: wrong.length === 0 && read.success ? read.data : null, wrong };
}

function actionOf(draft: Draft, money: (field: 'limit') => bigint | undefined, wrong: DraftField[]) {
  const { kind } = draft;
  const needed = <T>(value: T | undefined, field: DraftField): T | undefined => {
    if ((value === undefined || value === '') && !wrong.includes(field)) wrong.push(field);
    return value;
  };
  switch (kind) {
    case 'ask':
      return { kind, reason: needed(draft.reason.trim(), 'reason') };
    case 'stricter': {
      const share = draft.probability.trim() === '' ? null : numberIn(draft.probability) / 100;
      if (share !== null && !(share <= 1)) wrong.push('probability');
      const mostMinor = money('limit') ?? null;
      if (share === null && mostMinor === null) wrong.push('probability');
      return { kind, leastProbability: share, mostMinor };
    }
    case 'payer':
      return { kind, customerId: needed(draft.customer.trim(), 'customer') };
    case 'shortfall': {
      const mostPpm = Math.round(numberIn(draft.share) * PPM_PER_CENT);
      if (Number.isNaN(mostPpm)) wrong.push('share');
      return { kind, mostMinor: needed(money('limit'), 'limit'), mostPpm, to: draft.to };
    }
    case 'book':
      return {
        kind,
        accountId: needed(draft.account, 'account'),
        mostMinor: needed(money('limit'), 'limit'),
      };
  }
}
