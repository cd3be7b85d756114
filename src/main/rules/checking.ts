/** What a rule may say: refused before anything is asked or written. Pure, but for what it asks the desks. */
import { currencyScale } from '../../contract/money.ts';
import {
  RULE_LIMITS,
  type RuleAction,
  type RuleConditions,
  type RuleDefinition,
} from '../../contract/rules.ts';
import { CountersignError } from '../base/index.ts';
import { catchesEverything } from './conditions.ts';
import { compact, plain } from './reading-lines.ts';

/** What a rule may name, as the desks know it. */
export interface Known {
  hasBankAccount(id: string): boolean;
  hasCustomer(customerId: string): boolean;
  /** The currency of an account that a rule may book to; undefined where there is none such. */
  bookableCurrency(accountId: string): string | undefined;
}

const refuse = (code: ConstructorParameters<typeof CountersignError>[0], path: string, expected: string) => {
  throw new CountersignError(code, 'The rule cannot be kept as it is.', { path, expected });
};

/**
 * Errors: RULE_TOO_BROAD, RULE_CURRENCY, RULE_RANGE, RULE_ACCOUNT_UNKNOWN, RULE_CUSTOMER_UNKNOWN, RULE_LIMIT.
 */
export function checkDefinition({ conditions, action }: RuleDefinition, known: Known): void {
  if (catchesEverything(conditions) && action.kind !== 'ask') {
    refuse('RULE_TOO_BROAD', 'conditions', 'at least one condition, or the action to ask a person');
  }
  checkConditions(conditions, known);
  checkAction(action, conditions, known);
}

function checkConditions(conditions: RuleConditions, known: Known): void {
  const { currency, leastMinor, mostMinor, bankAccountIds = [] } = conditions;
  if (currency !== undefined && currencyScale(currency) === undefined) {
    refuse('RULE_CURRENCY', 'conditions.currency', 'a currency of ISO 4217');
  }
  if (currency === undefined && (leastMinor ?? mostMinor) !== undefined) {
    refuse('RULE_CURRENCY', 'conditions.currency', 'the currency of the amounts');
  }
  const least = leastMinor ?? 0n;
  if (least < 0n || (mostMinor !== undefined && mostMinor < least)) {
    refuse('RULE_RANGE', 'conditions.leastMinor', 'from 0 up to the larger amount');
  }
  bankAccountIds.forEach((id, at) => {
    if (!known.hasBankAccount(id)) {
      refuse('RULE_ACCOUNT_UNKNOWN', `conditions.bankAccountIds[${at}]`, 'an own bank account');
    }
  });
  const says = (text: string | undefined, path: string) => {
    if (text === '') refuse('RULE_TOO_BROAD', path, 'letters or digits');
  };
  says(conditions.payerName && plain(conditions.payerName.text), 'conditions.payerName.text');
  says(conditions.payerAccount && compact(conditions.payerAccount), 'conditions.payerAccount');
  for (const word of conditions.remittance ?? []) says(plain(word), 'conditions.remittance');
}

function checkAction(action: RuleAction, { currency }: RuleConditions, known: Known): void {
  const needsCurrency = () => {
    if (currency === undefined) refuse('RULE_CURRENCY', 'conditions.currency', 'the currency of the limit');
  };
  const needsLimit = (minor: bigint) => {
    needsCurrency();
    if (minor <= 0n) refuse('RULE_LIMIT', 'action.mostMinor', 'more than 0');
  };
  switch (action.kind) {
    case 'ask':
      return;
    case 'stricter':
      if (action.leastProbability === null && action.mostMinor === null) {
        refuse('RULE_LIMIT', 'action', 'a probability, an amount, or both');
      }
      if (action.mostMinor !== null) needsLimit(action.mostMinor);
      return;
    case 'payer':
      if (!known.hasCustomer(action.customerId)) {
        refuse('RULE_CUSTOMER_UNKNOWN', 'action.customerId', 'a customer of the receivables');
      }
      return;
    case 'shortfall':
      needsLimit(action.mostMinor);
      if (action.mostPpm < 1 || action.mostPpm > RULE_LIMITS.shortfallPpm) {
        refuse('RULE_LIMIT', 'action.mostPpm', `1 to ${RULE_LIMITS.shortfallPpm}`);
      }
      return;
    case 'book': {
      needsLimit(action.mostMinor);
      const ofAccount = known.bookableCurrency(action.accountId);
      if (ofAccount === undefined) {
        refuse('RULE_ACCOUNT_UNKNOWN', 'action.accountId', 'an income or expense account without limits');
      }
      if (ofAccount !== currency) refuse('RULE_CURRENCY', 'action.accountId', `an account in ${currency}`);
    }
  }
}
