import type { Account } from '../../contract/ledger.ts';
import type { Recorder } from '../audit/index.ts';
import { CountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { Vault } from '../vault/index.ts';
import {
  type AccountInfo,
  type AccountState,
  type AccountTerms,
  NO_TERMS,
  normalSideOf,
} from './balances.ts';
import { type AccountPlan, bankAccount, groupAccount, roleAccount } from './chart.ts';
import { type Memory, roleKey } from './memory.ts';
import type { StateStore } from './store-state.ts';
import type { AccountRole } from './types.ts';

/** What the console does by itself is recorded under this actor. */
export const SYSTEM: Caller = { actor: 'system', traceId: '' };

export interface NewAccount extends Omit<AccountPlan, 'parent' | 'role'> {
  readonly parentId: bigint | null;
  readonly terms?: Pick<AccountTerms, 'minMinor' | 'maxMinor'>;
}

/** The chart of accounts. */
export function createChart(parts: { vault: Vault; audit: Recorder; memory: Memory; store: StateStore }) {
  const { vault, audit, memory, store } = parts;

  const record = (
    kind: string,
    caller: Caller,
    account: AccountInfo,
    detail: Record<string, string | bigint | boolean | null>,
  ) =>
    audit.record({
      kind,
      actor: caller.actor,
      ...(caller.traceId === '' ? {} : { traceId: caller.traceId }),
      subjects: [{ kind: 'account', id: String(account.id) }],
      detail,
    });

  function add(info: AccountInfo, terms: AccountTerms, caller: Caller): AccountState {
    memory.changing();
    const detail = { ...info, minMinor: terms.minMinor, maxMinor: terms.maxMinor };
    const seq = record('ledger.account-create', caller, info, detail);
    store.addAccount(info, seq);
    if (terms !== NO_TERMS) store.addTerms(info.id, seq, terms);
    const account = {
      info,
      terms,
      debitMinor: 0n,
      creditMinor: 0n,
      pendingDebitMinor: 0n,
      pendingCreditMinor: 0n,
      mark: 0,
    };
    memory.register(account);
    return account;
  }

  const nextId = () => BigInt(Math.max(1, memory.current().accounts.length));

  /** The account of a plan, made with its parents where it is missing. */
  function ensure(plan: AccountPlan): AccountState {
    const known = memory.current().byCode.get(plan.code);
    if (known !== undefined) return known;
    const parent = plan.parent === null ? null : ensure(groupAccount(plan.parent)).info.id;
    const { code, name, kind, currency, postable, role } = plan;
    const normalSide = plan.normalSide ?? normalSideOf(kind);
    const info = { id: nextId(), code, name, parentId: parent, kind, normalSide, currency, postable, role };
    return add(info, NO_TERMS, SYSTEM);
  }

  const inTransaction = (plan: AccountPlan): bigint => vault.transaction(() => ensure(plan).info.id);

  function require(accountId: bigint): AccountState {
    const account = memory.find(accountId);
    if (account === undefined)
      throw new CountersignError('LEDGER_ACCOUNT_UNKNOWN', 'There is no such account.');
    return account;
  }

  function setTerms(
    accountId: bigint,
    change: Partial<AccountTerms>,
    kind: string,
    caller: Caller,
  ): AccountState {
    return vault.transaction(() => {
      memory.changing();
      const account = require(accountId);
      if (change.closed === true) requireEmpty(account);
      const terms = { ...account.terms, ...change };
      requireOrder(terms);
      const seq = record(kind, caller, account.info, {
        minMinor: terms.minMinor,
        maxMinor: terms.maxMinor,
        closed: terms.closed,
      });
      store.addTerms(accountId, seq, terms);
      account.terms = terms;
      return account;
    });
  }

  return {
    require,
    roleAccount(role: AccountRole, currency: string): bigint {
      const known = memory.current().byRole.get(roleKey(role, currency));
      return known?.info.id ?? inTransaction(roleAccount(role, currency));
    },
    createBankAccount: (currency: string, ordinal: number): bigint =>
      inTransaction(bankAccount(currency, ordinal)),

    create(input: NewAccount, caller: Caller): AccountState {
      return vault.transaction(() => {
        const { code, name, kind, currency, postable, parentId } = input;
        if (memory.current().byCode.has(code)) {
          throw new CountersignError('LEDGER_ACCOUNT_CODE_TAKEN', 'Another account has this code.', {
            path: 'code',
          });
        }
        if (parentId !== null && require(parentId).info.postable) {
          throw new CountersignError('INPUT_INVALID', 'The parent takes postings itself.', {
            path: 'parentId',
            expected: 'an account that only sums its children',
          });
        }
        if (postable && currency === null) {
          throw new CountersignError('INPUT_INVALID', 'An account that takes postings has a currency.', {
            path: 'currency',
            expected: 'an ISO 4217 code',
          });
        }
        const terms: AccountTerms = input.terms === undefined ? NO_TERMS : { ...input.terms, closed: false };
        requireOrder(terms);
        const normalSide = input.normalSide ?? normalSideOf(kind);
        const info = { id: nextId(), code, name, parentId, kind, normalSide, currency, postable, role: null };
        return add(info, terms, caller);
      });
    },

    setLimits: (accountId: bigint, limits: Pick<AccountTerms, 'minMinor' | 'maxMinor'>, caller: Caller) =>
      setTerms(accountId, limits, 'ledger.account-limits', caller),
    close: (accountId: bigint, caller: Caller) =>
      setTerms(accountId, { closed: true }, 'ledger.account-close', caller),
  };
}

export type Chart = ReturnType<typeof createChart>;

function requireOrder({ minMinor, maxMinor }: AccountTerms): void {
  if (minMinor === null || maxMinor === null || minMinor <= maxMinor) return;
  throw new CountersignError('INPUT_INVALID', 'The lower limit lies above the upper one.', {
    path: 'minMinor',
    expected: 'at most the upper limit',
  });
}

function requireEmpty(account: AccountState): void {
  const { debitMinor, creditMinor, pendingDebitMinor, pendingCreditMinor } = account;
  if (debitMinor === creditMinor && pendingDebitMinor === 0n && pendingCreditMinor === 0n) return;
  throw new CountersignError(
    'LEDGER_ACCOUNT_NOT_EMPTY',
    'The account still has a balance or pending amounts.',
    {
      path: 'accountId',
    },
  );
}

/**
 * What the console made ready and nothing ever counted on: it is not shown. A file that is refused
 * half-way leaves such accounts behind, since what was recorded is never taken back; the next file
 * finds and uses them. `unnamed` are the accounts of banks that no file that counts has named.
 */
export function isUnused({ info, terms, ...turnover }: AccountState, unnamed: ReadonlySet<bigint>): boolean {
  if (info.role === null || terms !== NO_TERMS) return false;
  const { debitMinor, creditMinor, pendingDebitMinor, pendingCreditMinor } = turnover;
  if (debitMinor !== 0n || creditMinor !== 0n || pendingDebitMinor !== 0n || pendingCreditMinor !== 0n)
    return false;
  return !info.role.startsWith('bank-account-') || unnamed.has(info.id);
}

/**
 * The accounts as the contract shows them, in the order of their codes, groups summing what lies
 * below; without those that `isHidden` names, and without the groups that hold nothing else.
 */
export function accountList(
  accounts: readonly (AccountState | undefined)[],
  isHidden: (account: AccountState) => boolean = () => false,
): Account[] {
  const known = accounts.filter((account) => account !== undefined);
  const emptied = groupsOf(known, isHidden);
  const all = known.filter((account) => !isHidden(account) && !emptied.has(account.info.id));
  const children = new Map<bigint | null, AccountState[]>();
  for (const account of all) {
    const siblings = children.get(account.info.parentId);
    if (siblings === undefined) children.set(account.info.parentId, [account]);
    else siblings.push(account);
  }
  const shown: Account[] = [];
  const show = (account: AccountState) => {
    const listed = accountShown(account);
    shown.push(listed);
    const below = (children.get(account.info.id) ?? [])
      .sort((a, b) => (a.info.code < b.info.code ? -1 : 1))
      .map(show);
    if (!account.info.postable) sumChildren(listed, below);
    return listed;
  };
  for (const root of (children.get(null) ?? []).sort((a, b) => (a.info.code < b.info.code ? -1 : 1)))
    show(root);
  return shown;
}

/** The groups in which something is hidden and nothing is shown. */
function groupsOf(
  known: readonly AccountState[],
  isHidden: (account: AccountState) => boolean,
): ReadonlySet<bigint> {
  const parentOf = new Map(known.map(({ info }) => [info.id, info.parentId]));
  const above = (account: AccountState): bigint[] => {
    const groups: bigint[] = [];
    for (let id = account.info.parentId; id !== null; id = parentOf.get(id) ?? null) groups.push(id);
    return groups;
  };
  const emptied = new Set(known.filter(isHidden).flatMap(above));
  for (const account of known) {
    if (account.info.postable && !isHidden(account)) for (const id of above(account)) emptied.delete(id);
  }
  return emptied;
}

/** A group has a balance where everything below it has one currency; its own side says how to add. */
function sumChildren(group: Account, below: readonly Account[]): void {
  const currencies = new Set(below.map((child) => child.currency));
  if (below.length === 0 || currencies.size !== 1 || below.some((child) => child.balanceMinor === null))
    return;
  group.currency = below[0]!.currency;
  const sum = (field: 'balanceMinor' | 'pendingMinor') =>
    below.reduce((total, child) => {
      const amount = child[field] ?? 0n;
      return child.normalSide === group.normalSide ? total + amount : total - amount;
    }, 0n);
  group.balanceMinor = sum('balanceMinor');
  group.pendingMinor = sum('pendingMinor');
}

/** One account as the contract shows it. */
export function accountShown({ info, terms, ...turnover }: AccountState): Account {
  const side = info.normalSide === 'debit' ? 1n : -1n;
  return {
    id: String(info.id),
    code: info.code,
    name: info.name,
    parentId: info.parentId === null ? null : String(info.parentId),
    kind: info.kind,
    normalSide: info.normalSide,
    currency: info.currency,
    postable: info.postable,
    balanceMinor: info.postable ? side * (turnover.debitMinor - turnover.creditMinor) : null,
    pendingMinor: info.postable ? side * (turnover.pendingDebitMinor - turnover.pendingCreditMinor) : null,
    closed: terms.closed,
    limit: { minMinor: terms.minMinor, maxMinor: terms.maxMinor },
  };
}
