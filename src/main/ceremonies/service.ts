import type { CeremonyDetail, CeremonyKey, CeremonyLine } from '../../contract/ceremonies.ts';
import type { Caller } from '../base/index.ts';
import { sha256 } from '../crypto/index.ts';
import {
  type ExceptionClass,
  headerHash,
  type ScriptStep,
  STEP_PURPOSE,
  scriptOf,
  stepHash,
  type Transcript,
  type TranscriptHeader,
  toBase64,
  transcriptText,
  type UnsignedStep,
} from '../proof/index.ts';
import { createActs } from './acts.ts';
import { type Plan, prepare } from './beginning.ts';
import {
  bodyOf,
  type CeremoniesContext,
  type CeremoniesOptions,
  ceremonyOf,
  headerOf,
  refuse,
} from './context.ts';
import { CEREMONIES_CLASS, HEADER_PLACE } from './sealed-columns.ts';
import { type WrittenShare, wordsOf } from './shares.ts';
import { type SheetFacts, sheetPdf } from './sheet.ts';
import { type CeremonyRow, createStore, type StepRow } from './store.ts';

/** A share as it leaves the console. */
export interface Sheet {
  readonly share: number;
  readonly words: string[];
  readonly code: string;
  readonly pdf: Uint8Array;
}

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
  abandon(caller: Caller, id: string, reason: string): CeremonyDetail;
  transcript(id: string): { name: string; text: string };
}

/** The step that ends a ceremony before its time; administrator and witnesses sign it. */
const ABANDON = 'abandon';

/** A running ceremony as it stands. */
interface Standing {
  readonly row: CeremonyRow;
  readonly header: TranscriptHeader;
  readonly script: readonly ScriptStep[];
  readonly steps: readonly StepRow[];
  readonly signed: ReadonlyMap<number, ReadonlySet<string>>;
  /** Place of the step whose turn it is. */
  readonly position: number;
  readonly step: ScriptStep | undefined;
  /** Whether it was done and waits for signatures. */
  readonly isDone: boolean;
}

export function createCeremonies(options: CeremoniesOptions): Ceremonies {
  const { vault, sealing, audit, runtime, people, onChanged } = options;
  const store = createStore(vault.db);
  const context: CeremoniesContext = {
    ...options,
    store,
    runId: Buffer.from(runtime.randomBytes(8)).toString('hex'),
  };
  const acts = createActs(context);

  const changed = () => vault.onCommit(() => onChanged?.());

  function standing(id: string): Standing {
    const row = ceremonyOf(context, id);
    const header = headerOf(context, row);
    const steps = store.steps(row.id);
    const plain = scriptOf(header.kind, header.participants);
    const isAbandoned = steps.some(({ body }) => bodyOf(body).id === ABANDON);
    const leaders = header.participants.filter(({ role }) => role !== 'custodian');
    const script = isAbandoned
      ? [
          ...plain.slice(0, steps.length - 1),
          {
            id: ABANDON,
            act: 'close',
            share: null,
            signers: leaders.map(({ operatorId }) => operatorId),
          } as const,
        ]
      : plain;
    const signed = new Map<number, Set<string>>();
    for (const { position, operatorId } of store.signatures(row.id)) {
      signed.set(position, (signed.get(position) ?? new Set()).add(operatorId));
    }
    const last = steps.length - 1;
    const isOpen = last >= 0 && script[last]!.signers.some((one) => !signed.get(last)?.has(one));
    const position = isOpen ? last : steps.length;
    return { row, header, script, steps, signed, position, step: script[position], isDone: isOpen };
  }

  /** The ceremony, where it runs and it is this step's turn. */
  function atStep(id: string, stepId: string): Standing & { readonly step: ScriptStep } {
    const now = standing(id);
    if (now.row.state !== 'running') refuse('CEREMONY_ENDED', 'The ceremony has ended.');
    const { step } = now;
    if (step === undefined || step.id !== stepId) {
      return refuse('CEREMONY_STEP', 'It is another step’s turn.', {
        path: 'stepId',
        expected: step?.id ?? 'none',
        actual: stepId,
      });
    }
    return { ...now, step };
  }

  /** Another run of the program goes on with it: that it was interrupted is entered by itself. */
  function noteInterruption(row: CeremonyRow): void {
    if (row.runId === context.runId) return;
    store.addException(row.id, 'interrupted', 'The program was ended and started again.');
    store.setRun(row.id, context.runId);
  }

  /** Writes a step that was done. In a transaction; answers its hash. */
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

  function record(
    caller: Caller,
    kind: string,
    row: CeremonyRow,
    detail: Record<string, string | boolean>,
  ): void {
    audit.record({
      kind: `ceremonies.${kind}`,
      ...caller,
      subjects: [
        { kind: 'ceremony', id: String(row.id) },
        { kind: 'ceremony-key', id: String(row.keyId) },
      ],
      detail,
    });
    changed();
  }

  /** After its last signature: the ceremony ends and what was only there for it is erased. */
  function endIfOver(now: Standing): void {
    const { row, script, step } = now;
    const isLast = step!.id === ABANDON || now.position === script.length - 1;
    if (!isLast) return;
    const state = step!.id === ABANDON ? 'abandoned' : 'done';
    const key = store.key(row.keyId)!;
    acts.clear(row, key);
    if (state === 'abandoned' && key.state === 'making') store.setKey(key, { state: 'abandoned' });
    store.end(row.id, state, runtime.nowMs());
  }

  async function sheetOf(header: TranscriptHeader, share: WrittenShare): Promise<Sheet> {
    const words = wordsOf(share);
    const custodian = header.participants.find(({ receives }) => receives === share.x)!;
    const facts: SheetFacts = {
      words,
      share: share.x,
      shares: header.shares,
      threshold: header.threshold,
      keyLabel: header.keyLabel,
      custodian: custodian.name,
      ceremonyId: header.ceremonyId,
      rehearsal: header.rehearsal,
      madeAtMs: runtime.nowMs(),
    };
    return { share: share.x, words, code: words.join(' '), pdf: await sheetPdf(facts) };
  }

  return {
    list: () => store.all().map((row) => lineOf(standing(String(row.id)), store.key(row.keyId)!.label)),
    keys: () =>
      store.keys().map((key) => ({
        id: String(key.id),
        label: key.label,
        rehearsal: key.rehearsal,
        state: key.state,
        fingerprint: key.fingerprint,
        threshold: key.threshold,
        holders: store
          .shares(key.id, key.shareSet)
          .filter(({ state }) => state === 'held')
          .map(({ x, operatorId }) => ({
            share: x,
            operatorId,
            name: people.person(operatorId)?.name ?? '',
          })),
      })),
    get: (id) => detailOf(standing(id)),
    begin(caller, administratorId, plan) {
      return vault.transaction(() => {
        const { present, label, threshold, header } = prepare(context, administratorId, plan);
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
        record(caller, 'begin', store.get(id)!, {
          kind,
          rehearsal,
          quorum: `${threshold} of ${header.shares}`,
        });
        return detailOf(standing(String(id)));
      });
    },
    async act(caller, { ceremonyId, stepId, share }) {
      const now = atStep(ceremonyId, stepId);
      const { row, header, step, position } = now;
      const isSigned = (now.signed.get(position)?.size ?? 0) > 0;
      // A sheet that was not printed, or a power cut before the first signature: it is done again.
      if (now.isDone && (isSigned || step.act !== 'hand-out')) {
        refuse('CEREMONY_STEP_UNSIGNED', 'The step was done and waits for its signatures.', {
          path: 'stepId',
        });
      }
      const key = store.key(row.keyId)!;
      const done = await acts.run({ row, key, header, step, typed: share });
      vault.transaction(() => {
        const still = atStep(ceremonyId, stepId);
        if (still.position !== position || still.isDone !== now.isDone) {
          refuse('CEREMONY_STEP', 'The step was done meanwhile.', { path: 'stepId' });
        }
        noteInterruption(row);
        if (now.isDone) store.addException(row.id, 'sheet-spoiled', 'The sheet was shown again.');
        done.write?.();
        putStep(still, step.id, position, done.facts);
        record(caller, 'step', row, { step: step.id });
      });
      const sheet = done.shown === undefined ? null : await sheetOf(header, done.shown);
      return { ceremony: detailOf(standing(ceremonyId)), sheet };
    },
    async sign(caller, { ceremonyId, stepId, operatorId, passphrase, code }) {
      const now = atStep(ceremonyId, stepId);
      if (!now.isDone) refuse('CEREMONY_STEP_NOT_DONE', 'The step is to be done before it is signed.');
      const requireSigner = ({ step, signed, position }: Standing) => {
        const isOpen = step?.signers.includes(operatorId) && !signed.get(position)?.has(operatorId);
        if (!isOpen) {
          refuse('CEREMONY_SIGNER', 'This person does not sign this step, or has signed it.', {
            path: 'operatorId',
          });
        }
      };
      requireSigner(now);
      const message = now.steps[now.position]!.hash;
      const proof = { passphrase, code, needsCode: now.step.act === 'assemble' };
      const signed = { purpose: STEP_PURPOSE, message };
      const signature = await people.sign(operatorId, proof, signed, caller.traceId);
      return vault.transaction(() => {
        const still = atStep(ceremonyId, stepId);
        requireSigner(still);
        if (!still.steps[still.position]!.hash.equals(message)) {
          refuse('CEREMONY_STEP', 'The step was done again meanwhile.', { path: 'stepId' });
        }
        store.sign(still.row.id, still.position, operatorId, signature);
        record(caller, 'sign', still.row, { step: stepId, operator: operatorId });
        const after = standing(ceremonyId);
        if (after.position > still.position || after.step === undefined) endIfOver(still);
        return detailOf(standing(ceremonyId));
      });
    },
    except(caller, id, name, reason) {
      return vault.transaction(() => {
        const { row } = standing(id);
        if (row.state !== 'running') refuse('CEREMONY_ENDED', 'The ceremony has ended.');
        store.addException(row.id, name, reason);
        record(caller, 'exception', row, { class: name, reason });
        return detailOf(standing(id));
      });
    },
    abandon(caller, id, reason) {
      return vault.transaction(() => {
        const now = standing(id);
        const { row, position } = now;
        if (row.state !== 'running') refuse('CEREMONY_ENDED', 'The ceremony has ended.');
        if (now.isDone || position === 0) {
          refuse('CEREMONY_STEP_UNSIGNED', 'The step under way is signed first; then it can be abandoned.');
        }
        store.addException(row.id, 'abandoned', reason);
        putStep(now, ABANDON, position, []);
        record(caller, 'abandon', row, { reason });
        return detailOf(standing(id));
      });
    },
    transcript(id) {
      const { row, header, steps, script, signed, position } = standing(id);
      const signatures = store.signatures(row.id);
      const closed = steps.filter((step) => step.position < position);
      const transcript: Transcript = {
        ...header,
        steps: closed.map((step) => ({
          ...bodyOf(step.body),
          signatures: script[step.position]!.signers.filter((one) => signed.get(step.position)?.has(one)).map(
            (operatorId) => ({
              operatorId,
              signature: toBase64(
                signatures.find((one) => one.position === step.position && one.operatorId === operatorId)!
                  .signature,
              ),
            }),
          ),
        })),
      };
      const name = `${header.rehearsal ? 'rehearsal' : 'ceremony'}-${row.id}-${row.kind}.json`;
      return { name, text: transcriptText(transcript) };
    },
  };

  function detailOf(now: Standing): CeremonyDetail {
    const { row, header, script, steps, signed, position } = now;
    return {
      ...lineOf(now, store.key(row.keyId)!.label),
      threshold: header.threshold,
      shares: header.shares,
      participants: header.participants.map(({ operatorId, name, role, receives, brings }) => ({
        ...{ operatorId, name, role, receives, brings },
      })),
      script: script.map((step, at) => {
        const body = steps[at] === undefined ? undefined : bodyOf(steps[at].body);
        const isNow = row.state === 'running' && at === position;
        return {
          id: step.id,
          act: step.act,
          share: step.share,
          state: at < position ? 'done' : isNow ? (now.isDone ? 'signing' : 'now') : 'later',
          signers: step.signers.map((operatorId) => ({
            operatorId,
            signed: signed.get(at)?.has(operatorId) ?? false,
          })),
          facts: (body?.facts ?? []).map(([name, text]) => [name, text]),
          exceptions: [...(body?.exceptions ?? (isNow ? store.exceptions(row.id, at) : []))],
          doneAtMs: body?.doneAtMs ?? null,
        };
      }),
    };
  }
}

function lineOf({ row, script, position }: Standing, keyLabel: string): CeremonyLine {
  const { id, kind, rehearsal, keyId, state, startedAtMs, endedAtMs } = row;
  return {
    ...{ id: String(id), kind, rehearsal, keyId: String(keyId), keyLabel },
    ...{ state, startedAtMs, endedAtMs },
    stepsDone: Math.min(position, script.length),
    steps: script.length,
  };
}
