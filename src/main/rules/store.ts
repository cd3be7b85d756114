import type { RuleRow } from '../../contract/rules.ts';
import type { Connection } from '../vault/index.ts';

export interface VersionRow {
  readonly id: bigint;
  readonly rule: number;
  readonly version: number;
  readonly sealedId: bigint;
  readonly actor: string;
  readonly changedAtMs: number;
  readonly record: bigint;
}

type Numbers<Row> = { readonly [Name in keyof Row]: Row[Name] extends number ? bigint : Row[Name] };

const COLUMNS = 'id, rule, version, sealed_id AS sealedId, actor, changed_at_ms AS changedAtMs, record';

/** Reads and writes of the desk's rules. */
export function createStore(db: Connection) {
  const versions = db.prepare<[], Numbers<VersionRow>>(
    `SELECT ${COLUMNS} FROM desk_rule_version ORDER BY rule, version`,
  );
  const states = db.prepare<[], { rule: bigint; state: RuleRow['state']; record: bigint }>(
    'SELECT rule, state, max(record) AS record FROM desk_rule_state GROUP BY rule',
  );
  const order = db.prepare<[], { record: bigint; rules: string }>(
    'SELECT record, rules FROM desk_rule_order ORDER BY record DESC LIMIT 1',
  );
  const lastId = db.prepare<[], { id: bigint }>('SELECT coalesce(max(id), 0) AS id FROM desk_rule_version');
  const insertVersion = db.prepare(
    `INSERT INTO desk_rule_version (id, rule, version, sealed_id, actor, changed_at_ms, record)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertState = db.prepare('INSERT INTO desk_rule_state (rule, record, state) VALUES (?, ?, ?)');
  const insertOrder = db.prepare('INSERT INTO desk_rule_order (record, rules) VALUES (?, ?)');
  return {
    versions: (): VersionRow[] =>
      versions.all().map(({ rule, version, changedAtMs, ...row }) => ({
        ...row,
        rule: Number(rule),
        version: Number(version),
        changedAtMs: Number(changedAtMs),
      })),
    states: (): ReadonlyMap<number, RuleRow['state']> =>
      new Map(states.all().map(({ rule, state }) => [Number(rule), state])),
    order(): readonly number[] {
      const row = order.get();
      return row === undefined ? [] : (JSON.parse(row.rules) as number[]);
    },
    /** The record of the last change; every change writes an order. */
    lastRecord: (): bigint => order.get()?.record ?? 0n,
    nextId: () => lastId.get()!.id + 1n,
    insertVersion(row: VersionRow): void {
      const { id, rule, version, sealedId, actor, changedAtMs, record } = row;
      insertVersion.run(id, BigInt(rule), BigInt(version), sealedId, actor, BigInt(changedAtMs), record);
    },
    insertState: (rule: number, state: RuleRow['state'], record: bigint) => {
      insertState.run(BigInt(rule), record, state);
    },
    insertOrder: (rules: readonly number[], record: bigint) => {
      insertOrder.run(record, JSON.stringify(rules));
    },
  };
}
