/** A ceremony as it stands, read off its tables, and how it is shown. */
import type { CeremonyDetail, CeremonyLine } from '../../contract/ceremonies.ts';
import {
  type ScriptStep,
  scriptOf,
  type Transcript,
  type TranscriptHeader,
  toBase64,
  transcriptText,
} from '../proof/index.ts';
import { bodyOf, type CeremoniesContext, ceremonyOf, headerOf, refuse } from './context.ts';
import type { CeremonyRow, StepRow } from './store.ts';

/** The step that ends a ceremony before its time; administrator and witnesses sign it. */
export const ABANDON = 'abandon';

export interface Standing {
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

export type AtStep = Standing & { readonly step: ScriptStep };

export function standingOf(context: CeremoniesContext, id: string): Standing {
  const { store } = context;
  const row = ceremonyOf(context, id);
  const header = headerOf(context, row);
  const steps = store.steps(row.id);
  const script = scriptIn(header, steps);
  const signed = new Map<number, Set<string>>();
  for (const { position, operatorId } of store.signatures(row.id)) {
    signed.set(position, (signed.get(position) ?? new Set()).add(operatorId));
  }
  const last = steps.length - 1;
  const isOpen = last >= 0 && script[last]!.signers.some((one) => !signed.get(last)?.has(one));
  const position = isOpen ? last : steps.length;
  return { row, header, script, steps, signed, position, step: script[position], isDone: isOpen };
}

/** The script of the kind; of an abandoned ceremony it ends where that was said. */
function scriptIn(header: TranscriptHeader, steps: readonly StepRow[]): readonly ScriptStep[] {
  const plain = scriptOf(header.kind, header.participants);
  const last = steps.at(-1);
  if (last === undefined || bodyOf(last.body).id !== ABANDON) return plain;
  const leaders = header.participants.filter(({ role }) => role !== 'custodian');
  const signers = leaders.map(({ operatorId }) => operatorId);
  return [...plain.slice(0, steps.length - 1), { id: ABANDON, act: 'close', share: null, signers }];
}

/** The ceremony, where it runs and it is this step’s turn. */
export function atStep(context: CeremoniesContext, id: string, stepId: string): AtStep {
  const now = standingOf(context, id);
  requireRunning(now);
  const { step } = now;
  if (step?.id === stepId) return { ...now, step };
  return refuse('CEREMONY_STEP', 'It is another step’s turn.', {
    path: 'stepId',
    expected: step?.id ?? 'none',
    actual: stepId,
  });
}

export function requireRunning({ row }: Standing): void {
  if (row.state !== 'running') refuse('CEREMONY_ENDED', 'The ceremony has ended.');
}

export function lineOf({ store }: CeremoniesContext, { row, script, position }: Standing): CeremonyLine {
  const { id, kind, rehearsal, keyId, state, startedAtMs, endedAtMs } = row;
  return {
    ...{ id: String(id), kind, rehearsal, keyId: String(keyId), keyLabel: store.key(keyId)!.label },
    ...{ state, startedAtMs, endedAtMs },
    stepsDone: Math.min(position, script.length),
    steps: script.length,
  };
}

export function detailOf(context: CeremoniesContext, now: Standing): CeremonyDetail {
  const { row, header, script, steps, signed, position } = now;
  return {
    ...lineOf(context, now),
    threshold: header.threshold,
    shares: header.shares,
    participants: header.participants.map(({ operatorId, name, role, receives, brings }) => ({
      ...{ operatorId, name, role, receives, brings },
    })),
    script: script.map((step, at) => {
      const body = steps[at] === undefined ? undefined : bodyOf(steps[at].body);
      const isNow = row.state === 'running' && at === position;
      const waiting = isNow ? context.store.exceptions(row.id, at) : [];
      return {
        ...{ id: step.id, act: step.act, share: step.share },
        state: at < position ? 'done' : isNow ? (now.isDone ? 'signing' : 'now') : 'later',
        signers: step.signers.map((operatorId) => ({
          operatorId,
          signed: signed.get(at)?.has(operatorId) ?? false,
        })),
        facts: (body?.facts ?? []).map(([name, text]) => [name, text]),
        exceptions: [...(body?.exceptions ?? waiting)],
        doneAtMs: body?.doneAtMs ?? null,
      };
    }),
  };
}

/** The one file that a stranger verifies, as far as the ceremony has come. */
export function transcriptOf({ store }: CeremoniesContext, now: Standing): { name: string; text: string } {
  const { row, header, steps, script, position } = now;
  const signatures = store.signatures(row.id);
  const signedBy = (at: number, operatorId: string) =>
    signatures
      .filter((one) => one.position === at && one.operatorId === operatorId)
      .map(({ signature }) => ({ operatorId, signature: toBase64(signature) }));
  const transcript: Transcript = {
    ...header,
    steps: steps
      .filter((step) => step.position < position)
      .map((step) => ({
        ...bodyOf(step.body),
        signatures: script[step.position]!.signers.flatMap((one) => signedBy(step.position, one)),
      })),
  };
  const name = `${header.rehearsal ? 'rehearsal' : 'ceremony'}-${row.id}-${row.kind}.json`;
  return { name, text: transcriptText(transcript) };
}
