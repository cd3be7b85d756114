/** What is set up: connectors with their sealed settings, and the keys of callers. One command, one record. */
import type { CallerKey, ConnectorSettings } from '../../contract/connectors.ts';
import type { Recorder } from '../audit/index.ts';
import { type Caller, CountersignError } from '../base/index.ts';
import { canonicalJson } from '../crypto/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import { KEY_PLACE, SECRET_PLACE, SETTINGS_CLASS, SETTINGS_PLACE } from './sealed-columns.ts';
import { createSetupStore, type KeyRow } from './store-connectors.ts';

/** A connector as it was set up, opened. */
export interface SetUp {
  readonly id: number;
  readonly label: string;
  readonly settings: ConnectorSettings;
  readonly secret: string | undefined;
  readonly enabled: boolean;
}

export interface Wanted {
  readonly label: string;
  readonly settings: ConnectorSettings;
  /** Left out: as it was. Null: none. */
  readonly secret?: string | null | undefined;
}

export interface SetupOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Recorder;
}

const KEY_ID_BYTES = 8;
const SECRET_BYTES = 32;

export interface Setup {
  all(): SetUp[];
  /** Errors: `CONNECTOR_UNKNOWN`. */
  one(id: string): SetUp;
  /** Also of one that was removed. */
  label(id: number): string | undefined;
  /** Errors: `CONNECTOR_NAME_TAKEN`. */
  add(wanted: Wanted, caller: Caller): SetUp;
  /** Errors: `CONNECTOR_UNKNOWN`, `CONNECTOR_NAME_TAKEN`, `CONNECTOR_SETTINGS_INVALID`. */
  change(id: string, wanted: Wanted, caller: Caller): SetUp;
  /** Errors: `CONNECTOR_UNKNOWN`. */
  enable(id: string, enabled: boolean, caller: Caller): SetUp;
  /** Errors: `CONNECTOR_UNKNOWN`. */
  remove(id: string, reason: string, caller: Caller): void;
  keys(id: string): CallerKey[];
  /** Errors: `CONNECTOR_UNKNOWN`, `CONNECTOR_SETTINGS_INVALID` where it is no local endpoint. */
  createKey(id: string, name: string, caller: Caller): CallerKey & { secret: string };
  /** Errors: `CONNECTOR_KEY_UNKNOWN`. */
  revokeKey(keyId: string, caller: Caller): CallerKey;
  /** The secret of a key that may be used with a connector; remembered until something changes. */
  secretOf(connectorId: number, keyId: string): string | undefined;
}

export function createSetup({ vault, sealing, audit }: SetupOptions): Setup {
  const store = createSetupStore(vault.db);
  const secrets = new Map<string, string>();
  const place = (id: number) => ({ applicationId: String(id) });

  function open(row: ReturnType<typeof store.all>[number]): SetUp {
    const settings = JSON.parse(
      sealing.openText({ id: BigInt(row.settingsSealedId), ...SETTINGS_PLACE, ...place(row.id) }),
    ) as ConnectorSettings;
    const secret =
      row.secretSealedId === null
        ? undefined
        : sealing.openText({ id: BigInt(row.secretSealedId), ...SECRET_PLACE, ...place(row.id) });
    return { id: row.id, label: row.label, settings, secret, enabled: row.enabled === 1 };
  }

  function known(id: string) {
    const row = /^\d{1,15}$/.test(id) ? store.one(Number(id)) : undefined;
    if (row === undefined)
      throw new CountersignError('CONNECTOR_UNKNOWN', 'There is no connector under that id.');
    return row;
  }

  function requireFree(label: string, id?: number): void {
    const other = store.byLabel(label);
    if (other === undefined || other === id) return;
    throw new CountersignError('CONNECTOR_NAME_TAKEN', 'Another connector carries that name.', {
      path: 'label',
    });
  }

  const seal = (
    where: typeof SETTINGS_PLACE | typeof SECRET_PLACE | typeof KEY_PLACE,
    id: number,
    text: string,
  ) =>
    sealing.seal({
      ...{ purpose: 'compliance_vault', retentionClass: SETTINGS_CLASS, plaintext: text },
      ...where,
      ...place(id),
    });

  function record(kind: string, id: number, caller: Caller, detail: object): void {
    audit.record({
      kind: `connectors.${kind}`,
      actor: caller.actor,
      traceId: caller.traceId,
      subjects: [{ kind: 'connector', id: String(id) }],
      detail: detail as never,
    });
  }

  const keyOf = ({ keyId, connectorId, caller, createdAtMs, revokedAtMs }: KeyRow): CallerKey => ({
    ...{ keyId, caller, createdAtMs, revokedAtMs },
    connectorId: String(connectorId),
  });

  function revoke(row: KeyRow, caller: Caller): void {
    if (row.revokedAtMs !== null) return;
    store.revoke(row.id, vault.runtime.nowMs());
    sealing.erase(BigInt(row.secretSealedId));
    record('key-revoked', row.connectorId, caller, { keyId: row.keyId });
  }

  return {
    all: () => store.all().map(open),
    one: (id) => open(known(id)),
    label: (id) => store.label(id),
    add: ({ label, settings, secret }, caller) =>
      vault.transaction(() => {
        requireFree(label);
        const id = store.nextId();
        const settingsSealedId = seal(SETTINGS_PLACE, id, canonicalJson(settings as never));
        const secretSealedId = secret == null ? null : seal(SECRET_PLACE, id, secret);
        const atMs = vault.runtime.nowMs();
        store.insert({ id, kind: settings.kind, label, settingsSealedId, secretSealedId, atMs });
        record('added', id, caller, { label, settings, hasSecret: secret != null });
        return { id, label, settings, secret: secret ?? undefined, enabled: true };
      }),
    change: (id, { label, settings, secret }, caller) =>
      vault.transaction(() => {
        const row = known(id);
        const before = open(row);
        if (settings.kind !== before.settings.kind) {
          throw new CountersignError('CONNECTOR_SETTINGS_INVALID', 'A connector stays of its kind.', {
            path: 'settings.kind',
            expected: before.settings.kind,
          });
        }
        requireFree(label, row.id);
        sealing.erase(BigInt(row.settingsSealedId));
        const settingsSealedId = seal(SETTINGS_PLACE, row.id, canonicalJson(settings as never));
        let { secretSealedId }: { secretSealedId: number | bigint | null } = row;
        if (secret !== undefined) {
          if (secretSealedId !== null) sealing.erase(BigInt(secretSealedId));
          secretSealedId = secret === null ? null : seal(SECRET_PLACE, row.id, secret);
        }
        store.update({ id: row.id, label, settingsSealedId, secretSealedId });
        record('changed', row.id, caller, {
          before: { label: before.label, settings: before.settings },
          after: { label, settings },
          secretChanged: secret !== undefined,
        });
        return open(known(id));
      }),
    enable: (id, enabled, caller) =>
      vault.transaction(() => {
        const row = known(id);
        store.enable(row.id, enabled);
        record(enabled ? 'started' : 'stopped', row.id, caller, { label: row.label });
        return open(known(id));
      }),
    remove(id, reason, caller) {
      vault.transaction(() => {
        const row = known(id);
        for (const key of store.keys(row.id)) revoke(key, caller);
        if (row.secretSealedId !== null) sealing.erase(BigInt(row.secretSealedId));
        store.remove(row.id, vault.runtime.nowMs());
        record('removed', row.id, caller, { label: row.label, reason });
      });
      secrets.clear();
    },
    keys: (id) => store.keys(known(id).id).map(keyOf),
    createKey: (id, name, caller) =>
      vault.transaction(() => {
        const { id: connectorId, kind } = known(id);
        if (kind !== 'http') {
          throw new CountersignError('CONNECTOR_SETTINGS_INVALID', 'Only a local endpoint has callers.', {
            expected: 'http',
            actual: kind,
          });
        }
        const rowId = store.nextKeyId();
        const keyId = `key-${vault.runtime.randomBytes(KEY_ID_BYTES).toString('hex')}`;
        const secret = vault.runtime.randomBytes(SECRET_BYTES).toString('base64url');
        const atMs = vault.runtime.nowMs();
        const secretSealedId = seal(KEY_PLACE, rowId, secret);
        store.insertKey({ id: rowId, connectorId, keyId, caller: name, secretSealedId, atMs });
        record('key-created', connectorId, caller, { keyId, caller: name });
        vault.onCommit(() => secrets.clear());
        return { ...keyOf(store.key(keyId)!), secret };
      }),
    revokeKey(keyId, caller) {
      const key = vault.transaction(() => {
        const row = store.key(keyId);
        if (row === undefined) {
          throw new CountersignError('CONNECTOR_KEY_UNKNOWN', 'There is no key of a caller under that id.');
        }
        revoke(row, caller);
        return keyOf(store.key(keyId)!);
      });
      secrets.clear();
      return key;
    },
    secretOf(connectorId, keyId) {
      const remembered = secrets.get(`${connectorId} ${keyId}`);
      if (remembered !== undefined) return remembered;
      const row = store.key(keyId);
      if (row === undefined || row.connectorId !== connectorId || row.revokedAtMs !== null) return undefined;
      const secret = sealing.openText({ id: BigInt(row.secretSealedId), ...KEY_PLACE, ...place(row.id) });
      secrets.set(`${connectorId} ${keyId}`, secret);
      return secret;
    },
  };
}
