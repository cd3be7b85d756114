/** Keys on tokens: made, retired, destroyed. */
import { type Caller, isCountersignError } from '../base/index.ts';
import type { HsmAlgorithm } from './algorithms.ts';
import { type HsmContext, keySubject, sealingRoot, tokenSubject } from './context.ts';
import type { Intents } from './intents.ts';
import type { KeyBook } from './key-book.ts';
import { PROFILES } from './profiles.ts';
import { hsmError } from './refusals.ts';
import type { CopyRow, KeyRow } from './store.ts';
import type { HeldToken, Tokens } from './tokens.ts';

const DAY_MS = 24 * 60 * 60_000;
/** A key that was made on its token. */
export const ROTATE_AFTER_MS = 365 * DAY_MS;
/** A key that came from another token. */
export const ROTATE_ARRIVED_MS = 90 * DAY_MS;

const KEY_ID_BYTES = 16;

export interface NewKey {
  /** The first token that serves where it is left out; the embedded one is set up where there is none. */
  readonly tokenId?: number | undefined;
  readonly name: string;
  readonly algorithm: HsmAlgorithm;
  readonly mayMigrate: boolean;
}

export function createHsmKeys(context: HsmContext, tokens: Tokens, book: KeyBook, intents: Intents) {
  const { vault, audit, runtime, store, changed } = context;

  async function tokenFor(wanted: number | undefined, caller: Caller) {
    await tokens.opened();
    if (wanted !== undefined) return tokens.get(wanted);
    const all = tokens.all();
    const ready = all.find(({ link }) => link.ready);
    if (ready) return ready;
    if (all.length > 0) throw hsmError('HSM_UNAVAILABLE');
    return tokens.setUpSoftware('Embedded', caller);
  }

  /** Writes a change, with what it did to the embedded tokens, and reads the book again after the commit. */
  function change<T>(work: () => T): T {
    return vault.transaction(() => {
      const result = work();
      tokens.embedded.keep();
      vault.onCommit(() => {
        book.reload();
        changed();
      });
      return result;
    });
  }

  /** Makes a key on a token; what cannot be written down does not stay on it. */
  async function generate(wanted: NewKey, caller: Caller, replaces?: string): Promise<KeyRow> {
    const token = await tokenFor(wanted.tokenId, caller);
    if (tokens.hardwareOnly && token.row.kind === 'software') throw hsmError('HSM_POLICY_HARDWARE');
    if (wanted.mayMigrate && !PROFILES[token.row.profile].trustedWrapping) {
      throw hsmError('HSM_KEY_STAYS', { expected: 'a token whose officer can mark a wrapping key trusted' });
    }
    const keyId = runtime.randomBytes(KEY_ID_BYTES).toString('hex');
    intents.begin(keyId, token.row.id);
    try {
      return await make(keyId, token, wanted, caller, replaces);
    } catch (error) {
      noteRefusal(token.row.id, wanted.algorithm, error, caller);
      throw error;
    } finally {
      await intents.over(keyId, token.row.id);
    }
  }

  /** A token that is full, lies about a mechanism or fails says so in the log too. */
  function noteRefusal(tokenId: number, algorithm: HsmAlgorithm, error: unknown, caller: Caller): void {
    if (!vault.db.open || !isCountersignError(error)) return;
    const subjects = [tokenSubject(tokenId)];
    const detail = { algorithm, code: error.code };
    vault.transaction(() => audit.record({ kind: 'hsm.key-refused', ...caller, subjects, detail }));
  }

  async function make(
    keyId: string,
    { row, link }: HeldToken,
    { name, algorithm, mayMigrate }: NewKey,
    caller: Caller,
    replaces?: string,
  ): Promise<KeyRow> {
    const made = await link.call('generate', {
      keyId,
      algorithm,
      label: `countersign ${keyId.slice(0, 8)}`,
      mayMigrate,
      sealUnder: sealingRoot(vault),
    });
    const nowMs = runtime.nowMs();
    const key: KeyRow = {
      ...{ keyId, name, algorithm, publicKey: Buffer.from(made.publicKey, 'base64') },
      ...{ mayMigrate: mayMigrate ? 1 : 0, state: 'active', createdAtMs: nowMs },
      ...{ rotateByMs: nowMs + ROTATE_AFTER_MS, replacedBy: null },
    };
    const copy: CopyRow = {
      ...{ keyId, tokenId: row.id, way: made.sealedSeed === null ? 'token' : 'sealed', state: 'active' },
      ...{
        sealedSeed: made.sealedSeed === null ? null : Buffer.from(made.sealedSeed, 'base64'),
        sealedUnder: made.sealedUnder ?? null,
        madeAtMs: nowMs,
      },
      ...{ originTokenId: null, originRun: null, wrappedWith: null },
    };
    change(() => {
      store.insertKey(key);
      store.putCopy(copy);
      intents.fulfil(keyId, row.id);
      if (replaces !== undefined) store.setReplacedBy(replaces, keyId);
      audit.record({
        kind: 'hsm.key-made',
        ...caller,
        subjects: [
          keySubject(keyId),
          tokenSubject(row.id),
          ...(replaces === undefined ? [] : [keySubject(replaces)]),
        ],
        detail: { algorithm, mayMigrate, way: copy.way },
      });
    });
    return key;
  }

  function known(keyId: string): KeyRow {
    const key = store.key(keyId);
    if (key === undefined) throw hsmError('HSM_KEY_UNKNOWN');
    return key;
  }

  return {
    change,
    generate,
    known,
    /** The key signs no more, on any token; signatures it made can still be verified. */
    retire(keyId: string, reason: string, caller: Caller): void {
      if (known(keyId).state === 'retired') throw hsmError('HSM_KEY_RETIRED');
      change(() => {
        store.setKeyState(keyId, 'retired');
        for (const { tokenId } of store.copiesOf(keyId)) store.setCopyState(keyId, tokenId, 'retired');
        audit.record({
          kind: 'hsm.key-retired',
          ...caller,
          subjects: [keySubject(keyId)],
          detail: { reason },
        });
      });
    },
    /** The key is used no more on one token, once another holds it: the end of a migration. */
    retireCopy(keyId: string, tokenId: number, caller: Caller): void {
      known(keyId);
      const others = store
        .copiesOf(keyId)
        .filter((copy) => copy.tokenId !== tokenId && copy.state === 'active');
      if (others.length === 0)
        throw hsmError('HSM_TOKEN_IN_USE', { expected: 'another token that holds the key' });
      change(() => {
        store.setCopyState(keyId, tokenId, 'retired');
        const subjects = [keySubject(keyId), tokenSubject(tokenId)];
        audit.record({ kind: 'hsm.copy-retired', ...caller, subjects, detail: {} });
      });
    },
    /** Takes retired copies off their tokens; what is not there any more counts as gone. */
    async destroy(keyId: string, caller: Caller): Promise<number> {
      const retired = store.copiesOf(keyId).filter((copy) => copy.state === 'retired');
      known(keyId);
      if (retired.length === 0) throw hsmError('HSM_TOKEN_IN_USE', { expected: 'a copy that is retired' });
      for (const { tokenId } of retired) {
        const { link } = tokens.get(tokenId);
        await link.call('destroy', { keyId });
        link.forget(keyId);
        change(() => {
          store.setCopyState(keyId, tokenId, 'destroyed');
          const subjects = [keySubject(keyId), tokenSubject(tokenId)];
          audit.record({ kind: 'hsm.copy-destroyed', ...caller, subjects, detail: {} });
        });
      }
      return retired.length;
    },
  };
}

export type HsmKeys = ReturnType<typeof createHsmKeys>;
