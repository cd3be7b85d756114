/** What is due goes: the keys of a class and quarter are destroyed, and what lay under them is cleared away. */
import type { DataClassId, PurgeLine } from '../../contract/privacy.ts';
import { type Caller, CountersignError, dateOfMs, isCountersignError, yieldToLoop } from '../base/index.ts';
import type { SealedRef } from '../sealing/index.ts';
import type { PrivacyContext } from './context.ts';
import type { Holds } from './holds.ts';
import { type DueLine, dueLines, yearsOf } from './retention.ts';
import type { PurgeRow } from './store.ts';

export interface Purged {
  readonly purged: PurgeLine[];
  readonly held: { dataClass: DataClassId; quarter: string; holds: number }[];
}

/** Ids that one step of clearing looks at. */
const STEP_IDS = 5_000n;
/** Rows of a column that are read at once. */
const WALK_ROWS = 1_000;
/** Refusals of the keys room that say: something there is held. */
const HELD_CODES = new Set(['KEY_UNDER_HOLD', 'KEY_RETENTION_RUNS']);

export const CONFIRM_PURGE = 'purge what is due';

export function createPurging(context: PrivacyContext, holds: Holds) {
  const { vault, sealing, audit, store, runtime, sources, sealedColumns, jobs, feed } = context;
  let running = false;

  /** Every value of a room's table. */
  function everyValueOf(table: string): SealedRef[] {
    const refs: SealedRef[] = [];
    for (const column of sealedColumns.filter((one) => one.table === table)) {
      for (let cursor: string | null = null; ; ) {
        const placed = sealing.keeping.walk(column, cursor, WALK_ROWS);
        if (placed.length === 0) break;
        for (const { sealedId: id, applicationId } of placed)
          refs.push({ id, table, column: column.column, applicationId });
        cursor = placed.at(-1)!.cursor;
      }
    }
    return refs;
  }

  /** Customers with whom there still is business within the years of their class. */
  function activeCustomers(years: number): Set<bigint> {
    const now = new Date(runtime.nowMs());
    const since = dateOfMs(Date.UTC(now.getUTCFullYear() - years, now.getUTCMonth(), now.getUTCDate()));
    const active = new Set<bigint>();
    for (const { customer, openMinor, issuedOn } of sources.items()) {
      if (openMinor > 0n || issuedOn >= since) active.add(customer);
    }
    return active;
  }

  /** Values of a class that outlast their quarter, because work still needs them. */
  function refsInUse({ dataClass }: DueLine): SealedRef[] {
    if (dataClass.id === 'evidence-10y') return holds.refsInUse();
    if (dataClass.id === 'parties') {
      const { now } = yearsOf(context, dataClass);
      const customers = [...activeCustomers(now ?? 0)].flatMap((id) => sources.sealedOf(id).refs);
      return [...everyValueOf('bank_account'), ...customers.filter(({ table }) => table !== 'open_item')];
    }
    if (dataClass.id !== 'invoices') return [];
    const open = new Set<bigint>();
    for (const { id, openMinor } of sources.items()) if (openMinor > 0n) open.add(id);
    return everyValueOf('open_item').filter(({ applicationId }) => open.has(BigInt(applicationId)));
  }

  /** Destroys one line; what is in use was sealed anew under the present quarter before. */
  function purgeLine(line: DueLine, caller: Caller): PurgeLine {
    const { dataClass, quarter } = line;
    const { id: classId, purpose, retentionClass } = dataClass;
    return vault.transaction(() => {
      const inUse = refsInUse(line).filter(({ id }) => {
        const of = sealing.keeping.lineOf(id);
        return of?.purpose === purpose && of.retentionClass === retentionClass && of.quarter === quarter;
      });
      const carried = sealing.keeping.carry(inUse);
      const keyCount = context.destroyKeys(caller, { purpose, retentionClass, quarter });
      const values = line.values - carried;
      const detail = { dataClass: classId, quarter, values, carried, keys: keyCount };
      const record = audit.record({ kind: 'privacy.purge', ...caller, detail });
      const row: PurgeRow = {
        id: store.nextPurgeId(),
        atMs: BigInt(runtime.nowMs()),
        dataClass: classId,
        quarter,
        valueCount: BigInt(values),
        carried: BigInt(carried),
        keyCount: BigInt(keyCount),
        actor: caller.actor,
        record,
      };
      store.insertPurge(row);
      return shownPurge(row);
    });
  }

  /** Clears away rows under destroyed keys: they open nowhere, but their tags would still be found. */
  async function clearRemains(): Promise<number> {
    if (!sealing.keeping.hasRemains()) return 0;
    let cleared = 0;
    const lastId = sealing.keeping.lastId();
    for (let after = 0n; after < lastId; after += STEP_IDS) {
      cleared += vault.transaction(() => sealing.keeping.clearRemains(after, after + STEP_IDS));
      await vault.breathe();
      await yieldToLoop();
    }
    return cleared;
  }

  function recordHeld(held: Purged['held'], caller: Caller): void {
    if (held.length === 0) return;
    const detail = { held };
    vault.transaction(() => audit.record({ kind: 'privacy.purge-held', ...caller, detail }));
  }

  async function purgeDue(caller: Caller, report: (done: number, total: number) => void): Promise<Purged> {
    await holds.refresh();
    context.removeDueEvidence(caller);
    const lines = dueLines(context);
    const purged: PurgeLine[] = [];
    const held: Purged['held'] = [];
    for (const [done, line] of lines.entries()) {
      report(done, lines.length);
      const { dataClass, quarter, holdIds } = line;
      if (holdIds.length > 0) {
        held.push({ dataClass: dataClass.id, quarter, holds: holdIds.length });
        continue;
      }
      try {
        purged.push(purgeLine(line, caller));
      } catch (error) {
        if (!isCountersignError(error) || !HELD_CODES.has(error.code)) throw error;
        held.push({ dataClass: dataClass.id, quarter, holds: 0 });
      }
      await yieldToLoop();
    }
    recordHeld(held, caller);
    const cleared = await clearRemains();
    if (purged.length > 0 || cleared > 0) {
      await context.forgetInSearch();
      feed.changed('privacy', 'statements', 'receivables', 'reconciliation', 'keys', 'audit', 'compliance');
    }
    return { purged, held };
  }

  return {
    /** Purges what is due, as a job. Throws `PRIVACY_PURGE_UNDER_WAY`. */
    async purge(caller: Caller): Promise<Purged> {
      if (running) throw new CountersignError('PRIVACY_PURGE_UNDER_WAY', 'A purge is already running.');
      running = true;
      try {
        return await jobs.run({ kind: 'privacy.purge', label: 'Purging what is due' }, (job) =>
          purgeDue(caller, (doneCount, totalCount) =>
            job.report({ stage: 'purging', doneCount, totalCount }),
          ),
        );
      } finally {
        running = false;
      }
    },
  };
}

export const shownPurge = (row: PurgeRow): PurgeLine => ({
  id: row.id.toString(),
  atMs: Number(row.atMs),
  dataClass: row.dataClass,
  quarter: row.quarter,
  values: Number(row.valueCount),
  carried: Number(row.carried),
  keys: Number(row.keyCount),
  by: row.actor,
  record: row.record,
});
