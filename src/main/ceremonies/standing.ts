/** A ceremony as it stands, read off its tables, and how it is shown. */
import type { CeremonyDetail, CeremonyLine } from '../../contract/ceremonies.ts';
import {
  endStep,
  endsAt,
  type ScriptStep,
  type StandIn,
  scriptOf,
  standInsOf,
  type Transcript,
  type TranscriptHeader,
  toBase64,
  transcriptText,
} from '../proof/index.ts';
import { bodyOf, type CeremoniesContext, ceremonyOf, headerOf, refuse } from './context.ts';
import type { CeremonyRow, StepRow } from './store.ts';

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
function scriptIn(
  { kind, participants }: TranscriptHeader,
  steps: readonly StepRow[],
): readonly ScriptStep[] {
  const plain = scriptOf(kind, participants);
  const bodies = steps.map(({ body }) => bodyOf(body));
  const endAt = endsAt(bodies);
  if (endAt === bodies.length) return plain;
  return [...plain.slice(0, endAt), ...bodies.slice(endAt).map((body) => endStep(participants, body))];
}

/** Who signs a step in whose place. */
export const standInsAt = ({ steps }: Standing, position: number): readonly StandIn[] =>
  steps[position] === undefined ? [] : standInsOf(bodyOf(steps[position].body));

/** Whether somebody can sign a step: they are there, with the key that stands in the transcript. */
export function canSign(
  { people }: CeremoniesContext,
  now: Standing,
  position: number,
  operatorId: string,
): boolean {
  const named = [...standInsAt(now, position), ...now.header.participants];
  const meant = named.find((one) => one.operatorId === operatorId)?.publicKey;
  const present = people.person(operatorId)?.publicKey;
  return present !== undefined && toBase64(present) === meant;
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

/** Administrator and witnesses who can sign no more: they were disabled, or have another key. */
export const leftLeaders = (context: CeremoniesContext, now: Standing): string[] =>
  now.header.participants
    .filter(({ role }) => role !== 'custodian')
    .map(({ operatorId }) => operatorId)
    .filter((operatorId) => !canSign(context, now, -1, operatorId));

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
    standIns: steps.flatMap((_, at) =>
      standInsAt(now, at).map(({ operatorId, name, inPlaceOf }) => ({ operatorId, name, inPlaceOf })),
    ),
    leftLeaders: row.state === 'running' ? leftLeaders(context, now) : [],
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
          maySign: !isNow || canSign(context, now, at, operatorId),
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
