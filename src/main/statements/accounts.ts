/** Own bank accounts: found by the blind index over their number, created when a statement names a new one. */
import { CountersignError } from '../base/index.ts';
import type { SourcePosition, StatementAccount } from '../messages/index.ts';
import { canonicalAccountNumber } from './account-number.ts';
import type { StatementsContext } from './context.ts';
import type { BankAccountRow } from './rows.ts';

/** Column of the blind index over the canonical numbers of own accounts. */
/** The blind index of own account numbers. */
export const NUMBER_INDEX = 'bank_account.number';

/** An own account as an import sees it. */
export interface OwnAccount {
  readonly id: bigint;
  readonly currency: string;
  /** How it is called where its number must not stand: `Bank account 3 EUR`. */
  readonly label: string;
  /** Set once the account has been written. */
  ledgerAccountId: bigint | null;
  /** True where no published import has named it before. */
  readonly isNew: boolean;
}

/** What is sealed of an own account. */
export interface OwnAccountContent {
  readonly number: string;
  readonly ownerName: string | null;
  readonly servicerBic: string | null;
}

export interface AccountBook {
  /** The account of a statement in a currency, known or to be created. Errors: STATEMENT_ACCOUNT_MISSING. */
  resolve(account: StatementAccount, currency: string, at: SourcePosition): OwnAccount;
  /** Writes the account and makes its ledger account where they are not there yet. In a vault transaction. */
  ensure(account: OwnAccount): void;
  /** The ledger account that lines of a currency post against until they are matched. In a vault transaction. */
  unappliedCash(currency: string): bigint;
}

export function accountLabel(ordinal: bigint, currency: string): string {
  return `Bank account ${ordinal} ${currency}`;
}

/** Opens what is sealed of an own account. */
export function openAccount(
  { sealing }: Pick<StatementsContext, 'sealing'>,
  row: BankAccountRow,
): OwnAccountContent {
  const ref = {
    id: row.sealedId,
    table: 'bank_account',
    column: 'content',
    applicationId: row.id.toString(),
  };
  return JSON.parse(sealing.openText(ref)) as OwnAccountContent;
}

/** The accounts that one import meets. */
export function createAccountBook(context: StatementsContext, fileName: string): AccountBook {
  const { vault, store, sealing, ledger } = context;
  const met = new Map<string, OwnAccount>();
  const drafts = new Map<bigint, { ordinal: bigint; content: OwnAccountContent }>();
  const unapplied = new Map<string, bigint>();

  function find(number: string, currency: string): BankAccountRow | undefined {
    // Looking a tag up may make the index's key, which is a write.
    const ids = vault.transaction(() =>
      sealing.findByTag(NUMBER_INDEX, sealing.blindTag(NUMBER_INDEX, number)),
    );
    if (ids.length === 0) return undefined;
    return store.bankAccountsBySealed(ids).find((row) => row.currency === currency);
  }

  function draft(number: string, currency: string, account: StatementAccount): OwnAccount {
    const last = store.lastBankAccount();
    const count = BigInt(drafts.size + 1);
    const id = last.id + count;
    const ordinal = last.ordinal + count;
    const content = {
      number,
      ownerName: account.ownerName ?? null,
      servicerBic: account.servicerBic ?? null,
    };
    drafts.set(id, { ordinal, content });
    return { id, currency, label: accountLabel(ordinal, currency), ledgerAccountId: null, isNew: true };
  }

  function write(account: OwnAccount): void {
    const { ordinal, content } = drafts.get(account.id)!;
    const applicationId = account.id.toString();
    const sealedId = sealing.seal({
      purpose: 'customer_pii',
      table: 'bank_account',
      column: 'content',
      applicationId,
      plaintext: JSON.stringify(content),
      blindIndex: { column: NUMBER_INDEX, normalised: content.number },
    });
    const { currency } = account;
    account.ledgerAccountId = ledger.createBankAccount(currency, Number(ordinal));
    store.insertBankAccount({
      id: account.id,
      ordinal,
      currency,
      ledgerAccountId: account.ledgerAccountId,
      sealedId,
    });
  }

  return {
    resolve(account, currency, at) {
      const number = canonicalAccountNumber(account);
      if (number === null) {
        throw new CountersignError('STATEMENT_ACCOUNT_MISSING', 'The statement names no account.', {
          file: fileName,
          line: at.line,
          path: at.path,
          expected: 'an IBAN or another account number',
        });
      }
      const key = `${number} ${currency}`;
      const known = met.get(key);
      if (known) return known;
      const row = find(number, currency);
      const own: OwnAccount = row
        ? {
            id: row.id,
            currency,
            label: accountLabel(row.ordinal, currency),
            ledgerAccountId: row.ledgerAccountId,
            // An import that was refused half-way may have left the account behind, without a statement.
            isNew: row.record === null,
          }
        : draft(number, currency, account);
      met.set(key, own);
      return own;
    },
    ensure(account) {
      if (account.ledgerAccountId === null) write(account);
    },
    unappliedCash(currency) {
      let id = unapplied.get(currency);
      if (id === undefined) {
        id = ledger.roleAccount('unapplied-cash', currency);
        unapplied.set(currency, id);
      }
      return id;
    },
  };
}
