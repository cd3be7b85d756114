import { auditSealedColumns } from '../../src/main/audit/index.ts';
import { type HeartbeatEvent, type IncidentReport, silentLogger } from '../../src/main/base/index.ts';
import {
  createKeys,
  type DualControlDue,
  type Keys,
  type KeysOptions,
  keysSealedColumns,
} from '../../src/main/keys/index.ts';
import type { SealedColumn } from '../../src/main/sealing/index.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

export const DAY_MS = 86_400_000;
export const START_MS = Date.UTC(2026, 4, 15);
export const ada = { actor: 'ada', traceId: 'trace-1' };

/** A table of the test's own that names customers. */
export const customerColumn: SealedColumn = {
  purpose: 'customer_pii',
  table: 'test_customer',
  column: 'name',
  sealedId: 'sealed_id',
  key: ['id'],
  applicationId: 'id',
};

export interface KeysWorld {
  t: TestVault;
  keys: Keys;
  readonly runtime: ReturnType<typeof fixedClockRuntime>;
  readonly incidents: IncidentReport[];
  readonly beats: HeartbeatEvent[];
  readonly due: DualControlDue[];
  /** Seals customers and answers the ids of their rows. */
  addCustomers(count: number): number[];
  nameOf(id: number): string;
  /** Names of all customers that open. */
  reopen(options?: Partial<KeysOptions>): Promise<void>;
  close(): Promise<void>;
}

/** No rest between steps, so that no test waits. */
export const FAST = { workMs: 50, restMs: 0, busyRestMs: 0 };

export async function openKeysWorld(more: Partial<KeysOptions> = {}): Promise<KeysWorld> {
  const runtime = fixedClockRuntime(START_MS);
  const incidents: IncidentReport[] = [];
  const beats: HeartbeatEvent[] = [];
  const due: DualControlDue[] = [];
  const first = await openTestVault({ runtime });
  first.vault.db.exec(
    'CREATE TABLE test_customer (id INTEGER PRIMARY KEY, sealed_id INTEGER NOT NULL) STRICT',
  );
  const build = (t: TestVault, rest: Partial<KeysOptions> = {}) =>
    createKeys({
      vault: t.vault,
      sealing: t.sealing,
      audit: t.audit,
      runtime,
      log: silentLogger,
      sealedColumns: [...auditSealedColumns, ...keysSealedColumns, customerColumn],
      raiseIncident: (report) => incidents.push(report),
      beat: (event) => beats.push(event),
      onDualControlDue: (event) => due.push(event),
      pace: FAST,
      ...more,
      ...rest,
    });
  const world: KeysWorld = {
    t: first,
    keys: build(first),
    runtime,
    incidents,
    beats,
    due,
    addCustomers(count) {
      const { vault, sealing } = world.t;
      return vault.transaction(() =>
        Array.from({ length: count }, () => {
          const insert = 'INSERT INTO test_customer (sealed_id) VALUES (0)';
          const id = Number(vault.db.prepare(insert).run().lastInsertRowid);
          const sealedId = sealing.seal({
            purpose: 'customer_pii',
            table: 'test_customer',
            column: 'name',
            applicationId: String(id),
            plaintext: `customer ${id}`,
          });
          vault.db.prepare('UPDATE test_customer SET sealed_id = ? WHERE id = ?').run(sealedId, id);
          return id;
        }),
      );
    },
    nameOf(id) {
      const sealedId = world.t.vault.db
        .prepare<[number], bigint>('SELECT sealed_id FROM test_customer WHERE id = ?')
        .pluck()
        .get(id)!;
      const place = { table: 'test_customer', column: 'name', applicationId: String(id) };
      return world.t.sealing.openText({ id: sealedId, ...place });
    },
    async reopen(options) {
      await world.keys.close();
      world.t = await world.t.reopen();
      world.keys = build(world.t, options);
    },
    async close() {
      await world.keys.close();
      world.t.close();
    },
  };
  return world;
}

/** The DEK that seals customers now. */
export function dekOf(world: KeysWorld) {
  return world.keys.list({ limit: 1, purpose: 'customer_pii' }).rows[0]!;
}

export function codeOf(work: () => unknown): string {
  try {
    work();
    return 'no error';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
