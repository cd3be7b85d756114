/**
 * A token's keys on their way to another: one run for the whole list, that can stop between any two
 * keys and go on. What may migrate is wrapped under a trusted key that both ends agreed on by
 * ML-KEM; what may not is replaced. The old copies serve until somebody retires them.
 */

import type { HsmRun } from '../../contract/hsm.ts';
import { type Caller, CountersignError, createIdMaker, idToText } from '../base/index.ts';
import type { HsmClient } from './client.ts';
import { type HsmContext, keySubject, SYSTEM, sealingRoot, tokenSubject } from './context.ts';
import type { Intents } from './intents.ts';
import { refOf } from './key-book.ts';
import { type HsmKeys, ROTATE_ARRIVED_MS } from './keys.ts';
import { PROFILES } from './profiles.ts';
import { type HsmCode, hsmError, isHsmCode } from './refusals.ts';
import type { RunKeyRow, RunRow } from './store-runs.ts';
import type { Tokens } from './tokens.ts';

export interface NewRun {
  readonly sourceId: number;
  readonly targetId: number;
  readonly purpose: 'migration' | 'backup';
  /** A backup may take ML-KEM-768; a migration takes ML-KEM-1024. */
  readonly kem: 'ML-KEM-768' | 'ML-KEM-1024';
  /** The security officer's PIN at the source; an embedded token's is in the vault. */
  readonly soPin?: string | undefined;
}

export interface Migration {
  list(): HsmRun[];
  /** Takes every active key of the source. Errors: `HSM_MIGRATION_STATE`, `HSM_PIN_WRONG`, … */
  start(run: NewRun, caller: Caller): Promise<HsmRun>;
  /** Goes on where a run stopped. */
  resume(id: string, soPin: string | undefined, caller: Caller): Promise<HsmRun>;
  /** Stops after the key that is under way. */
  stop(id: string): HsmRun;
  /** After a crash: a run that nobody works on has stopped. */
  recover(): void;
  close(): Promise<void>;
}

interface Ends {
  readonly source: HsmClient;
  readonly target: HsmClient;
}

export function createMigration(
  context: HsmContext,
  tokens: Tokens,
  keys: HsmKeys,
  intents: Intents,
): Migration {
  const { vault, audit, runtime, store, jobs, changed, raise } = context;
  const { runs } = store;
  const newId = createIdMaker(runtime);
  const stopping = new Set<string>();
  const working = new Map<string, Promise<unknown>>();

  function known(id: string): RunRow {
    const run = runs.get(id);
    if (run === undefined) throw hsmError('HSM_MIGRATION_STATE', { expected: 'a run of that id' });
    return run;
  }

  function shown(run: RunRow): HsmRun {
    const { wrappingKeyDeleted, ...rest } = run;
    return { ...rest, wrappingKeyDeleted: wrappingKeyDeleted === 1, keys: runs.keys(run.id) };
  }

  function record(
    what: string,
    run: RunRow,
    caller: Caller,
    detail: Record<string, string | number | boolean> = {},
  ): void {
    const subjects = [
      { kind: 'hsm-run', id: run.id },
      tokenSubject(run.sourceId),
      tokenSubject(run.targetId),
    ];
    audit.record({ kind: `hsm.run-${what}`, ...caller, subjects, detail });
    vault.onCommit(changed);
  }

  /** Whether a key can leave the source at all; where no officer marks a wrapping key trusted, none does. */
  const canWrap = ({ sourceId }: RunRow): boolean =>
    PROFILES[tokens.get(sourceId).row.profile].trustedWrapping;

  /** Sessions of their own at both ends, so that signing goes on beside them. */
  async function openEnds(run: RunRow, soPin: string | undefined): Promise<Ends> {
    const from = tokens.get(run.sourceId);
    const officer = soPin ?? (from.row.kind === 'software' ? tokens.pinsOf(from.row).soPin : undefined);
    if (officer === undefined) throw hsmError('HSM_PIN_NEEDED', { expected: 'the security officer’s PIN' });
    const { client: source, pin } = await from.link.another();
    let target: HsmClient | undefined;
    try {
      target = (await tokens.get(run.targetId).link.another()).client;
      const { kem, id: runId } = run;
      const { publicKey } = await target.call('transferOffer', { kem });
      const { ciphertext } = await source.call('transferBegin', {
        kem,
        publicKey,
        runId,
        soPin: officer,
        pin,
      });
      await target.call('transferAccept', { kem, ciphertext, runId });
      return { source, target };
    } catch (error) {
      source.kill();
      target?.kill();
      throw error;
    }
  }

  function tellLeft(run: RunRow): void {
    raise({
      kind: 'hsm.wrapping-key-left',
      dedupeKey: `hsm.wrapping-key-left/${run.id}`,
      severity: 'high',
      title:
        'The wrapping key of a migration could not be deleted from its token; resume the run to delete it.',
      detail: { run: run.id, token: run.sourceId },
    });
  }

  /** The wrapping key goes, whatever became of the run; one that stays is told. */
  async function closeEnds(run: RunRow, ends: Ends | undefined): Promise<void> {
    if (ends === undefined) return;
    const { source, target } = ends;
    const ended = await Promise.allSettled([
      source.call('transferEnd', { runId: run.id }),
      target.call('transferEnd', { runId: run.id }),
    ]);
    source.kill();
    target.kill();
    const isDeleted = ended[0]!.status === 'fulfilled';
    vault.transaction(() => runs.setDeleted(run.id, isDeleted));
    if (isDeleted) return;
    tellLeft(run);
  }

  /** A key on its way is written down before it arrives, so that one whose row never comes is found. */
  async function move(run: RunRow, keyId: string, ends: Ends, caller: Caller): Promise<void> {
    intents.begin(keyId, run.targetId);
    try {
      await carryOne(run, keyId, ends, caller);
    } finally {
      await intents.over(keyId, run.targetId);
    }
  }

  /** Wraps at the source, unwraps and proves at the target, and writes it down. */
  async function carryOne(
    run: RunRow,
    keyId: string,
    { source, target }: Ends,
    caller: Caller,
  ): Promise<void> {
    const key = keys.known(keyId);
    const copy = store.copiesOf(keyId).find(({ tokenId }) => tokenId === run.sourceId)!;
    const ref = refOf(key, copy);
    const mayMigrate = key.mayMigrate === 1;
    const { wrapped } = await source.call('wrap', { ...ref, runId: run.id });
    const label = `countersign ${keyId.slice(0, 8)}`;
    const arrived = await target.call('unwrap', {
      ...{ ...ref, wrapped, runId: run.id, label, mayMigrate },
      sealUnder: sealingRoot(vault),
    });
    const nowMs = runtime.nowMs();
    keys.change(() => {
      store.putCopy({
        ...{ keyId, tokenId: run.targetId, way: copy.way, state: 'active', madeAtMs: nowMs },
        sealedSeed: arrived.sealedSeed === null ? null : Buffer.from(arrived.sealedSeed, 'base64'),
        sealedUnder: arrived.sealedUnder ?? null,
        ...{ originTokenId: run.sourceId, originRun: run.id, wrappedWith: run.kem },
      });
      intents.fulfil(keyId, run.targetId);
      store.setRotateBy(keyId, nowMs + ROTATE_ARRIVED_MS);
      const subjects = [keySubject(keyId), tokenSubject(run.sourceId), tokenSubject(run.targetId)];
      audit.record({
        kind: 'hsm.key-moved',
        ...caller,
        subjects,
        detail: { run: run.id, wrappedWith: run.kem },
      });
    });
  }

  type Outcome = Pick<RunKeyRow, 'outcome' | 'code'>;

  async function carry(run: RunRow, keyId: string, ends: Ends | undefined, caller: Caller): Promise<Outcome> {
    const key = keys.known(keyId);
    if (key.state !== 'active') return { outcome: 'stays', code: 'HSM_KEY_RETIRED' };
    try {
      if (key.mayMigrate === 1 && ends !== undefined) {
        await move(run, keyId, ends, caller);
        return { outcome: 'moved', code: null };
      }
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'HSM_KEY_STAYS') return { outcome: 'failed', code };
    }
    // A backup holds the same keys or none; only a migration makes others in their place.
    if (run.purpose === 'backup') return { outcome: 'stays', code: 'HSM_KEY_STAYS' };
    if (key.replacedBy !== null) return { outcome: 'replaced', code: null };
    try {
      const { name, algorithm } = key;
      const wanted = { tokenId: run.targetId, name, algorithm, mayMigrate: key.mayMigrate === 1 };
      await keys.generate(wanted, caller, keyId);
      return { outcome: 'replaced', code: null };
    } catch (error) {
      return { outcome: 'failed', code: codeOf(error) };
    }
  }

  /** The ends are gone: no further key can be carried, and those that wait go on waiting. */
  const isOver = ({ code }: Outcome) =>
    code === 'HSM_CRASHED' || code === 'HSM_HANGS' || code === 'HSM_TOKEN_GONE';

  async function work(run: RunRow, ends: Ends | undefined, caller: Caller): Promise<void> {
    await jobs.run(
      { kind: 'hsm.migrate', label: 'Keys on their way to another token', cancellable: true },
      async (job) => {
        const all = runs.keys(run.id);
        const waiting = all.filter(({ outcome }) => outcome === 'waiting' || outcome === 'failed');
        for (const { ordinal, keyId } of waiting) {
          if (job.signal.aborted || stopping.has(run.id)) break;
          const became = await carry(run, keyId, ends, caller);
          if (isOver(became)) break;
          vault.transaction(() => runs.setOutcome(run.id, ordinal, became.outcome, became.code));
          changed();
          job.report({ doneCount: ordinal, totalCount: all.length });
        }
      },
    );
  }

  function finish(run: RunRow, caller: Caller): void {
    const left = runs
      .keys(run.id)
      .filter(({ outcome }) => outcome === 'waiting' || outcome === 'failed').length;
    const isDone = left === 0;
    vault.transaction(() => {
      runs.setState(run.id, isDone ? 'done' : 'stopped', isDone ? runtime.nowMs() : null);
      record(isDone ? 'done' : 'stopped', run, caller, { left });
    });
  }

  /** Both ends open, the keys carried, the wrapping key deleted, the outcome written; whatever happens. */
  async function carryAll(run: RunRow, soPin: string | undefined, caller: Caller): Promise<HsmRun> {
    try {
      const ends = canWrap(run) ? await openEnds(run, soPin) : undefined;
      await work(run, ends, caller).finally(() => closeEnds(run, ends));
    } finally {
      finish(run, caller);
    }
    // The pool's own process may not see what came by another; where it cannot be renewed it recovers anyway.
    await tokens
      .get(run.targetId)
      .link.renew()
      .catch(() => undefined);
    return shown(known(run.id));
  }

  /** One at a time; closing the vault waits for it. */
  async function go(run: RunRow, soPin: string | undefined, caller: Caller): Promise<HsmRun> {
    stopping.delete(run.id);
    const carrying = carryAll(run, soPin, caller);
    working.set(run.id, carrying);
    return carrying.finally(() => working.delete(run.id));
  }

  return {
    list: () => runs.list().map(shown),
    async start(wanted, caller) {
      await tokens.opened();
      const { sourceId, targetId, purpose, kem } = wanted;
      const from = tokens.get(sourceId);
      const to = tokens.get(targetId);
      if (sourceId === targetId) throw hsmError('HSM_MIGRATION_STATE', { expected: 'two tokens' });
      if (purpose === 'migration' && kem !== 'ML-KEM-1024') {
        throw hsmError('HSM_MIGRATION_STATE', { expected: 'ML-KEM-1024 for a migration' });
      }
      if (tokens.hardwareOnly && to.row.kind === 'software') throw hsmError('HSM_POLICY_HARDWARE');
      if (runs.list().some((run) => run.sourceId === sourceId && run.state !== 'done')) {
        throw hsmError('HSM_MIGRATION_STATE', {
          expected: 'no other run of the source',
          actual: 'one that is not done',
        });
      }
      const row = {
        id: idToText(newId()),
        purpose,
        kem,
        sourceId: from.row.id,
        targetId: to.row.id,
        startedAtMs: runtime.nowMs(),
      };
      const listed = store.copies().filter((copy) => copy.tokenId === sourceId && copy.state === 'active');
      vault.transaction(() => {
        runs.insert(row);
        listed.forEach(({ keyId }, i) => void runs.insertKey(row.id, i + 1, keyId));
        record('started', known(row.id), caller, { purpose, kem, keys: listed.length });
      });
      return go(known(row.id), wanted.soPin, caller);
    },
    async resume(id, soPin, caller) {
      await tokens.opened();
      const run = known(id);
      if (run.state !== 'stopped')
        throw hsmError('HSM_MIGRATION_STATE', { expected: 'a run that stopped', actual: run.state });
      vault.transaction(() => {
        runs.setState(id, 'running', null);
        record('resumed', run, caller);
      });
      return go(known(id), soPin, caller);
    },
    stop(id) {
      const run = known(id);
      if (!working.has(id))
        throw hsmError('HSM_MIGRATION_STATE', { expected: 'a run that is under way', actual: run.state });
      stopping.add(id);
      return shown(run);
    },
    recover() {
      for (const run of runs.list()) {
        if (run.state !== 'running') continue;
        vault.transaction(() => {
          runs.setState(run.id, 'stopped', null);
          record('stopped', run, SYSTEM, {
            left: runs.keys(run.id).filter(({ outcome }) => outcome === 'waiting').length,
          });
          tellLeft(run);
        });
      }
    },
    async close() {
      for (const id of working.keys()) stopping.add(id);
      await Promise.allSettled(working.values());
    },
  };
}

function codeOf(error: unknown): HsmCode {
  return error instanceof CountersignError && isHsmCode(error.code) ? error.code : 'HSM_TOKEN_FAILED';
}
