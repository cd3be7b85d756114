/** Messages that could not be taken: kept with their bytes and their history, tried again, dismissed. */
import type { DeadLetter, DeadLetterLine } from '../../contract/connectors.ts';
import type { Recorder } from '../audit/index.ts';
import { type Caller, CountersignError, type RaiseIncident } from '../base/index.ts';
import { type Sealing, unlessErased } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Failure } from './failure.ts';
import { NOTE_PLACE, RAW_PLACE } from './sealed-columns.ts';
import type { AttemptRow, LetterFilter, LetterRow, Store } from './store.ts';

export interface DeadLettersOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Recorder;
  readonly store: Store;
  readonly raise?: RaiseIncident | undefined;
  /** What people call a source. */
  labelOf(source: string): string;
}

/** A message on its way to the list. */
export interface Undeliverable {
  readonly source: string;
  readonly bytes: Uint8Array;
  readonly contentHash: Buffer;
  readonly failure: Failure;
  readonly caller: Caller;
  /** The dead letter that was tried again, where it was one. */
  readonly retried?: number | undefined;
}

export interface DeadLetters {
  /** Puts a message on the list, or counts up the open letter of the same bytes. In the caller's transaction. */
  put(message: Undeliverable): number;
  /** What was on the list has been taken in. In the caller's transaction. */
  taken(contentHash: Uint8Array, messageNumber: bigint, caller: Caller): void;
  /** How many are open, kept in memory: the live figures ask ten times a second. */
  open(): number;
  list(query: LetterFilter & { limit: number; cursor?: string | undefined }): {
    rows: DeadLetterLine[];
    nextCursor: string | null;
    total: number | null;
  };
  counts(): { code: string; open: number }[];
  /** Errors: `DEAD_LETTER_UNKNOWN`. */
  get(id: string): DeadLetter;
  /** The bytes as they came; the look is recorded. Errors: `DEAD_LETTER_UNKNOWN`, `SEALED_VALUE_MISSING`. */
  raw(id: string, caller: Caller): Buffer;
  /** The bytes of an open letter, to be tried again. Errors: `DEAD_LETTER_UNKNOWN`, `DEAD_LETTER_SETTLED`. */
  bytesToRetry(id: string): { id: number; source: string; bytes: Buffer };
  /** Open letters of a reason, oldest first, after one. */
  openIds(code: string, after: number, limit: number): number[];
  /** Errors: `DEAD_LETTER_UNKNOWN`, `DEAD_LETTER_SETTLED`, `DEAD_LETTER_REASON_MISSING`. */
  dismiss(id: string, reason: string, caller: Caller): DeadLetter;
}

export function createDeadLetters(options: DeadLettersOptions): DeadLetters {
  const { vault, sealing, audit, store, raise, labelOf } = options;
  let open = store.openCounts().reduce((sum, one) => sum + one.open, 0);
  const nowMs = () => vault.runtime.nowMs();
  const changeOpen = (by: number) => {
    open += by;
    vault.onRollback(() => {
      open -= by;
    });
  };

  function known(id: string): LetterRow {
    const row = /^\d{1,15}$/.test(id) ? store.letter(Number(id)) : undefined;
    if (row === undefined)
      throw new CountersignError('DEAD_LETTER_UNKNOWN', 'There is no dead letter under that id.');
    return row;
  }

  function knownOpen(id: string): LetterRow {
    const row = known(id);
    if (row.state !== 'open') {
      throw new CountersignError(
        'DEAD_LETTER_SETTLED',
        'The dead letter was taken in or dismissed already.',
        {
          actual: row.state,
        },
      );
    }
    return row;
  }

  function record(kind: string, id: number, caller: Caller, detail: Record<string, unknown>): number {
    const seq = audit.record({
      kind: `connectors.${kind}`,
      actor: caller.actor,
      traceId: caller.traceId,
      subjects: [{ kind: 'dead-letter', id: String(id) }],
      detail: detail as never,
    });
    return Number(seq);
  }

  function insert(message: Undeliverable, atMs: number): number {
    const { source, bytes, contentHash, failure } = message;
    const id = store.nextLetterId();
    if (store.openIds(failure.code, 0, 1).length === 0) raise?.(incidentOf(failure.code));
    const rawSealedId = sealing.seal({
      purpose: 'bank_message',
      ...RAW_PLACE,
      applicationId: String(id),
      plaintext: bytes,
    });
    const { code, path, line } = failure;
    store.insertLetter({
      ...{ id, source, contentHash, rawSealedId, code, path, line, atMs },
      sizeBytes: bytes.byteLength,
    });
    changeOpen(1);
    return id;
  }

  function put(message: Undeliverable): number {
    const { failure, caller, contentHash, retried } = message;
    const atMs = nowMs();
    const before = retried ?? store.openLetterByHash(contentHash);
    const { code, path, line } = failure;
    const id = before ?? insert(message, atMs);
    if (before !== undefined) store.countLetter({ id, code, path, line, atMs });
    const how: AttemptRow['how'] =
      before === undefined ? 'arrived' : retried === undefined ? 'delivered-again' : 'retried';
    const detail = { how, code, path, line, source: message.source, bytes: message.bytes.byteLength };
    const seq = record('dead-lettered', id, caller, detail);
    store.insertAttempt({ ...{ id, atMs, how, code, path, line }, actor: caller.actor, record: seq });
    return id;
  }

  function settle(id: number, state: 'taken' | 'dismissed', caller: Caller, facts: Settling): void {
    store.settleLetter({ id, state, atMs: nowMs(), actor: caller.actor, ...facts });
    changeOpen(-1);
  }

  const lineOf = (row: LetterRow): DeadLetterLine => {
    const { state, code, path, line, sizeBytes, attempts, firstAtMs, lastAtMs } = row;
    return {
      id: String(row.id),
      source: labelOf(row.source),
      ...{ state, code, path, line, sizeBytes, attempts, firstAtMs, lastAtMs },
    };
  };

  function noteOf(row: LetterRow): string | null {
    if (row.noteSealedId === null) return null;
    const ref = { id: BigInt(row.noteSealedId), ...NOTE_PLACE, applicationId: String(row.id) };
    return unlessErased(() => sealing.openText(ref)) ?? 'erased';
  }

  const openRaw = (row: LetterRow): Buffer =>
    sealing.open({ id: BigInt(row.rawSealedId), ...RAW_PLACE, applicationId: String(row.id) });

  const get = (id: string): DeadLetter => {
    const row = known(id);
    return {
      ...lineOf(row),
      history: store
        .attempts(row.id)
        .map(({ atMs, how, actor, code, path, line }) => ({ atMs, how, actor, code, path, line })),
      settledAtMs: row.settledAtMs,
      settledBy: row.settledBy,
      dismissal: noteOf(row),
      messageNumber: row.messageNumber === null ? null : String(row.messageNumber),
    };
  };

  return {
    put,
    taken(contentHash, messageNumber, caller) {
      if (open === 0) return;
      const id = store.openLetterByHash(contentHash);
      if (id === undefined) return;
      settle(id, 'taken', caller, { messageNumber, noteSealedId: null });
      record('dead-letter-taken', id, caller, { messageNumber: String(messageNumber) });
    },
    open: () => open,
    list({ limit, cursor, ...filter }) {
      const rows = store.letters(filter, placeOf(cursor), limit + 1);
      const page = rows.slice(0, limit);
      return {
        rows: page.map(lineOf),
        nextCursor: rows.length > limit ? String(page.at(-1)!.id) : null,
        total: cursor === undefined ? store.countLetters(filter) : null,
      };
    },
    counts: () => store.openCounts(),
    get,
    raw(id, caller) {
      const row = known(id);
      const bytes = openRaw(row);
      vault.transaction(() => record('dead-letter-shown', row.id, caller, { bytes: bytes.byteLength }));
      return bytes;
    },
    bytesToRetry(id) {
      const row = knownOpen(id);
      return { id: row.id, source: row.source, bytes: openRaw(row) };
    },
    openIds: store.openIds,
    dismiss(id, reason, caller) {
      const note = reason.trim();
      if (note === '') {
        throw new CountersignError(
          'DEAD_LETTER_REASON_MISSING',
          'Dismissing a message needs a stated reason.',
          {
            path: 'reason',
          },
        );
      }
      return vault.transaction(() => {
        const row = knownOpen(id);
        const noteSealedId = sealing.seal({
          purpose: 'bank_message',
          ...NOTE_PLACE,
          applicationId: String(row.id),
          plaintext: note,
        });
        settle(row.id, 'dismissed', caller, { messageNumber: null, noteSealedId });
        record('dead-letter-dismissed', row.id, caller, { code: row.code, reason: note });
        return get(id);
      });
    },
  };
}

interface Settling {
  readonly messageNumber: bigint | null;
  readonly noteSealedId: bigint | null;
}

/** The first open letter of a reason is told; the rest of a flood is counted on the list. */
const incidentOf = (code: string) => ({
  kind: 'connectors.dead-letter',
  dedupeKey: code,
  severity: 'medium' as const,
  title: `Messages could not be taken in: ${code}`,
  detail: { code },
});

/** The place that a cursor names. Throws `INPUT_INVALID` for one that was not given out. */
function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new CountersignError('INPUT_INVALID', 'The cursor is none that was given out.', { path: 'cursor' });
}
