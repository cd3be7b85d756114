/** What the tree of elements of a statement writes into, beside what every message has in common. */
import { type BalanceDraft, EntryDraft, type Mutable, STATUSES } from './camt-draft.ts';
import { ElementReader } from './element-reader.ts';
import { checkIban } from './iban.ts';
import type { BankTransaction, StatementAccount, StatementHeader } from './types.ts';

type HeaderDraft = Partial<Mutable<Omit<StatementHeader, 'account' | 'position'>>>;

/** The drafts of a statement; the reader adds what happens at the ends of statements, entries and details. */
export abstract class CamtRecord extends ElementReader<CamtRecord> {
  header: HeaderDraft = {};
  /** `GrpHdr`: the message around the statements. */
  message: { id?: string; createdAt?: string } = {};
  account: Mutable<StatementAccount> = {};
  entry: EntryDraft = new EntryDraft({ byteStart: 0, line: 1 }, { entries: 0, transactions: 0 });
  balance: BalanceDraft = { mark: { byteStart: 0, line: 1 } };
  summary: Record<'all' | 'credit' | 'debit', { count?: string }> = { all: {}, credit: {}, debit: {} };

  abstract openStatement(byteStart: number): void;
  abstract closeStatement(byteEnd: number): void;
  abstract openBalance(byteStart: number): void;
  abstract closeBalance(byteEnd: number): void;
  abstract openEntry(byteStart: number): void;
  abstract endEntryHead(byteStart: number): void;
  abstract closeEntry(byteEnd: number): void;
  abstract openDetail(byteStart: number): void;
  abstract closeDetail(byteEnd: number): void;

  readStatus(text: string): BankTransaction['status'] {
    const status = STATUSES[text];
    if (status === undefined) {
      this.fail('CAMT_FIELD_INVALID', 'The status is not one that is known.', {
        expected: 'BOOK, PDNG, INFO or FUTR',
      });
    }
    return status;
  }

  setAccount(text: string, isIban: boolean): void {
    const check = checkIban(text);
    if (check.ok) {
      this.account.iban = check.iban;
      delete this.account.other;
      return;
    }
    if (this.account.iban !== undefined) return;
    this.account.other = text;
    if (isIban) this.warn('IBAN_CHECK_DIGITS', 'The own account is given as an IBAN and is not a valid one.');
  }
}
