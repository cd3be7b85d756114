/**
 * One name for one account, however a bank writes it: camt gives an IBAN where MT940 gives
 * `bank code/account`, some append the currency, and leading zeros come and go. The same
 * statement in two formats is found to be the same only if its account is.
 */
import { isIban, makeIban, type StatementAccount } from '../messages/index.ts';

/** `70120400/8765432000`: German bank code and account number, the form of `:25:` there. */
const GERMAN_ACCOUNT = /^(\d{8})\/0*(\d{1,10})$/;
/** `…EUR` at the end of an account in `:25:`. */
const CURRENCY_SUFFIX = /^(.*\d)([A-Z]{3})$/;

/**
 * The canonical number of an own account: its IBAN where it has one or one follows from the
 * national form (`bank code/account` in Germany), else the number without spaces, in capitals,
 * without the currency some banks append. Two writings of one account give one text.
 */
export function canonicalAccountNumber(account: Pick<StatementAccount, 'iban' | 'other'>): string | null {
  const given = (account.iban ?? account.other ?? '').replace(/\s+/g, '').toUpperCase();
  if (given === '') return null;
  if (isIban(given)) return given;
  const bare = CURRENCY_SUFFIX.exec(given)?.[1] ?? given;
  if (isIban(bare)) return bare;
  const german = GERMAN_ACCOUNT.exec(bare);
  return german ? makeIban('DE', german[1]! + german[2]!.padStart(10, '0')) : bare;
}
