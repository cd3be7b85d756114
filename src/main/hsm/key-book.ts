/** Keys and where they lie, in memory: every signature asks for them. */
import type { KeyRef } from './calls.ts';
import { hsmError } from './refusals.ts';
import type { CopyRow, KeyRow, Store } from './store.ts';

export interface KeyCopy {
  readonly tokenId: number;
  readonly ref: KeyRef;
}

export interface KeyBook {
  /** Reads the tables again, after a change of theirs. */
  reload(): void;
  key(keyId: string): KeyRow | undefined;
  /** Tokens a key may be used on. */
  copiesOf(keyId: string): readonly KeyCopy[];
  /** Throws `HSM_KEY_UNKNOWN`, `HSM_KEY_RETIRED`. */
  requireActive(keyId: string): KeyRow;
}

/** What the process of the HSM is told of a key. */
export function refOf(key: KeyRow, copy: Pick<CopyRow, 'sealedSeed' | 'sealedUnder'>): KeyRef {
  return {
    keyId: key.keyId,
    algorithm: key.algorithm,
    publicKey: key.publicKey.toString('base64'),
    sealedSeed: copy.sealedSeed?.toString('base64') ?? null,
    sealedUnder: copy.sealedUnder,
  };
}

export function createKeyBook(store: Store): KeyBook {
  let keys = new Map<string, KeyRow>();
  let copies = new Map<string, KeyCopy[]>();

  function reload(): void {
    keys = new Map(store.keys().map((key) => [key.keyId, key]));
    copies = new Map();
    for (const copy of store.copies()) {
      const key = keys.get(copy.keyId);
      if (copy.state !== 'active' || key === undefined) continue;
      const one = { tokenId: copy.tokenId, ref: refOf(key, copy) };
      copies.set(copy.keyId, [...(copies.get(copy.keyId) ?? []), one]);
    }
  }

  reload();
  return {
    reload,
    key: (keyId) => keys.get(keyId),
    copiesOf: (keyId) => copies.get(keyId) ?? [],
    requireActive(keyId) {
      const key = keys.get(keyId);
      if (key === undefined) throw hsmError('HSM_KEY_UNKNOWN');
      if (key.state !== 'active') throw hsmError('HSM_KEY_RETIRED');
      return key;
    },
  };
}
