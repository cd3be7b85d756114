/** What the desk is told of breaks, by rooms that need not know it. */
import type { BreakKind } from '../../contract/breaks.ts';
import type { IsoDate } from '../base/index.ts';
import type { AccountRole, EntrySource } from '../ledger/index.ts';

/** Something that does not fit, as it stands now. */
export interface BreakCause {
  readonly kind: BreakKind;
  /** What its source calls it; one cause of a kind has one key for good. */
  readonly key: string;
  readonly bankAccountId: bigint | null;
  readonly currency: string;
  /** Signed as the own account sees it: money in is positive. */
  readonly amountMinor: bigint;
  /** The day from which it stands. */
  readonly sinceDate: IsoDate;
  /** The account that holds the money meanwhile, and its balance there, debit positive. */
  readonly holding: { readonly role: AccountRole; readonly amountMinor: bigint } | null;
  /** Where it leads to. */
  readonly source: EntrySource;
}

/** One room's causes. It reads only; the desk asks again when the room's things have changed. */
export interface BreakSource {
  readonly kinds: readonly BreakKind[];
  /** Every cause that stands; undefined where that is not known now, and then nothing changes. */
  current(): Iterable<BreakCause> | undefined;
  /** Whether a cause may still stand that `current` does not tell any more; then it is asked of `find`. */
  readonly isForgetful?: boolean;
  /** One cause as it stands at this moment; undefined where it has vanished. */
  find(kind: BreakKind, key: string): BreakCause | undefined;
}

/** Whether two readings tell of the same money in the same place. */
export function isSameMoney(
  a: Pick<BreakCause, 'amountMinor' | 'currency' | 'bankAccountId' | 'holding'>,
  b: Pick<BreakCause, 'amountMinor' | 'currency' | 'bankAccountId' | 'holding'>,
): boolean {
  return (
    a.amountMinor === b.amountMinor &&
    a.currency === b.currency &&
    a.bankAccountId === b.bankAccountId &&
    a.holding?.role === b.holding?.role &&
    a.holding?.amountMinor === b.holding?.amountMinor
  );
}

/** A payment that was pre-posted against In transit and that no statement has confirmed. */
export interface PrePosted {
  readonly key: string;
  readonly bankAccountId: bigint;
  readonly currency: string;
  /** Signed as the own account sees it: money in is positive. */
  readonly amountMinor: bigint;
  /** The effective date of its entry. */
  readonly date: IsoDate;
  /** The last day on which a statement confirms it in time. */
  readonly confirmBy: IsoDate;
  readonly source: EntrySource;
}

/** What the desk asks of whoever pre-posts. */
export interface PrePostReader {
  /** Posted up to the day, and not confirmed, returned or rejected up to it. */
  openAt(bankAccountId: bigint, date: IsoDate): Iterable<PrePosted>;
  /** What stands unconfirmed after its last day. */
  overdue(today: IsoDate): Iterable<PrePosted>;
  /** One pre-posting that stands unconfirmed, overdue or not. */
  find(key: string): PrePosted | undefined;
}
