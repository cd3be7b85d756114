/** Tables of what is set up: connectors and the keys of their callers. */
import type { ConnectorKind } from '../../contract/connectors.ts';
import type { Connection } from '../vault/index.ts';

export interface ConnectorRow {
  readonly id: number;
  readonly kind: ConnectorKind;
  readonly label: string;
  readonly settingsSealedId: number;
  readonly secretSealedId: number | null;
  readonly enabled: number;
}

export interface KeyRow {
  readonly id: number;
  readonly connectorId: number;
  readonly keyId: string;
  readonly caller: string;
  readonly secretSealedId: number;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

const CONNECTOR = `id, kind, label, settings_sealed_id AS settingsSealedId, secret_sealed_id AS secretSealedId, enabled`;
const KEY = `id, connector_id AS connectorId, key_id AS keyId, caller, secret_sealed_id AS secretSealedId,
  created_at_ms AS createdAtMs, revoked_at_ms AS revokedAtMs`;

export function createSetupStore(db: Connection) {
  const last = (table: 'connector' | 'connector_key') =>
    db.prepare<[], number>(`SELECT coalesce(max(id), 0) FROM ${table}`).pluck().safeIntegers(false);
  const lastConnector = last('connector');
  const lastKey = last('connector_key');
  const all = db
    .prepare<[], ConnectorRow>(`SELECT ${CONNECTOR} FROM connector WHERE removed_at_ms IS NULL ORDER BY id`)
    .safeIntegers(false);
  const one = db
    .prepare<[number], ConnectorRow>(
      `SELECT ${CONNECTOR} FROM connector WHERE removed_at_ms IS NULL AND id = ?`,
    )
    .safeIntegers(false);
  const label = db.prepare<[number], string>('SELECT label FROM connector WHERE id = ?').pluck();
  const byLabel = db
    .prepare<[string], number>('SELECT id FROM connector WHERE removed_at_ms IS NULL AND label = ?')
    .pluck()
    .safeIntegers(false);
  const insert = db.prepare(
    `INSERT INTO connector (id, kind, label, settings_sealed_id, secret_sealed_id, enabled, created_at_ms)
     VALUES (:id, :kind, :label, :settingsSealedId, :secretSealedId, 1, :atMs)`,
  );
  const update = db.prepare(
    `UPDATE connector SET label = :label, settings_sealed_id = :settingsSealedId,
       secret_sealed_id = :secretSealedId WHERE id = :id`,
  );
  const enable = db.prepare('UPDATE connector SET enabled = ? WHERE id = ?');
  const remove = db.prepare(
    'UPDATE connector SET removed_at_ms = ?, enabled = 0, secret_sealed_id = NULL WHERE id = ?',
  );
  const keys = db
    .prepare<[number], KeyRow>(`SELECT ${KEY} FROM connector_key WHERE connector_id = ? ORDER BY id`)
    .safeIntegers(false);
  const key = db
    .prepare<[string], KeyRow>(`SELECT ${KEY} FROM connector_key WHERE key_id = ?`)
    .safeIntegers(false);
  const insertKey = db.prepare(
    `INSERT INTO connector_key (id, connector_id, key_id, caller, secret_sealed_id, created_at_ms)
     VALUES (:id, :connectorId, :keyId, :caller, :secretSealedId, :atMs)`,
  );
  const revoke = db.prepare(
    'UPDATE connector_key SET revoked_at_ms = ? WHERE id = ? AND revoked_at_ms IS NULL',
  );

  return {
    all: () => all.all(),
    one: (id: number) => one.get(id),
    /** Also of one that was removed: dead letters name where they came from. */
    label: (id: number) => label.get(id),
    byLabel: (name: string) => byLabel.get(name),
    nextId: () => lastConnector.get()! + 1,
    insert: (row: object) => {
      insert.run(row);
    },
    update: (row: object) => {
      update.run(row);
    },
    enable: (id: number, enabled: boolean) => {
      enable.run(enabled ? 1 : 0, id);
    },
    remove: (id: number, atMs: number) => {
      remove.run(atMs, id);
    },
    keys: (connectorId: number) => keys.all(connectorId),
    key: (keyId: string) => key.get(keyId),
    nextKeyId: () => lastKey.get()! + 1,
    insertKey: (row: object) => {
      insertKey.run(row);
    },
    revoke: (id: number, atMs: number) => {
      revoke.run(atMs, id);
    },
  };
}

export type SetupStore = ReturnType<typeof createSetupStore>;
