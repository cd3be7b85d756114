/** What the room is given, and what its files share. */
import type { Recorder } from '../audit/index.ts';
import { CountersignError, dateOfMs, type IsoDate, type Runtime } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { Compliance } from '../compliance/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { type Sealing, unlessErased } from '../sealing/index.ts';
import type { Statements } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import type { BreakSource, PrePostReader } from './causes.ts';
import { after, type Standing, type Step } from './standing.ts';
import type { BreakRecord, BreaksStore, EventRow } from './store.ts';

/** Who works here, by actor; the engine hands in what the operators know. */
export interface BreakPeople {
  /** People who may have a break in hand. */
  workers(): readonly { readonly actor: string; readonly name: string }[];
  /** Names by actor, of those who have left too. */
  names(): ReadonlyMap<string, string>;
}

export interface BreaksOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Recorder & { lastSeq(): bigint };
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly compliance: Pick<Compliance, 'begin' | 'write' | 'finish' | 'cancel' | 'get' | 'read'>;
  readonly runtime: Runtime;
  readonly people: BreakPeople;
  /** Made with the room's own clock and threshold. */
  readonly sources: (own: { today(): IsoDate; unmatchedAfterDays(): number }) => readonly BreakSource[];
  /** Pre-postings, where something pre-posts. */
  readonly prePosts?: PrePostReader | undefined;
}

export interface BreaksContext extends Omit<BreaksOptions, 'sources'> {
  readonly store: BreaksStore;
  readonly sources: readonly BreakSource[];
  readonly newId: () => Buffer;
  readonly today: () => IsoDate;
  readonly unmatchedAfterDays: () => number;
}

export const todayOf = (runtime: Runtime) => (): IsoDate => dateOfMs(runtime.nowMs());

/** An id of the contract as the integer it is. Throws `BREAK_UNKNOWN`. */
export function knownBreak({ store }: Pick<BreaksContext, 'store'>, id: string): BreakRecord {
  const row = /^\d{1,18}$/.test(id) ? store.break(BigInt(id)) : undefined;
  if (row === undefined) throw new CountersignError('BREAK_UNKNOWN', 'There is no such break.');
  return row;
}

const notePlace = (eventId: bigint) =>
  ({ table: 'break_event', column: 'note', applicationId: eventId.toString() }) as const;

/** What an act writes beside its step. */
export interface ActToWrite extends Partial<Step> {
  readonly action: Step['action'];
  readonly note?: string | undefined;
  readonly evidenceId?: bigint;
}

/** Appends an event and keeps where the break stands. In the caller's transaction, under its record. */
export function writeEvent(
  { store, sealing, runtime }: Pick<BreaksContext, 'store' | 'sealing' | 'runtime'>,
  row: Pick<BreakRecord, 'id' | 'kind' | 'causeKey' | 'sinceDate'> & Standing,
  act: ActToWrite,
  by: { readonly actor: string; readonly record: bigint },
): Standing {
  const { action, value = null, entryId = null, note, evidenceId = null } = act;
  const id = store.nextEventId();
  const noteSealedId =
    note === undefined
      ? null
      : sealing.seal({ purpose: 'compliance_vault', ...notePlace(id), plaintext: note });
  const event: EventRow = {
    ...{ id, breakId: row.id, atMs: BigInt(Math.trunc(runtime.nowMs())), action, actor: by.actor },
    ...{ value, noteSealedId, entryId, evidenceId, record: by.record },
  };
  store.insertEvent(event);
  const next = after(row, event);
  store.putState(row, next);
  return next;
}

/** The note of an event; null where it has none, or it was erased. */
export function noteOf({ sealing }: Pick<BreaksContext, 'sealing'>, event: EventRow): string | null {
  if (event.noteSealedId === null) return null;
  const sealedId = event.noteSealedId;
  return unlessErased(() => sealing.openText({ id: sealedId, ...notePlace(event.id) }));
}

/** One record over what is done to breaks. */
export function recordOn(
  { audit }: Pick<BreaksContext, 'audit'>,
  kind: string,
  caller: Caller,
  ids: readonly bigint[],
  detail: Parameters<Recorder['record']>[0]['detail'],
): bigint {
  return audit.record({
    kind,
    actor: caller.actor,
    ...(caller.traceId === '' ? {} : { traceId: caller.traceId }),
    subjects: ids.slice(0, MOST_SUBJECTS).map((id) => ({ kind: 'break', id: id.toString() })),
    detail,
  });
}

/** Subjects that one record names; the detail tells of the others. */
const MOST_SUBJECTS = 20;
