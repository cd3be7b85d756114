import type { AccountKind, AccountRole, Side } from './types.ts';

/**
 * The chart the console keeps by itself: six groups, and below them one account for each role and
 * currency. Own bank accounts stand under Cash at bank, numbered in the order in which they were
 * met, since an account number never stands in a ledger account's name.
 */
export interface GroupPlan {
  readonly code: string;
  readonly name: string;
  readonly kind: AccountKind;
  readonly parent: string | null;
}

export const GROUPS: readonly GroupPlan[] = [
  { code: '1000', name: 'Assets', kind: 'asset', parent: null },
  { code: '1100', name: 'Cash at bank', kind: 'asset', parent: '1000' },
  { code: '2000', name: 'Liabilities', kind: 'liability', parent: null },
  { code: '3000', name: 'Equity', kind: 'equity', parent: null },
  { code: '4000', name: 'Income', kind: 'income', parent: null },
  { code: '5000', name: 'Expenses', kind: 'expense', parent: null },
];

export interface RolePlan {
  /** Code without the currency: `1200` gives `1200.EUR`. */
  readonly code: string;
  readonly name: string;
  readonly kind: AccountKind;
  readonly parent: string;
}

export const ROLES: Readonly<Record<AccountRole, RolePlan>> = {
  receivables: { code: '1200', name: 'Receivables', kind: 'asset', parent: '1000' },
  'in-transit': { code: '1300', name: 'In transit', kind: 'asset', parent: '1000' },
  'currency-position': { code: '1400', name: 'Currency position', kind: 'asset', parent: '1000' },
  'unapplied-cash': { code: '2100', name: 'Unapplied cash', kind: 'liability', parent: '2000' },
  held: { code: '2200', name: 'Held', kind: 'liability', parent: '2000' },
  'statement-differences': { code: '2300', name: 'Statement differences', kind: 'liability', parent: '2000' },
  'erp-clearing': { code: '2400', name: 'ERP clearing', kind: 'liability', parent: '2000' },
  'opening-balances': { code: '3100', name: 'Opening balances', kind: 'equity', parent: '3000' },
  'discounts-allowed': { code: '5100', name: 'Discounts allowed', kind: 'expense', parent: '5000' },
  'bank-charges': { code: '5200', name: 'Bank charges', kind: 'expense', parent: '5000' },
  'write-offs': { code: '5300', name: 'Write-offs', kind: 'expense', parent: '5000' },
};

/** What an account is to be, before it has an id. */
export interface AccountPlan {
  readonly code: string;
  readonly name: string;
  readonly parent: string | null;
  readonly kind: AccountKind;
  readonly normalSide?: Side;
  readonly currency: string | null;
  readonly postable: boolean;
  readonly role: string | null;
}

export function groupAccount(code: string): AccountPlan {
  const group = GROUPS.find((plan) => plan.code === code);
  if (group === undefined) throw new Error(`no group has the code ${code}`);
  return { ...group, currency: null, postable: false, role: null };
}

export function roleAccount(role: AccountRole, currency: string): AccountPlan {
  const plan = ROLES[role];
  return {
    code: `${plan.code}.${currency}`,
    name: `${plan.name} ${currency}`,
    parent: plan.parent,
    kind: plan.kind,
    currency,
    postable: true,
    role,
  };
}

/** `ordinal` counts own bank accounts from 1. */
export function bankAccount(currency: string, ordinal: number): AccountPlan {
  return {
    code: `1100.${String(ordinal).padStart(3, '0')}`,
    name: `Bank account ${ordinal} ${currency}`,
    parent: '1100',
    kind: 'asset',
    currency,
    postable: true,
    role: `bank-account-${ordinal}`,
  };
}
