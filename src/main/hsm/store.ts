/** The tables of the room: tokens, keys, and the requests that wait. */
import type { Connection } from '../vault/index.ts';
import type { HsmAlgorithm, PostQuantumWay } from './algorithms.ts';
import type { ProfileId } from './profiles.ts';
import { createRunStore } from './store-runs.ts';

export interface TokenRow {
  readonly id: number;
  readonly name: string;
  readonly profile: ProfileId;
  readonly kind: 'software' | 'hardware';
  readonly library: string | null;
  readonly environment: string;
  readonly serial: string;
  readonly label: string;
  readonly pinsSealedId: number | null;
  readonly createdAtMs: number;
}

export interface KeyRow {
  readonly keyId: string;
  readonly name: string;
  readonly algorithm: HsmAlgorithm;
  readonly publicKey: Buffer;
  readonly mayMigrate: number;
  readonly state: 'active' | 'retired';
  readonly createdAtMs: number;
  readonly rotateByMs: number;
  readonly replacedBy: string | null;
}

export interface CopyRow {
  readonly keyId: string;
  readonly tokenId: number;
  readonly way: Exclude<PostQuantumWay, 'none'>;
  readonly sealedSeed: Buffer | null;
  /** Hex of CKA_ID of the root key that the seed lies under; null for the token's own sealing key. */
  readonly sealedUnder: string | null;
  readonly state: 'active' | 'retired' | 'destroyed';
  readonly madeAtMs: number;
  readonly originTokenId: number | null;
  readonly originRun: string | null;
  readonly wrappedWith: string | null;
}

export interface RequestRow {
  readonly number: number;
  readonly id: string;
  readonly keyId: string;
  readonly messageHash: Buffer;
  readonly messageSealedId: number | null;
  readonly state: 'queued' | 'answered' | 'refused';
  readonly signature: Buffer | null;
  readonly code: string | null;
  readonly askedAtMs: number;
  readonly endedAtMs: number | null;
}

const TOKEN = `SELECT id, name, profile, kind, library, environment, serial, label, pins_sealed_id AS pinsSealedId,
  created_at_ms AS createdAtMs FROM hsm_token`;
const KEY = `SELECT key_id AS keyId, name, algorithm, public_key AS publicKey, may_migrate AS mayMigrate, state,
  created_at_ms AS createdAtMs, rotate_by_ms AS rotateByMs, replaced_by AS replacedBy FROM hsm_key`;
const COPY = `SELECT key_id AS keyId, token_id AS tokenId, way, sealed_seed AS sealedSeed,
  sealed_under AS sealedUnder, state, made_at_ms AS madeAtMs,
  origin_token_id AS originTokenId, origin_run AS originRun, wrapped_with AS wrappedWith FROM hsm_copy`;
const REQUEST = `SELECT number, id, key_id AS keyId, message_hash AS messageHash,
  message_sealed_id AS messageSealedId, state, signature, code, asked_at_ms AS askedAtMs,
  ended_at_ms AS endedAtMs FROM hsm_request`;

/** Prepares the statements of the room on the engine's connection. */
export function createStore(db: Connection) {
  const rows = <Parameters extends unknown[], Row>(sql: string) =>
    db.prepare<Parameters, Row>(sql).safeIntegers(false);
  const number = (sql: string) => db.prepare<unknown[], number>(sql).pluck().safeIntegers(false);

  const tokens = rows<[], TokenRow>(`${TOKEN} WHERE state = 'active' ORDER BY id`);
  const nextTokenId = number('SELECT coalesce(max(id), 0) + 1 FROM hsm_token');
  const insertToken = db.prepare(
    `INSERT INTO hsm_token (id, name, profile, kind, library, environment, serial, label, pins_sealed_id, state,
       created_at_ms)
     VALUES (:id, :name, :profile, :kind, :library, :environment, :serial, :label, :pinsSealedId, 'active',
       :createdAtMs)`,
  );
  const removeToken = db.prepare("UPDATE hsm_token SET state = 'removed' WHERE id = ?");

  const keys = rows<[], KeyRow>(`${KEY} ORDER BY created_at_ms, key_id`);
  const key = rows<[string], KeyRow>(`${KEY} WHERE key_id = ?`);
  const insertKey = db.prepare(
    `INSERT INTO hsm_key (key_id, name, algorithm, public_key, may_migrate, state, created_at_ms, rotate_by_ms,
       replaced_by)
     VALUES (:keyId, :name, :algorithm, :publicKey, :mayMigrate, :state, :createdAtMs, :rotateByMs, :replacedBy)`,
  );
  const setKeyState = db.prepare('UPDATE hsm_key SET state = ? WHERE key_id = ?');
  const setRotateBy = db.prepare('UPDATE hsm_key SET rotate_by_ms = ? WHERE key_id = ?');
  const setReplacedBy = db.prepare('UPDATE hsm_key SET replaced_by = ? WHERE key_id = ?');

  const copies = rows<[], CopyRow>(`${COPY} ORDER BY key_id, token_id`);
  const copiesOf = rows<[string], CopyRow>(`${COPY} WHERE key_id = ? ORDER BY token_id`);
  const insertCopy = db.prepare(
    `INSERT INTO hsm_copy (key_id, token_id, way, sealed_seed, sealed_under, state, made_at_ms,
       origin_token_id, origin_run, wrapped_with)
     VALUES (:keyId, :tokenId, :way, :sealedSeed, :sealedUnder, :state, :madeAtMs,
       :originTokenId, :originRun, :wrappedWith)
     ON CONFLICT (key_id, token_id) DO UPDATE SET way = :way, sealed_seed = :sealedSeed,
       sealed_under = :sealedUnder, state = :state,
       made_at_ms = :madeAtMs, origin_token_id = :originTokenId, origin_run = :originRun,
       wrapped_with = :wrappedWith`,
  );
  const setCopyState = db.prepare('UPDATE hsm_copy SET state = ? WHERE key_id = ? AND token_id = ?');

  const nextNumber = number('SELECT coalesce(max(number), 0) + 1 FROM hsm_request');
  const request = rows<[string], RequestRow>(`${REQUEST} WHERE id = ?`);
  const queued = rows<[number, number], RequestRow>(
    `${REQUEST} WHERE state = 'queued' AND number > ? ORDER BY number LIMIT ?`,
  );
  const queuedCount = number("SELECT count(*) FROM hsm_request WHERE state = 'queued'");
  const oldestQueued = number("SELECT min(asked_at_ms) FROM hsm_request WHERE state = 'queued'");
  const requests = rows<[number, number], RequestRow>(
    `${REQUEST} WHERE number < ? ORDER BY number DESC LIMIT ?`,
  );
  const insertRequest = db.prepare(
    `INSERT INTO hsm_request (number, id, key_id, message_hash, message_sealed_id, state, signature, code,
       asked_at_ms, ended_at_ms)
     VALUES (:number, :id, :keyId, :messageHash, :messageSealedId, :state, :signature, :code, :askedAtMs,
       :endedAtMs)`,
  );
  const endRequest = db.prepare(
    `UPDATE hsm_request SET state = :state, signature = :signature, code = :code, ended_at_ms = :endedAtMs,
       message_sealed_id = NULL WHERE number = :number`,
  );

  return {
    runs: createRunStore(db),
    tokens: () => tokens.all(),
    nextTokenId: () => nextTokenId.get()!,
    insertToken: (row: TokenRow) => void insertToken.run(row),
    removeToken: (id: number) => void removeToken.run(id),
    keys: () => keys.all(),
    key: (keyId: string) => key.get(keyId),
    insertKey: (row: KeyRow) => void insertKey.run(row),
    setKeyState: (keyId: string, state: KeyRow['state']) => void setKeyState.run(state, keyId),
    setRotateBy: (keyId: string, atMs: number) => void setRotateBy.run(atMs, keyId),
    setReplacedBy: (keyId: string, by: string) => void setReplacedBy.run(by, keyId),
    copies: () => copies.all(),
    copiesOf: (keyId: string) => copiesOf.all(keyId),
    /** Puts a copy in the place of what was known of the key on that token. */
    putCopy: (row: CopyRow) => void insertCopy.run(row),
    setCopyState: (keyId: string, tokenId: number, state: CopyRow['state']) =>
      void setCopyState.run(state, keyId, tokenId),
    nextNumber: () => nextNumber.get()!,
    request: (id: string) => request.get(id),
    queued: (after: number, limit: number) => queued.all(after, limit),
    queuedCount: () => queuedCount.get()!,
    oldestQueuedAtMs: () => oldestQueued.get() ?? null,
    requests: (before: number, limit: number) => requests.all(before, limit),
    insertRequest: (row: RequestRow) => void insertRequest.run(row),
    endRequest: (row: Pick<RequestRow, 'number' | 'state' | 'signature' | 'code' | 'endedAtMs'>) =>
      void endRequest.run(row),
  };
}

export type Store = ReturnType<typeof createStore>;
