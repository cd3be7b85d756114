/** Legal holds: on a class and quarter, on a party, on one thing. They keep whole lines of keys from a purge. */
import type { DataClassId, Hold, HoldTarget, PartySubject } from '../../contract/privacy.ts';
import { type Caller, CountersignError } from '../base/index.ts';
import { type KeyLine, type SealedRef, type SealingPurpose, unlessErased } from '../sealing/index.ts';
import { classOfLine } from './classes.ts';
import type { PrivacyContext } from './context.ts';
import { findAll, type Hit, type Subject, subjectOf } from './finding.ts';
import { retentionLines } from './retention.ts';
import type { HoldLine, HoldRow } from './store.ts';

type Line = Omit<HoldLine, 'holdId'>;

const CLASS = '10y';

export function createHolds(context: PrivacyContext) {
  const { vault, sealing, audit, store, runtime, sealedColumns } = context;

  const place = (column: string, id: bigint) => ({
    table: 'privacy_hold',
    column,
    applicationId: id.toString(),
  });
  const seal = (column: string, id: bigint, plaintext: string) =>
    sealing.seal({
      purpose: 'compliance_vault',
      ...place(column, id),
      plaintext,
      retentionClass: CLASS,
    });
  const open = (column: string, id: bigint, sealedId: bigint | null) =>
    sealedId === null ? null : unlessErased(() => sealing.openText({ id: sealedId, ...place(column, id) }));
  const partyOf = (row: HoldRow): PartySubject | null => {
    const text = open('party', row.id, row.partySealedId);
    return text === null ? null : (JSON.parse(text) as PartySubject);
  };

  const standing = () => store.holds().filter(({ releasedBy }) => releasedBy === null);

  const lineOf = (line: KeyLine): Line[] => {
    const one = classOfLine(line);
    return one === undefined ? [] : [{ dataClass: one.id, quarter: line.quarter }];
  };

  /** Where one thing lies: the value at its row, by walking its column. */
  function refOfThing(kind: string, id: string): SealedRef | undefined {
    const table = kind === 'bank-transaction' ? 'bank_transaction' : 'open_item';
    const column = sealedColumns.find((one) => one.table === table);
    if (column === undefined || !/^\d{1,18}$/.test(id)) return undefined;
    // The walk is by the row's own number, so the row is the first behind the number before it.
    const found = sealing.keeping.walk(column, (BigInt(id) - 1n).toString(), 1)[0];
    if (found?.applicationId !== id) return undefined;
    return { id: found.sealedId, table, column: column.column, applicationId: id };
  }

  /** The party's values in the ledger of lines; the hold itself and the log are no reason to hold. */
  const linesOf = (hits: readonly Hit[]): Line[] =>
    hits.filter(({ place: at }) => !at.startsWith('privacy_')).flatMap(({ line }) => lineOf(line));

  function thingLines(kind: string, id: string): Line[] {
    const ref = refOfThing(kind, id);
    const line = ref === undefined ? undefined : sealing.keeping.lineOf(ref.id);
    if (line === undefined) return [];
    // The bytes it came with were sealed with it, in the same quarter.
    return [...lineOf(line), { dataClass: 'bank-messages' as const, quarter: line.quarter }];
  }

  function subjectOfHold(row: HoldRow): Subject | undefined {
    const party = partyOf(row);
    if (party === null) return undefined;
    try {
      return subjectOf(context, party);
    } catch {
      // Whom it names is not known any more; what is held of them lies in the lines that were found.
      return undefined;
    }
  }

  /** Finds anew what the standing holds keep; what came since they were set is kept too. */
  async function refresh(): Promise<void> {
    const rows = standing();
    const parties = rows.flatMap((row) => {
      const subject = row.target === 'party' ? subjectOfHold(row) : undefined;
      return subject === undefined ? [] : [{ row, subject }];
    });
    const found = await findAll(
      context,
      parties.map(({ subject }) => subject),
    );
    const kept = store.holdLines();
    vault.transaction(() => {
      for (const [at, { row }] of parties.entries()) {
        const before = kept.filter(({ holdId }) => holdId === row.id);
        store.setHoldLines(row.id, [...before, ...linesOf(found[at]!)]);
      }
    });
  }

  async function linesOfTarget(target: HoldTarget): Promise<Line[]> {
    if (target.on === 'party')
      return linesOf((await findAll(context, [subjectOf(context, target.party)]))[0]!);
    if (target.on === 'thing') return thingLines(target.kind, target.id);
    const { dataClass, quarter } = target;
    const line = retentionLines(context).find(({ id }) => id === dataClass);
    return line?.quarters.some((one) => one.quarter === quarter) ? [{ dataClass, quarter }] : [];
  }

  function shown(row: HoldRow): Hold {
    const party = partyOf(row);
    return {
      id: row.id.toString(),
      on: row.target,
      dataClass: row.dataClass,
      quarter: row.quarter,
      customerId: party?.customerId ?? null,
      partyName: party?.name ?? null,
      account: party?.account ?? null,
      kind: row.thingKind,
      thingId: row.thingId,
      reason: open('reason', row.id, row.reasonSealedId),
      setBy: row.setBy,
      setAtMs: Number(row.setAtMs),
      record: row.record,
      released:
        row.releasedBy === null
          ? null
          : {
              by: row.releasedBy,
              atMs: Number(row.releasedAtMs),
              reason: open('release_reason', row.id, row.releaseSealedId),
              record: row.releasedRecord!,
            },
    };
  }

  return {
    list: (): Hold[] => store.holds().map(shown),
    standing,
    subjectOfHold,
    refOfThing,
    refresh,
    /** Standing holds keep their own texts. */
    refsInUse: (): SealedRef[] =>
      standing().flatMap((row) => [
        { id: row.reasonSealedId, ...place('reason', row.id) },
        ...(row.partySealedId === null ? [] : [{ id: row.partySealedId, ...place('party', row.id) }]),
      ]),
    isHeld(retentionClass: string, quarter: string, purpose?: SealingPurpose): boolean {
      return store.holdLines().some((held) => {
        if (held.quarter !== quarter) return false;
        const purposes: readonly SealingPurpose[] =
          purpose === undefined
            ? ['bank_message', 'customer_pii', 'invoice', 'compliance_vault', 'audit_detail']
            : [purpose];
        return purposes.some((one) => classOfLine({ purpose: one, retentionClass })?.id === held.dataClass);
      });
    },
    /** Throws `PRIVACY_HOLD_EMPTY` and what finding the party throws. */
    async hold(target: HoldTarget, reason: string, caller: Caller): Promise<Hold> {
      const lines = await linesOfTarget(target);
      if (lines.length === 0) {
        throw new CountersignError('PRIVACY_HOLD_EMPTY', 'There is nothing there to hold.', {
          path: target.on,
        });
      }
      return vault.transaction(() => {
        const id = store.nextHoldId();
        const subject = { kind: 'hold', id: id.toString() };
        const detail = { on: target.on, lines: lines.length, reason };
        const record = audit.record({ kind: 'privacy.hold', ...caller, subjects: [subject], detail });
        const of = <T>(on: HoldTarget['on'], value: () => T): T | null => (target.on === on ? value() : null);
        const row = {
          id,
          target: target.on,
          dataClass: target.on === 'quarter' ? (target.dataClass as DataClassId) : null,
          quarter: target.on === 'quarter' ? target.quarter : null,
          thingKind: target.on === 'thing' ? target.kind : null,
          thingId: target.on === 'thing' ? target.id : null,
          partySealedId: of('party', () =>
            seal('party', id, JSON.stringify(target.on === 'party' ? target.party : {})),
          ),
          reasonSealedId: seal('reason', id, reason),
        };
        store.insertHold(row, { atMs: runtime.nowMs(), by: caller.actor, record });
        store.setHoldLines(id, lines);
        return shown(store.hold(id)!);
      });
    },
    /** Throws `PRIVACY_HOLD_UNKNOWN`, `PRIVACY_HOLD_RELEASED`, `PRIVACY_HOLD_SAME_PERSON`. */
    release(idText: string, reason: string, caller: Caller): Hold {
      const row = /^\d{1,18}$/.test(idText) ? store.hold(BigInt(idText)) : undefined;
      if (row === undefined) throw new CountersignError('PRIVACY_HOLD_UNKNOWN', 'There is no such hold.');
      const path = `hold ${row.id}`;
      if (row.releasedBy !== null) {
        throw new CountersignError('PRIVACY_HOLD_RELEASED', 'The hold was released before.', { path });
      }
      if (row.setBy === caller.actor) {
        const message = 'Whoever set a hold does not release it; ask a colleague.';
        throw new CountersignError('PRIVACY_HOLD_SAME_PERSON', message, { path });
      }
      return vault.transaction(() => {
        const subject = { kind: 'hold', id: idText };
        const detail = { reason };
        const record = audit.record({ kind: 'privacy.release', ...caller, subjects: [subject], detail });
        const act = { atMs: runtime.nowMs(), by: caller.actor, record };
        store.releaseHold(row.id, seal('release_reason', row.id, reason), act);
        return shown(store.hold(row.id)!);
      });
    },
  };
}

export type Holds = ReturnType<typeof createHolds>;
