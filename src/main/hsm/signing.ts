/**
 * Signing requests: to a token that serves, else into the vault until one does. Each has an id; at
 * most one answer leaves for it, and none is lost.
 */
import { type Caller, CountersignError, createIdMaker, idToText, isCountersignError } from '../base/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { KeyRef } from './calls.ts';
import { type HsmContext, keySubject, SYSTEM } from './context.ts';
import { OP } from './frames.ts';
import type { KeyBook } from './key-book.ts';
import { isOfToken } from './link.ts';
import { type HsmCode, hsmError, isHsmCode } from './refusals.ts';
import { MESSAGE_PLACE } from './sealed-columns.ts';
import type { RequestRow } from './store.ts';
import type { Tokens } from './tokens.ts';

export interface SignRequest {
  readonly keyId: string;
  readonly message: Uint8Array;
  /** Asked again under the same id, the answer is the same one. Without it the request has an id of its own. */
  readonly id?: string | undefined;
}

export interface Signed {
  readonly id: string;
  readonly signature: Buffer;
  /** Whether it had to wait in the vault. */
  readonly waited: boolean;
}

/** More than this would rather be told than kept. */
const MOST_QUEUED = 100_000;
/** Requests that are worked off between two looks at what else there is. */
const DRAIN_ROWS = 64;

interface Asked {
  readonly id: string;
  readonly keyId: string;
  readonly message: Buffer;
  readonly hash: Buffer;
  readonly askedAtMs: number;
}

interface Waiter {
  resolve(signed: Signed): void;
  reject(error: Error): void;
}

const hashOf = (keyId: string, message: Uint8Array) =>
  sha256(Buffer.concat([Buffer.from(`${keyId}\n`), message]));

export function createSigning(context: HsmContext, tokens: Tokens, book: KeyBook) {
  const { vault, sealing, audit, runtime, log, store, changed } = context;
  const newId = createIdMaker(runtime);
  /** Requests under an id that are on their way. */
  const pending = new Map<string, { readonly hash: Buffer; readonly answer: Promise<Signed> }>();
  const waiters = new Map<string, Waiter>();
  let toQueue: Asked[] = [];
  let toKeep: { readonly asked: Asked; readonly signature: Buffer; readonly waiter: Waiter }[] = [];
  let draining = false;

  /** Asks the tokens that hold the key, one after another. Throws `HSM_UNAVAILABLE` where none answers. */
  async function bySomeToken<T>(
    keyId: string,
    ask: (ref: KeyRef, tokenId: number) => Promise<T>,
  ): Promise<T> {
    let refusal: unknown;
    for (const { ref, tokenId } of book.copiesOf(keyId)) {
      if (!tokens.get(tokenId).link.ready) continue;
      try {
        return await ask(ref, tokenId);
      } catch (error) {
        const isMissing = isCountersignError(error, 'HSM_KEY_UNKNOWN');
        if (!isOfToken(error) && !isMissing) throw error;
        if (isMissing || isCountersignError(error, 'HSM_MECHANISM_LIED')) refusal = error;
      }
    }
    throw refusal ?? hsmError('HSM_UNAVAILABLE');
  }

  const signNow = (keyId: string, message: Uint8Array) =>
    bySomeToken(keyId, (ref, tokenId) => tokens.get(tokenId).link.use(OP.sign, ref, message));

  /** Writes what must wait, all of one turn in one transaction. */
  function flushQueue(): void {
    const asked = toQueue;
    toQueue = [];
    try {
      vault.transaction(() => {
        const first = store.nextNumber();
        const values = asked.map(({ message }, i) => ({
          applicationId: String(first + i),
          plaintext: message,
        }));
        const { table, column } = MESSAGE_PLACE;
        const firstSealed = Number(sealing.sealBatch('compliance_vault', table, column, values));
        asked.forEach(({ id, keyId, message, askedAtMs }, i) => {
          const messageHash = hashOf(keyId, message);
          store.insertRequest({
            ...{ number: first + i, id, keyId, messageHash, messageSealedId: firstSealed + i },
            ...{ state: 'queued', signature: null, code: null, askedAtMs, endedAtMs: null },
          });
        });
        record(
          'hsm.requests-queued',
          asked.map(({ keyId }) => keyId),
        );
        vault.onCommit(changed);
      });
    } catch (error) {
      for (const { id } of asked) settle(id, (waiter) => waiter.reject(error as Error));
      return;
    }
    // A token may have come back while they were written.
    void drain();
  }

  function record(kind: string, keyIds: readonly string[], caller: Caller = SYSTEM): void {
    const subjects = [...new Set(keyIds)].slice(0, 20).map(keySubject);
    audit.record({ kind, ...caller, subjects, detail: { requests: keyIds.length } });
  }

  function settle(id: string, how: (waiter: Waiter) => void): void {
    const waiter = waiters.get(id);
    waiters.delete(id);
    if (waiter) how(waiter);
  }

  function enqueue(asked: Asked): Promise<Signed> {
    if (store.queuedCount() + toQueue.length >= MOST_QUEUED)
      throw hsmError('HSM_UNAVAILABLE', { actual: 'a full queue' });
    return new Promise((resolve, reject) => {
      waiters.set(asked.id, { resolve, reject });
      if (toQueue.length === 0) setImmediate(flushQueue);
      toQueue.push(asked);
    });
  }

  /** Keeps the answers to requests under an id before they leave, all of one turn in one transaction. */
  function keep(asked: Asked, signature: Buffer): Promise<Signed> {
    return new Promise((resolve, reject) => {
      if (toKeep.length === 0) setImmediate(flushKept);
      toKeep.push({ asked, signature, waiter: { resolve, reject } });
    });
  }

  function flushKept(): void {
    const kept = toKeep;
    toKeep = [];
    try {
      vault.transaction(() => {
        let number = store.nextNumber();
        for (const { asked, signature } of kept) {
          const { id, keyId, hash, askedAtMs } = asked;
          store.insertRequest({
            ...{ number, id, keyId, messageHash: hash, messageSealedId: null, state: 'answered' },
            ...{ signature, code: null, askedAtMs, endedAtMs: runtime.nowMs() },
          });
          number += 1;
        }
        record(
          'hsm.requests-answered',
          kept.map(({ asked }) => asked.keyId),
        );
      });
    } catch (error) {
      for (const { waiter } of kept) waiter.reject(error as Error);
      return;
    }
    for (const { asked, signature, waiter } of kept)
      waiter.resolve({ id: asked.id, signature, waited: false });
  }

  const isUnavailable = (error: unknown) => isCountersignError(error, 'HSM_UNAVAILABLE');

  async function answer(asked: Asked, isKept: boolean): Promise<Signed> {
    let signature: Buffer;
    try {
      signature = await signNow(asked.keyId, asked.message);
    } catch (error) {
      if (isUnavailable(error)) return enqueue(asked);
      throw error;
    }
    return isKept ? keep(asked, signature) : { id: asked.id, signature, waited: false };
  }

  /** The answer to a request that is known already, by its row. */
  function answerOf(row: RequestRow, hash: Buffer): Promise<Signed> | Signed {
    if (!row.messageHash.equals(hash)) throw hsmError('HSM_REQUEST_CONFLICT');
    if (row.state === 'answered') return { id: row.id, signature: row.signature!, waited: true };
    if (row.state === 'refused') throw hsmError(codeOf(row.code));
    return new Promise((resolve, reject) => waiters.set(row.id, { resolve, reject }));
  }

  async function signUnder(id: string, asked: Asked): Promise<Signed> {
    const known = pending.get(id);
    if (known) {
      if (!known.hash.equals(asked.hash)) throw hsmError('HSM_REQUEST_CONFLICT');
      return known.answer;
    }
    const row = store.request(id);
    const promise = row === undefined ? answer(asked, true) : Promise.resolve(answerOf(row, asked.hash));
    pending.set(id, { hash: asked.hash, answer: promise });
    try {
      return await promise;
    } finally {
      pending.delete(id);
    }
  }

  /** Works off what waits, oldest first, as long as a token serves. */
  async function drain(): Promise<void> {
    if (draining || !vault.db.open) return;
    draining = true;
    try {
      let after = 0;
      while (vault.db.open) {
        const rows = store.queued(after, DRAIN_ROWS);
        if (rows.length === 0) break;
        const ended = await Promise.all(rows.map(worked));
        if (!vault.db.open) return;
        const done = ended.filter((one) => one !== undefined);
        finish(done);
        // What still waits has no token that serves; it is asked again when one comes back.
        after = rows.at(-1)!.number;
      }
    } catch (error) {
      log.error('hsm.drain-failed', { name: error instanceof Error ? error.name : typeof error });
    } finally {
      draining = false;
    }
  }

  type Ended = { readonly row: RequestRow } & (
    | { readonly signature: Buffer }
    | { readonly error: CountersignError }
  );

  async function worked(row: RequestRow): Promise<Ended | undefined> {
    const place = { ...MESSAGE_PLACE, applicationId: String(row.number) };
    try {
      const message = sealing.open({ id: BigInt(row.messageSealedId!), ...place });
      if (!hashOf(row.keyId, message).equals(row.messageHash)) throw hsmError('HSM_KEY_CHANGED');
      return { row, signature: await signNow(row.keyId, message) };
    } catch (error) {
      if (isUnavailable(error)) return undefined;
      return { row, error: error instanceof CountersignError ? error : hsmError('HSM_TOKEN_FAILED') };
    }
  }

  /** The commit comes first, the answers after it. */
  function finish(done: readonly Ended[]): void {
    if (done.length === 0) return;
    vault.transaction(() => {
      for (const one of done) {
        const { number } = one.row;
        const endedAtMs = runtime.nowMs();
        if ('signature' in one) {
          store.endRequest({ number, state: 'answered', signature: one.signature, code: null, endedAtMs });
        } else {
          store.endRequest({ number, state: 'refused', signature: null, code: one.error.code, endedAtMs });
        }
        sealing.erase(BigInt(one.row.messageSealedId!));
      }
      record(
        'hsm.requests-answered',
        done.map(({ row }) => row.keyId),
      );
      vault.onCommit(changed);
    });
    for (const one of done) {
      const { id } = one.row;
      if ('signature' in one)
        settle(id, (waiter) => waiter.resolve({ id, signature: one.signature, waited: true }));
      else settle(id, (waiter) => waiter.reject(one.error));
    }
  }

  return {
    /** Signs now, or as soon as a token serves. Throws `HSM_KEY_UNKNOWN`, `HSM_KEY_RETIRED`, … */
    async sign({ keyId, message, id }: SignRequest): Promise<Signed> {
      book.requireActive(keyId);
      const asked: Asked = {
        id: id ?? idToText(newId()),
        keyId,
        message: Buffer.from(message),
        hash: id === undefined ? NO_HASH : hashOf(keyId, message),
        askedAtMs: runtime.nowMs(),
      };
      if (id !== undefined) return signUnder(id, asked);
      return answer(asked, false);
    },
    bySomeToken,
    drain,
    /** Lets go of who waits here; what waits in the vault stays there. */
    close() {
      for (const { reject } of waiters.values())
        reject(hsmError('HSM_UNAVAILABLE', { actual: 'waits in the vault' }));
      waiters.clear();
    },
    /** What is known of a request under its id. Throws `HSM_REQUEST_UNKNOWN`. */
    request(id: string): RequestRow {
      const row = store.request(id);
      if (row === undefined) throw hsmError('HSM_REQUEST_UNKNOWN');
      return row;
    },
  };
}

/** A request without an id of the caller's is hashed when it has to wait, and not before. */
const NO_HASH = Buffer.alloc(0);

const codeOf = (code: string | null): HsmCode => (isHsmCode(code) ? code : 'HSM_TOKEN_FAILED');

export type Signing = ReturnType<typeof createSigning>;
