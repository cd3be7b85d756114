/**
 * The sweep holds what the sources tell against the breaks that are known: what is new opens, what has
 * vanished closes by itself, and a write-off whose cause has vanished says so, for two people to take back.
 */
import { CountersignError, createIdMaker, idFromText, yieldToLoop } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { type BreakCause, isSameMoney } from './causes.ts';
import { type BreaksContext, recordOn, writeEvent } from './context.ts';
import { OPENED } from './standing.ts';
import type { BreakRecord, CaseRow } from './store.ts';

/** Changes of one transaction, so that the event loop is never held long. */
const BATCH = 200;
/** Causes that are read before the event loop gets a turn. */
const READ_AT_ONCE = 500;

export interface SweepResult {
  readonly opened: number;
  readonly closed: number;
  /** Write-offs whose cause vanished or came back, or whose entry was reversed elsewhere. */
  readonly turned: number;
}

/** One change of the queue; `because` is what the record says of it. */
type Change =
  | { readonly do: 'open'; readonly cause: BreakCause }
  | { readonly do: 'close' | 'gone' | 'back'; readonly row: BreakRecord }
  | { readonly do: 'reversed'; readonly row: BreakRecord; readonly by: Buffer };

const keyOf = ({ kind }: { kind: string }, key: string) => `${kind} ${key}`;

/** The break's side of `isSameMoney`. */
export const moneyOf = (row: CaseRow) => ({
  amountMinor: row.amountMinor,
  currency: row.currency,
  bankAccountId: row.bankAccountId,
  holding: row.holdingRole === null ? null : { role: row.holdingRole, amountMinor: row.holdingMinor ?? 0n },
});

/** What one cause that stands changes, given the break that is known of it. */
function* changesOf(row: BreakRecord | undefined, cause: BreakCause): Generator<Change, void, void> {
  if (row === undefined) return yield { do: 'open', cause };
  const isSame = isSameMoney(moneyOf(row), cause);
  if (row.status === 'written-off') {
    // What was written off was that money; where it is another now, the write-off hangs in the air.
    if (row.causeGone === isSame) yield { do: isSame ? 'back' : 'gone', row };
  } else if (!isSame) {
    yield { do: 'close', row };
    yield { do: 'open', cause };
  }
}

/** Where the entry of a write-off was reversed by hand, past this desk. */
function reversedBy({ ledger }: BreaksContext, { entryId }: BreakRecord): Buffer | undefined {
  if (entryId === null) return undefined;
  const { reversedBy: id } = ledger.entry(entryId);
  return id === null ? undefined : idFromText(id);
}

/** Gives the event loop a turn; throws where the sweep was told to end meanwhile. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
  await yieldToLoop();
  if (signal?.aborted)
    throw new CountersignError('CANCELLED', 'The sweep was ended; the next one finds the same.');
}

/** What differs, in the order in which it is written. Reads only. */
async function differences(context: BreaksContext, signal: AbortSignal | undefined): Promise<Change[]> {
  const changes: Change[] = [];
  for (const source of context.sources) {
    const causes = source.current();
    if (causes === undefined) continue;
    const known = new Map(
      context.store.standing(source.kinds).map((row) => [keyOf(row, row.causeKey), row] as const),
    );
    let read = 0;
    for (const cause of causes) {
      const key = keyOf(cause, cause.key);
      changes.push(...changesOf(known.get(key), cause));
      known.delete(key);
      read += 1;
      if (read % READ_AT_ONCE === 0) await turn(signal);
    }
    await turn(signal);
    for (const row of known.values()) {
      if (source.isForgetful && source.find(row.kind, row.causeKey) !== undefined) continue;
      if (row.status !== 'written-off') changes.push({ do: 'close', row });
      else if (!row.causeGone) changes.push({ do: 'gone', row });
    }
  }
  for (const row of context.store.standing([
    'opening',
    'gap',
    'difference',
    'unmatched',
    'pre-post',
    'books',
  ])) {
    const by = reversedBy(context, row);
    if (by !== undefined) changes.push({ do: 'reversed', row, by });
  }
  return changes;
}

/** The changes that still fit: acts of people may have come in between the reading and the writing. */
function stillFitting({ store }: BreaksContext, changes: readonly Change[]): Change[] {
  const closing = new Set<bigint>();
  return changes.filter((change) => {
    if (change.do === 'open') {
      // What closes makes room for what opens under the same cause.
      const standing = store.breakOfCause(change.cause.kind, change.cause.key);
      return standing === undefined || closing.has(standing);
    }
    const now = store.break(change.row.id)!;
    const fits = now.status === change.row.status && now.causeGone === change.row.causeGone;
    if (fits && change.do === 'close') closing.add(now.id);
    return fits;
  });
}

function openBreak(context: BreaksContext, cause: BreakCause, record: bigint): bigint {
  const { store, runtime } = context;
  const row: CaseRow = {
    id: store.nextBreakId(),
    kind: cause.kind,
    causeKey: cause.key,
    bankAccountId: cause.bankAccountId,
    currency: cause.currency,
    amountMinor: cause.amountMinor,
    sinceDate: cause.sinceDate,
    holdingRole: cause.holding?.role ?? null,
    holdingMinor: cause.holding?.amountMinor ?? null,
    sourceKind: cause.source.kind,
    sourceId: cause.source.id,
    openedAtMs: BigInt(Math.trunc(runtime.nowMs())),
    record,
  };
  store.insertCase(row);
  writeEvent(context, { ...row, ...OPENED }, { action: 'opened' }, { actor: 'system', record });
  return row.id;
}

function write(context: BreaksContext, change: Change, record: bigint): void {
  const by = { actor: 'system', record };
  switch (change.do) {
    case 'open':
      openBreak(context, change.cause, record);
      return;
    case 'close':
      writeEvent(context, change.row, { action: 'closed' }, by);
      return;
    case 'gone':
      writeEvent(context, change.row, { action: 'cause-gone' }, by);
      return;
    case 'back':
      writeEvent(context, change.row, { action: 'cause-back' }, by);
      return;
    case 'reversed': {
      const act = { action: 'write-off-undone', entryId: change.by } as const;
      const standing = writeEvent(context, change.row, act, by);
      if (change.row.causeGone) writeEvent(context, { ...change.row, ...standing }, { action: 'closed' }, by);
    }
  }
}

const SYSTEM: Caller = { actor: 'system', traceId: '' };

/** Makes the sweep of a room; one runs at a time, and a call during one is answered by one after it. */
export function createSweep(context: BreaksContext): (signal?: AbortSignal) => Promise<SweepResult> {
  const traceOf = createIdMaker(context.runtime);
  let running: Promise<unknown> = Promise.resolve();

  async function sweep(signal: AbortSignal | undefined): Promise<SweepResult> {
    const changes = await differences(context, signal);
    const done = { open: 0, close: 0, gone: 0, back: 0, reversed: 0 };
    const caller = { ...SYSTEM, traceId: `sweep-${traceOf().toString('hex')}` };
    for (let at = 0; at < changes.length; at += BATCH) {
      if (at > 0) await turn(signal);
      context.vault.transaction(() => {
        const fitting = stillFitting(context, changes.slice(at, at + BATCH));
        if (fitting.length === 0) return;
        const closing = fitting.flatMap((change) => (change.do === 'open' ? [] : [change.row.id]));
        const record = recordOn(context, 'breaks.sweep', caller, closing, {
          opened: fitting.flatMap((change) =>
            change.do === 'open'
              ? [
                  {
                    kind: change.cause.kind,
                    key: change.cause.key,
                    amountMinor: change.cause.amountMinor.toString(),
                  },
                ]
              : [],
          ),
          changed: fitting.flatMap((change) =>
            change.do === 'open' ? [] : [{ break: change.row.id.toString(), to: change.do }],
          ),
        });
        for (const change of fitting) write(context, change, record);
        for (const change of fitting) done[change.do] += 1;
      });
    }
    return { opened: done.open, closed: done.close, turned: done.gone + done.back + done.reversed };
  }

  return (signal) => {
    const result = running.then(() => sweep(signal));
    running = result.catch(() => undefined);
    return result;
  };
}
