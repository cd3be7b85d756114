/** Write-offs: what is given up leaves the account that holds it. Both ways stand under the approval gate. */
import { type BreakReason, breakReasons } from '../../contract/breaks.ts';
import { formatAmount } from '../../contract/money.ts';
import { CountersignError, idToText } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { AccountRole } from '../ledger/index.ts';
import { type BreakCause, isSameMoney } from './causes.ts';
import { type BreaksContext, knownBreak, recordOn, writeEvent } from './context.ts';
import { writeOffAccount } from './reasons.ts';
import { requireStanding } from './standing.ts';
import type { BreakRecord } from './store.ts';
import { moneyOf } from './sweep.ts';

export interface WriteOffInput {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: BreakReason;
  readonly note: string;
}

export interface WriteOffResult {
  readonly entryId: string;
  readonly record: bigint;
}

/** What a write-off posts. */
export interface WriteOffPlan {
  readonly row: BreakRecord;
  readonly holding: { readonly role: AccountRole; readonly amountMinor: bigint };
  readonly to: AccountRole;
}

export interface WritingOff {
  /**
   * What would be posted, and whether it may be at this moment. Errors: BREAK_UNKNOWN, BREAK_OVER,
   * BREAK_NO_WRITE_OFF, BREAK_REASON_MISSING, BREAK_GONE, BREAK_CHANGED.
   */
  plan(input: Pick<WriteOffInput, 'id' | 'amountMinor' | 'currency' | 'reason'>): WriteOffPlan;
  /** Errors: those of `plan` and of the ledger. */
  writeOff(input: WriteOffInput, caller: Caller): WriteOffResult;
  /** Errors: BREAK_UNKNOWN, BREAK_NOT_WRITTEN_OFF, and those of the ledger. */
  undoWriteOff(input: { readonly id: string; readonly note: string }, caller: Caller): WriteOffResult;
  /** The cause of a break as its source tells it now. */
  causeOf(row: BreakRecord): BreakCause | undefined;
}

function changed(row: BreakRecord, actual: string): never {
  throw new CountersignError(
    'BREAK_CHANGED',
    'The break is another than the one that was asked about: amount or account differ.',
    {
      path: `break ${row.id}`,
      expected: `${formatAmount(row.amountMinor, row.currency)} ${row.currency}`,
      actual,
    },
  );
}

export function createWritingOff(context: BreaksContext): WritingOff {
  const { vault, ledger, sources, newId, today } = context;

  const causeOf = (row: BreakRecord): BreakCause | undefined =>
    sources.find(({ kinds }) => kinds.includes(row.kind))?.find(row.kind, row.causeKey);

  const plan: WritingOff['plan'] = ({ id, amountMinor, currency, reason }) => {
    const row = knownBreak(context, id);
    requireStanding(row, row.id);
    const { holding } = moneyOf(row);
    if (holding === null) {
      throw new CountersignError(
        'BREAK_NO_WRITE_OFF',
        'A break of this kind is not written off; its cause must be dealt with.',
        { path: `break ${row.id}`, actual: row.kind },
      );
    }
    const to = writeOffAccount(row.kind, reason);
    if (to === null) {
      throw new CountersignError('BREAK_REASON_MISSING', 'Nothing is written off for this reason.', {
        path: 'reason',
        expected: breakReasons.filter((code) => writeOffAccount(row.kind, code) !== null).join(', '),
        actual: reason,
      });
    }
    if (amountMinor !== row.amountMinor || currency !== row.currency) {
      changed(row, `${formatAmount(amountMinor, currency)} ${currency}`);
    }
    const cause = causeOf(row);
    if (cause === undefined) {
      throw new CountersignError(
        'BREAK_GONE',
        'The cause of the break has vanished, so there is nothing to write off.',
        { path: `break ${row.id}` },
      );
    }
    if (!isSameMoney(moneyOf(row), cause)) {
      changed(row, `${formatAmount(cause.amountMinor, cause.currency)} ${cause.currency}`);
    }
    return { row, holding, to };
  };

  function writeOff(input: WriteOffInput, caller: Caller): WriteOffResult {
    return vault.transaction(() => {
      const { row, holding, to } = plan(input);
      const { currency } = row;
      const entryId = newId();
      const entry = {
        id: entryId,
        effectiveDate: today(),
        reason: 'break.write-off',
        source: { kind: 'break', id: row.id.toString() },
        postings: [
          {
            accountId: ledger.roleAccount(holding.role, currency),
            amountMinor: -holding.amountMinor,
            currency,
          },
          { accountId: ledger.roleAccount(to, currency), amountMinor: holding.amountMinor, currency },
        ],
      };
      let record = 0n;
      ledger.append([entry], (journal) => {
        record = recordOn(context, 'breaks.write-off', caller, [row.id], {
          break: row.id.toString(),
          reason: input.reason,
          amountMinor: row.amountMinor.toString(),
          currency,
          entry: idToText(entryId),
          note: input.note,
          journal,
        });
        return record;
      });
      const act = { action: 'written-off', value: input.reason, entryId, note: input.note } as const;
      writeEvent(context, row, act, { actor: caller.actor, record });
      return { entryId: idToText(entryId), record };
    });
  }

  function undoWriteOff({ id, note }: { id: string; note: string }, caller: Caller): WriteOffResult {
    return vault.transaction(() => {
      const row = knownBreak(context, id);
      if (row.entryId === null) {
        throw new CountersignError('BREAK_NOT_WRITTEN_OFF', 'The break is not written off.', {
          path: `break ${row.id}`,
          actual: row.status,
        });
      }
      const { id: entryId, record } = ledger.reverse(
        { entryId: row.entryId, reason: `write-off of break ${row.id}` },
        caller,
      );
      const ownRecord = recordOn(context, 'breaks.undo-write-off', caller, [row.id], {
        break: row.id.toString(),
        entry: idToText(entryId),
        journalRecord: record.toString(),
        note,
      });
      const by = { actor: caller.actor, record: ownRecord };
      const standing = writeEvent(context, row, { action: 'write-off-undone', entryId, note }, by);
      const cause = causeOf(row);
      if (cause === undefined || !isSameMoney(moneyOf(row), cause)) {
        writeEvent(context, { ...row, ...standing }, { action: 'closed' }, { ...by, actor: 'system' });
      }
      return { entryId: idToText(entryId), record: ownRecord };
    });
  }

  return { plan, writeOff, undoWriteOff, causeOf };
}
