/** A rule in words: its conditions and what it does, for lists, items and dialogs. */
import type { Contradiction, RuleAction, RuleConditions, RuleRow } from '../../../contract/rules.ts';
import { maskIban, writeIban, writeMoney } from '../kit/index.ts';
import { t } from './messages.ts';

/** Names of own accounts and of ledger accounts, by their ids. */
export interface AccountNames {
  bank(id: string): string;
  ledger(id: string): string;
}

/** A share to its last digit: a limit is not rounded. */
const share = (part: number): string =>
  new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 4 }).format(part);

export const nameOf = ({ number, definition }: Pick<RuleRow, 'number' | 'definition'>): string =>
  definition?.name ?? t('erased', { number: String(number) });

/** Each condition by its label; empty where there is none. */
export function conditionFacts(
  conditions: RuleConditions,
  names: AccountNames,
): (readonly [string, string])[] {
  const { currency = '', direction, leastMinor, mostMinor, payerName, road, reference } = conditions;
  const facts: (readonly [string, string])[] = [];
  const add = (label: string, value: string | undefined) => {
    if (value !== undefined && value !== '') facts.push([label, value]);
  };
  add(t('when.direction'), direction && t(`when.${direction}`));
  add(t('when.currency'), currency);
  add(t('when.least'), leastMinor === undefined ? undefined : writeMoney(leastMinor, currency));
  add(t('when.most'), mostMinor === undefined ? undefined : writeMoney(mostMinor, currency));
  add(t('when.accounts'), conditions.bankAccountIds?.map((id) => names.bank(id)).join(' · '));
  add(t('when.name'), payerName && `${t(`when.name.${payerName.test}`)} ${payerName.text}`);
  add(t('when.account'), conditions.payerAccount && writeIban(conditions.payerAccount));
  add(t('when.code'), conditions.transactionCode);
  add(t('when.words'), conditions.remittance?.join(' · '));
  add(t('when.road'), road && t(`when.${road}`));
  add(t('when.reference'), reference && t(`when.${reference}`));
  return facts;
}

/** What the rule does, in a sentence or two. */
export function actionWords(action: RuleAction, currency: string, names: AccountNames): string {
  switch (action.kind) {
    case 'ask':
      return t('does.ask', { reason: action.reason });
    case 'stricter':
      return [
        ...(action.leastProbability === null
          ? []
          : [t('does.probability', { share: share(action.leastProbability) })]),
        ...(action.mostMinor === null
          ? []
          : [t('does.most', { amount: writeMoney(action.mostMinor, currency) })]),
      ].join(' ');
    case 'payer':
      return t('does.payer', { customer: action.customerId });
    case 'shortfall':
      return t('does.shortfall', {
        amount: writeMoney(action.mostMinor, currency),
        share: share(action.mostPpm / 1_000_000),
        account: t(`to.${action.to}`),
      });
    case 'book':
      return t('does.book', {
        amount: writeMoney(action.mostMinor, currency),
        account: names.ledger(action.accountId),
      });
  }
}

export const contradictionWords = ({ why }: Contradiction, other: number): string =>
  t(why === 'two-answers' ? 'item.contradicts' : 'item.askedFirst', { other: String(other) });

/** An own account as people know it: masked, since a rule needs no more. */
export const bankName = (number: string): string => maskIban(number);
