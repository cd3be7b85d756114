import { CountersignError, idFromText, idToText } from '../base/index.ts';
import { callerOf, os } from '../base/procedures.ts';
import type { Ledger } from './ledger.ts';
import type { EntryResult, NewEntry } from './types.ts';

/** The id of an account as the contract carries it. Text that is none finds no account. */
function accountId(text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new CountersignError('LEDGER_ACCOUNT_UNKNOWN', 'There is no such account.', { path: 'accountId' });
}

function entryId(text: string): Buffer {
  const id = idFromText(text);
  if (id !== undefined) return id;
  throw new CountersignError('LEDGER_ENTRY_UNKNOWN', 'There is no such journal entry.', {
    expected: 'a UUID',
  });
}

const shown = ({ id, record, repeated }: EntryResult) => ({ id: idToText(id), record, repeated });

/** An entry as the contract carries it. */
interface EntryInput {
  id: string;
  effectiveDate: string;
  postings: { accountId: string; amountMinor: bigint; currency: string }[];
  reason: string;
  memo?: string | undefined;
  pending: boolean;
  expiresAtMs?: number | undefined;
}

function toEntry(input: EntryInput): NewEntry {
  const { effectiveDate, postings, reason, memo, pending, expiresAtMs } = input;
  return {
    id: entryId(input.id),
    effectiveDate,
    reason,
    ...(memo === undefined ? {} : { memo }),
    postings: postings.map((posting) => ({ ...posting, accountId: accountId(posting.accountId) })),
    ...(pending ? { pending: expiresAtMs === undefined ? {} : { expiresAtMs } } : {}),
  };
}

/** The contract's procedures bound to the ledger. */
export const ledgerProcedures = (ledger: Ledger) =>
  os.ledger.router({
    accounts: os.ledger.accounts.handler(() => ledger.accounts()),
    createAccount: os.ledger.createAccount.handler(({ input, context }) => {
      const { code, name, kind, normalSide, currency, postable, parentId, minMinor, maxMinor } = input;
      const limited = minMinor !== undefined || maxMinor !== undefined;
      return ledger.createAccount(
        {
          code,
          name,
          kind,
          ...(normalSide === undefined ? {} : { normalSide }),
          currency: currency ?? null,
          postable,
          parentId: parentId === undefined ? null : accountId(parentId),
          ...(limited ? { terms: { minMinor: minMinor ?? null, maxMinor: maxMinor ?? null } } : {}),
        },
        callerOf(context),
      );
    }),
    setLimits: os.ledger.setLimits.handler(({ input, context }) =>
      ledger.setLimits(accountId(input.accountId), input, callerOf(context)),
    ),
    closeAccount: os.ledger.closeAccount.handler(({ input, context }) =>
      ledger.closeAccount(accountId(input.accountId), callerOf(context)),
    ),
    post: os.ledger.post.handler(({ input, context }) => ({
      entries: ledger.post(input.entries.map(toEntry), callerOf(context)).map(shown),
    })),
    resolvePending: os.ledger.resolvePending.handler(({ input, context }) =>
      shown(ledger.resolvePending(entryId(input.entryId), input.action, callerOf(context))),
    ),
    reverse: os.ledger.reverse.handler(({ input, context }) =>
      shown(ledger.reverse({ ...input, entryId: entryId(input.entryId) }, callerOf(context))),
    ),
    entry: os.ledger.entry.handler(({ input }) => ledger.entry(entryId(input.id))),
    entries: os.ledger.entries.handler(({ input }) =>
      ledger.entries({
        ...input,
        accountId: input.accountId === undefined ? undefined : accountId(input.accountId),
      }),
    ),
    trialBalance: os.ledger.trialBalance.handler(({ input }) => ledger.trialBalance(input)),
    accountStatement: os.ledger.accountStatement.handler(({ input }) =>
      ledger.accountStatement({ ...input, accountId: accountId(input.accountId) }),
    ),
    periods: os.ledger.periods.handler(() => ({ closedThrough: ledger.closedThrough() })),
    closePeriod: os.ledger.closePeriod.handler(({ input, context }) => ({
      closedThrough: ledger.closePeriod(input.through, callerOf(context)),
    })),
    verify: os.ledger.verify.handler(() => ledger.verify()),
  });
