import type { CeremonyDetail, CeremonyKey, CeremonyLine } from '../../contract/ceremonies.ts';
import type { Caller } from '../base/index.ts';
import { sha256 } from '../crypto/index.ts';
import {
  ABANDON,
  type ExceptionClass,
  headerHash,
  STEP_PURPOSE,
  stepHash,
  type TranscriptHeader,
  type UnsignedStep,
} from '../proof/index.ts';
import { createActs, type Done } from './acts.ts';
import { type Plan, prepare } from './beginning.ts';
import { bodyOf, type CeremoniesContext, type CeremoniesOptions, refuse } from './context.ts';
import { createEnding, type Ending } from './ending.ts';
import { createRecords } from './records.ts';
import { CEREMONIES_CLASS, HEADER_PLACE } from './sealed-columns.ts';
import { type Sheet, sheetOf } from './sheet.ts';
import {
  type AtStep,
  atStep,
  canSign,
  detailOf,
  lineOf,
  requireRunning,
  type Standing,
  standingOf,
  transcriptOf,
} from './standing.ts';
import { type CeremonyRow, createStore, type KeyRow } from './store.ts';

export interface Proof {
  readonly operatorId: string;
  readonly passphrase: string;
  readonly code?: string | undefined;
}

/** Key ceremonies: guided, signed step by step, stopped and gone on with at any step. */
export interface Ceremonies {
  list(): CeremonyLine[];
  keys(): CeremonyKey[];
  get(id: string): CeremonyDetail;
  begin(caller: Caller, administratorId: string, plan: Plan): CeremonyDetail;
  act(
    caller: Caller,
    options: { readonly ceremonyId: string; readonly stepId: string; readonly share?: string | undefined },
  ): Promise<{ ceremony: CeremonyDetail; sheet: Sheet | null }>;
  sign(
    caller: Caller,
    options: Proof & { readonly ceremonyId: string; readonly stepId: string },
  ): Promise<CeremonyDetail>;
  except(caller: Caller, id: string, name: ExceptionClass, reason: string): CeremonyDetail;
  abandon(caller: Caller, options: Ending & { readonly ceremonyId: string }): CeremonyDetail;
  transcript(id: string): { name: string; text: string };
}

export function createCeremonies(options: CeremoniesOptions): Ceremonies {
  const { vault, sealing, runtime, people } = options;
  const store = createStore(vault.db);
  const context: CeremoniesContext = {
    ...options,
    store,
    runId: Buffer.from(runtime.randomBytes(8)).toString('hex'),
  };
  const acts = createActs(context);
  const { record, audited } = createRecords(context);
  const standing = (id: string) => standingOf(context, id);
  const detail = (id: string) => detailOf(context, standing(id));

  /** Another run of the program goes on with it: that it was interrupted is entered by itself. */
  function noteInterruption(row: CeremonyRow): void {
    if (row.runId === context.runId) return;
    store.addException(row.id, 'interrupted', 'The program was ended and started again.');
    store.setRun(row.id, context.runId);
  }

  /** Writes a step that was done. In a transaction. */
  function putStep(now: Standing, id: string, position: number, facts: UnsignedStep['facts']): void {
    const { row, header, steps } = now;
    const before = steps[position - 1];
    const doneBeforeMs = before === undefined ? header.startedAtMs : bodyOf(before.body).doneAtMs;
    const doneAtMs = Math.max(runtime.nowMs(), doneBeforeMs);
    const exceptions = store
      .exceptions(row.id, position)
      .map((one) => ({ class: one.class, reason: one.reason }));
    const body: UnsignedStep = { id, startedAtMs: doneBeforeMs, doneAtMs, facts: [...facts], exceptions };
    const previous = before?.hash ?? headerHash(header, sha256);
    store.placeExceptions(row.id, position);
    store.putStep(row.id, position, JSON.stringify(body), stepHash(previous, body, sha256));
  }

  /** After its last signature: the ceremony ends and what was only there for it is erased. */
  function endIfOver({ row, script, step, position }: AtStep): void {
    const isAbandoned = step.id === ABANDON;
    if (!isAbandoned && position < script.length - 1) return;
    const key = store.key(row.keyId)!;
    acts.clear(row, key);
    if (isAbandoned && key.state === 'making') store.setKey(key, { state: 'abandoned' });
    store.end(row.id, isAbandoned ? 'abandoned' : 'done', runtime.nowMs());
  }

  const ending = createEnding(context, record, putStep);

  /** Before the tokens are asked for what they cannot forget, it is written down that they will be. */
  function noteBeginning(caller: Caller, now: AtStep): void {
    const { row, step, position } = now;
    if (row.begunPosition === position) return;
    vault.transaction(() => {
      atStep(context, String(row.id), step.id);
      store.setBegun(row.id, position);
      record(caller, 'step-begun', row, { step: step.id });
    });
  }

  /** Writes a step that was done, with all it changes. */
  function keep(caller: Caller, now: AtStep, done: Done): void {
    const { row, step, position, isDone } = now;
    vault.transaction(() => {
      const still = atStep(context, String(row.id), step.id);
      if (still.position !== position || still.isDone !== isDone) {
        refuse('CEREMONY_STEP', 'The step was done meanwhile.', { path: 'stepId' });
      }
      noteInterruption(still.row);
      if (isDone) store.addException(row.id, 'sheet-spoiled', 'The sheet was shown again.');
      done.write?.();
      putStep(still, step.id, position, done.facts);
      record(caller, 'step', row, { step: step.id });
    });
  }

  /** Who signs a step, once, with the key that stands in the transcript’s header. */
  function requireSigner(now: AtStep, operatorId: string): void {
    const { step, signed, position } = now;
    const isOpen = step.signers.includes(operatorId) && !signed.get(position)?.has(operatorId);
    if (!isOpen) {
      refuse('CEREMONY_SIGNER', 'This person does not sign this step, or has signed it.', {
        path: 'operatorId',
      });
    }
    if (!canSign(context, now, position, operatorId)) {
      refuse('CEREMONY_SIGNER', 'This person was disabled, or has another signing key since.', {
        path: 'operatorId',
        expected: 'the key that stands in the transcript; the ceremony can be abandoned',
      });
    }
  }

  /** What an abandoned ceremony may have put on the tokens leaves them before it ends. */
  async function withdrawIfOver({ row, step, signed, position }: AtStep): Promise<void> {
    const missing = step.signers.length - (signed.get(position)?.size ?? 0);
    const key = store.key(row.keyId)!;
    if (step.id !== ABANDON || missing > 1 || key.state !== 'making' || row.begunPosition === null) return;
    await acts.withdraw(key);
  }

  function beginNow(caller: Caller, administratorId: string, plan: Plan): CeremonyDetail {
    const { present, label, threshold, header } = prepare(context, administratorId, plan);
    if (plan.kind === 'destroy') acts.requireFree(present!);
    const id = store.nextId();
    const isNew = plan.kind === 'generate' || plan.kind === 'rotate';
    const keyId = isNew
      ? store.insertKey({ label, rehearsal: plan.rehearsal, threshold, replaces: present?.id ?? null })
      : present!.id;
    const whole: TranscriptHeader = { ...header, ceremonyId: String(id) };
    const headerSealedId = sealing.seal({
      ...HEADER_PLACE,
      applicationId: String(id),
      purpose: 'compliance_vault',
      retentionClass: CEREMONIES_CLASS,
      plaintext: JSON.stringify(whole),
    });
    const { kind, rehearsal } = plan;
    const { startedAtMs } = header;
    store.insert({ id, kind, keyId, rehearsal, startedAtMs, headerSealedId, runId: context.runId });
    const quorum = `${threshold} of ${header.shares}`;
    record(caller, 'begin', store.get(id)!, { kind, rehearsal, quorum });
    return detail(String(id));
  }

  async function actNow(caller: Caller, now: AtStep, share: string | undefined) {
    const { row, header, step, position } = now;
    const isSigned = (now.signed.get(position)?.size ?? 0) > 0;
    // A sheet that was not printed, or a power cut before the first signature: it is done again.
    if (now.isDone && (isSigned || step.act !== 'hand-out')) {
      refuse('CEREMONY_STEP_UNSIGNED', 'The step was done and waits for its signatures.', {
        path: 'stepId',
      });
    }
    const key = store.key(row.keyId)!;
    const beforeTokens = () => noteBeginning(caller, now);
    const done = await acts.run({ row, key, header, step, typed: share, beforeTokens });
    keep(caller, now, done);
    const sheet = done.shown === undefined ? null : await sheetOf(header, done.shown, runtime.nowMs());
    return { ceremony: detail(String(row.id)), sheet };
  }

  async function signNow(caller: Caller, now: AtStep, { operatorId, passphrase, code }: Proof) {
    const { row, step, position } = now;
    if (!now.isDone) refuse('CEREMONY_STEP_NOT_DONE', 'The step is to be done before it is signed.');
    requireSigner(now, operatorId);
    const message = now.steps[position]!.hash;
    const proof = { passphrase, code, needsCode: step.act === 'assemble' };
    const signature = await people.sign(
      operatorId,
      proof,
      { purpose: STEP_PURPOSE, message },
      caller.traceId,
    );
    await withdrawIfOver(now);
    return vault.transaction(() => {
      const still = atStep(context, String(row.id), step.id);
      requireSigner(still, operatorId);
      if (!still.steps[still.position]!.hash.equals(message)) {
        refuse('CEREMONY_STEP', 'The step was done again meanwhile.', { path: 'stepId' });
      }
      store.sign(row.id, position, operatorId, signature);
      record(caller, 'sign', row, { step: step.id, operator: operatorId });
      const after = standing(String(row.id));
      if (after.position > position || after.step === undefined) endIfOver(still);
      return detail(String(row.id));
    });
  }

  const holdersOf = (key: KeyRow): CeremonyKey['holders'] =>
    store
      .shares(key.id, key.shareSet)
      .filter(({ state }) => state === 'held')
      .map(({ x, operatorId }) => ({
        ...{ share: x, operatorId },
        name: people.person(operatorId)?.name ?? '',
      }));

  return {
    list: () => store.all().map((row) => lineOf(context, standing(String(row.id)))),
    keys: () =>
      store.keys().map((key) => {
        const { id, label, rehearsal, state, fingerprint, threshold } = key;
        return {
          ...{ id: String(id), label, rehearsal, state, fingerprint, threshold },
          holders: holdersOf(key),
        };
      }),
    get: detail,
    begin: (caller, administratorId, plan) =>
      audited(caller, undefined, { kind: plan.kind }, () =>
        vault.transaction(() => beginNow(caller, administratorId, plan)),
      ),
    act: (caller, { ceremonyId, stepId, share }) =>
      audited(caller, ceremonyId, { step: stepId }, () =>
        actNow(caller, atStep(context, ceremonyId, stepId), share),
      ),
    sign: (caller, { ceremonyId, stepId, ...proof }) =>
      audited(caller, ceremonyId, { step: stepId }, () =>
        signNow(caller, atStep(context, ceremonyId, stepId), proof),
      ),
    except: (caller, id, name, reason) =>
      audited(caller, id, {}, () =>
        vault.transaction(() => {
          const now = standing(id);
          requireRunning(now);
          store.addException(now.row.id, name, reason);
          record(caller, 'exception', now.row, { class: name, reason });
          return detail(id);
        }),
      ),
    abandon: (caller, { ceremonyId, ...given }) =>
      audited(caller, ceremonyId, {}, () =>
        vault.transaction(() => {
          const now = standing(ceremonyId);
          noteInterruption(now.row);
          ending.abandon(caller, now, given);
          return detail(ceremonyId);
        }),
      ),
    transcript: (id) => transcriptOf(context, standing(id)),
  };
}
