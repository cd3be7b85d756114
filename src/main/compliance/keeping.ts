/** The rows of evidence: written once, held, and removed when their time has come. */
import type {
  Evidence,
  EvidenceDetail,
  EvidenceHold,
  EvidenceKind,
  RetentionClass,
} from '../../contract/compliance.ts';
import { CountersignError, dateOfMs, isCountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { unlessErased } from '../sealing/index.ts';
import { type ContentWriter, eraseContent } from './content.ts';
import type { ComplianceContext } from './context.ts';
import { retainUntil, stateAt } from './retention.ts';
import type { EvidenceRow, HoldRow } from './store.ts';

type Column = 'title' | 'note' | 'reference' | 'file_key';

export interface NewEvidence {
  readonly id: bigint;
  readonly kind: EvidenceKind;
  readonly title: string;
  readonly note?: string | undefined;
  readonly reference?: string | undefined;
  /** Key of the sealed copy, where one was made. */
  readonly fileKey?: Uint8Array | undefined;
  readonly retentionClass: RetentionClass;
  readonly holdReason?: string | undefined;
}

/** Stands where a title does not open; null says that it was erased. */
const UNREADABLE = 'This title does not open.';
const DAMAGES: ReadonlySet<string> = new Set(['SEALED_VALUE_DAMAGED', 'VAULT_DAMAGED']);

/** A title in a list: one that is damaged must not take the others with it, and says that it is. */
function unlessDamaged(open: () => string | null): string | null {
  try {
    return open();
  } catch (error) {
    if (isCountersignError(error) && DAMAGES.has(error.code)) return UNREADABLE;
    throw error;
  }
}

/** Binds the writes and reads of evidence to a vault. */
export function createKeeping(context: ComplianceContext) {
  const { vault, sealing, audit, runtime, store } = context;

  function sealText(table: string, column: string, id: bigint, plaintext: string | Uint8Array, cls: string) {
    const applicationId = id.toString();
    return sealing.seal({
      purpose: 'compliance_vault',
      table,
      column,
      applicationId,
      plaintext,
      retentionClass: cls,
    });
  }

  const openAt = (table: string, column: string, id: bigint, sealedId: bigint | null): Buffer | null =>
    sealedId === null
      ? null
      : unlessErased(() => sealing.open({ id: sealedId, table, column, applicationId: id.toString() }));
  const openColumn = (row: EvidenceRow, column: Column, sealedId: bigint | null): string | null =>
    openAt('evidence', column, row.id, sealedId)?.toString('utf8') ?? null;

  function known(idText: string): EvidenceRow {
    const row = /^\d{1,18}$/.test(idText) ? store.evidence(BigInt(idText)) : undefined;
    if (row === undefined) {
      throw new CountersignError('COMPLIANCE_EVIDENCE_UNKNOWN', 'There is no evidence under that id.');
    }
    return row;
  }

  /** As `known`, for what still has its content. */
  function kept(idText: string): EvidenceRow {
    const row = known(idText);
    if (row.removedAtMs !== null) {
      throw new CountersignError(
        'COMPLIANCE_REMOVED',
        'The evidence was removed after its retention; only its record is left.',
        { path: `evidence ${row.id}` },
      );
    }
    return row;
  }

  function record(kind: string, id: bigint, caller: Caller, detail: Record<string, string | number>): bigint {
    const { actor, traceId } = caller;
    return audit.record({
      kind,
      actor,
      traceId,
      subjects: [{ kind: 'evidence', id: id.toString() }],
      detail,
    });
  }

  function placeHold(row: { id: bigint; retentionClass: string }, reason: string, by: string, seq: bigint) {
    const id = store.lastHoldId() + 1n;
    const reasonId = sealText('evidence_hold', 'reason', id, reason, row.retentionClass);
    store.insertHold(id, row.id, reasonId, { atMs: runtime.nowMs(), by, record: seq });
    return id;
  }

  /** Makes evidence count whose bytes came through `content`. One transaction, one record. */
  function add(given: NewEvidence, content: ContentWriter, caller: Caller): EvidenceRow {
    const { id, kind, title, note, reference, fileKey, retentionClass, holdReason } = given;
    const nowMs = runtime.nowMs();
    const until = retainUntil(dateOfMs(nowMs), retentionClass);
    const contentHash = content.hash();
    vault.transaction(() => {
      content.flush();
      const seal = (column: Column, text: string | Uint8Array | undefined) =>
        text === undefined || text.length === 0
          ? null
          : sealText('evidence', column, id, text, retentionClass);
      const seq = record('compliance.add', id, caller, {
        kind,
        title,
        ...(reference === undefined ? {} : { reference }),
        ...(holdReason === undefined ? {} : { holdReason }),
        retentionClass,
        retainUntil: until,
        sizeBytes: content.sizeBytes(),
        contentHash: contentHash.toString('hex'),
      });
      store.insert({
        id,
        kind,
        retentionClass,
        retainUntil: until,
        addedAtMs: nowMs,
        addedBy: caller.actor,
        sizeBytes: content.sizeBytes(),
        contentHash,
        titleSealedId: seal('title', title)!,
        noteSealedId: seal('note', note),
        referenceSealedId: seal('reference', reference),
        fileKeySealedId: seal('file_key', fileKey),
        record: seq,
      });
      if (holdReason !== undefined) placeHold({ id, retentionClass }, holdReason, caller.actor, seq);
    });
    return known(id.toString());
  }

  function hold(idText: string, reason: string, caller: Caller): void {
    const row = kept(idText);
    vault.transaction(() => {
      const seq = record('compliance.hold', row.id, caller, { reason });
      placeHold(row, reason, caller.actor, seq);
    });
  }

  function release(idText: string, holdId: string, reason: string, caller: Caller): void {
    const row = kept(idText);
    const standing = store
      .holds(row.id)
      .find((one) => one.id.toString() === holdId && one.liftedAtMs === null);
    if (standing === undefined) {
      throw new CountersignError(
        'COMPLIANCE_HOLD_UNKNOWN',
        'There is no hold under that id on this evidence, or it was lifted before.',
      );
    }
    vault.transaction(() => {
      const seq = record('compliance.release', row.id, caller, { hold: holdId, reason });
      const sealedId = sealText('evidence_hold', 'lift_reason', standing.id, reason, row.retentionClass);
      store.liftHold(standing.id, sealedId, { atMs: runtime.nowMs(), by: caller.actor, record: seq });
    });
  }

  /** Erases content, title, note, reference and key; row, commitment, holds and records stay. */
  function remove(idText: string, reason: string, caller: Caller): void {
    const row = kept(idText);
    const state = stateOf(row);
    if (state === 'held') {
      throw new CountersignError(
        'COMPLIANCE_ON_HOLD',
        'The evidence is under legal hold and must be kept until every hold is lifted.',
        { path: `evidence ${row.id}`, expected: 'no standing hold', actual: `${row.standingHolds} standing` },
      );
    }
    if (state === 'kept') {
      throw new CountersignError(
        'COMPLIANCE_RETENTION_RUNNING',
        `The evidence must be kept through ${row.retainUntil}.`,
        {
          path: `evidence ${row.id}`,
          expected: `a day after ${row.retainUntil}`,
          actual: dateOfMs(runtime.nowMs()),
        },
      );
    }
    vault.transaction(() => {
      const seq = record('compliance.remove', row.id, caller, {
        reason,
        retainUntil: row.retainUntil,
        contentHash: row.contentHash.toString('hex'),
      });
      store.remove(row.id, { atMs: runtime.nowMs(), by: caller.actor, record: seq });
      eraseContent(context, row.id);
      const { titleSealedId, noteSealedId, referenceSealedId, fileKeySealedId } = row;
      for (const sealedId of [titleSealedId, noteSealedId, referenceSealedId, fileKeySealedId]) {
        if (sealedId !== null) sealing.erase(sealedId);
      }
    });
  }

  const stateOf = (row: EvidenceRow) =>
    stateAt(
      {
        retainUntil: row.retainUntil,
        standingHolds: Number(row.standingHolds),
        isRemoved: row.removedAtMs !== null,
      },
      runtime.nowMs(),
    );

  function shown(row: EvidenceRow): Evidence {
    return {
      id: row.id.toString(),
      kind: row.kind,
      state: stateOf(row),
      title: unlessDamaged(() => openColumn(row, 'title', row.titleSealedId)),
      retentionClass: row.retentionClass,
      retainUntil: row.retainUntil,
      holds: Number(row.standingHolds),
      sizeBytes: Number(row.sizeBytes),
      contentHash: row.contentHash.toString('hex'),
      addedAtMs: Number(row.addedAtMs),
      addedBy: row.addedBy,
    };
  }

  function shownHold(row: HoldRow): EvidenceHold {
    const text = (column: string, sealedId: bigint | null) =>
      openAt('evidence_hold', column, row.id, sealedId)?.toString('utf8') ?? null;
    return {
      id: row.id.toString(),
      reason: text('reason', row.reasonSealedId),
      placedAtMs: Number(row.placedAtMs),
      placedBy: row.placedBy,
      placedRecord: row.placedRecord,
      lifted:
        row.liftedAtMs === null
          ? null
          : {
              atMs: Number(row.liftedAtMs),
              by: row.liftedBy ?? '',
              reason: text('lift_reason', row.liftReasonSealedId),
              record: row.liftedRecord!,
            },
    };
  }

  function detail(idText: string): EvidenceDetail {
    const row = known(idText);
    return {
      ...shown(row),
      note: openColumn(row, 'note', row.noteSealedId),
      reference: openColumn(row, 'reference', row.referenceSealedId),
      hasSealedCopy: row.fileKeySealedId !== null,
      record: row.record,
      holdList: store.holds(row.id).map(shownHold),
      removed:
        row.removedAtMs === null
          ? null
          : { atMs: Number(row.removedAtMs), by: row.removedBy ?? '', record: row.removedRecord! },
    };
  }

  return {
    add,
    hold,
    release,
    remove,
    shown,
    detail,
    kept,
    record,
    /** The key of a sealed copy; null where there is none any more. */
    fileKey: (row: EvidenceRow) => openAt('evidence', 'file_key', row.id, row.fileKeySealedId),
  };
}

export type Keeping = ReturnType<typeof createKeeping>;
