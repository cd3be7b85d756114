/**
 * The scripts of key ceremonies, as data: which steps there are, in which order, and who signs each.
 * They stand beside the verifier, which holds a transcript against the script of its kind.
 */

export const ceremonyKinds = ['generate', 'rotate', 'recover', 'replace-custodian', 'destroy'] as const;
export type CeremonyKind = (typeof ceremonyKinds)[number];

export const ceremonyRoles = ['administrator', 'custodian', 'witness'] as const;
export type CeremonyRole = (typeof ceremonyRoles)[number];

/** Exceptions that may be entered; each names the one rule that was not kept. */
export const exceptionClasses = [
  'interrupted', // the ceremony did not run through in one go
  'sheet-spoiled', // a sheet was unreadable and was made again
  'share-mistyped', // a share was read back wrongly before it was read back right
  'share-refused', // a share was shown that was not the one: another's, foreign, damaged, brought already
  'participant-late', // somebody was not there from the beginning
  'environment', // the room, the machine or its network was not as prescribed
  'leader-left', // an administrator or witness could sign no more, and somebody else signed the end
  'abandoned', // the ceremony ended before its last step
] as const;
export type ExceptionClass = (typeof exceptionClasses)[number];

export interface ScriptParticipant {
  readonly operatorId: string;
  readonly role: CeremonyRole;
  /** Number of the share that a custodian receives, from 1; null for everybody else. */
  readonly receives: number | null;
  /** Number of the share of the present set that a custodian brings; null where they bring none. */
  readonly brings: number | null;
}

export type StepAct =
  | 'assemble'
  | 'generate'
  | 'hand-out'
  | 'read-back'
  | 'prove'
  | 'install'
  | 'verify'
  | 'collect'
  | 'join'
  | 'rewrap'
  | 'retire'
  | 'void'
  | 'destroy'
  | 'close';

export interface ScriptStep {
  /** `hand-out-3`; unique within a script. */
  readonly id: string;
  readonly act: StepAct;
  /** The share it is about; null where it is about none. */
  readonly share: number | null;
  /** Operators who sign it. */
  readonly signers: readonly string[];
}

/** The steps of a kind, for these participants. Pure; the same for the console and for a stranger. */
export function scriptOf(kind: CeremonyKind, participants: readonly ScriptParticipant[]): ScriptStep[] {
  const idsOf = (role: CeremonyRole) =>
    participants.filter((one) => one.role === role).map(({ operatorId }) => operatorId);
  const leaders = [...idsOf('administrator'), ...idsOf('witness')];
  const everybody = participants.map(({ operatorId }) => operatorId);
  const step = (act: StepAct): ScriptStep => {
    const signers = act === 'assemble' || act === 'close' ? everybody : leaders;
    return { id: act, act, share: null, signers };
  };
  const each = (act: StepAct, which: 'receives' | 'brings'): ScriptStep[] =>
    participants
      .filter((one) => one[which] !== null)
      .toSorted((a, b) => a[which]! - b[which]!)
      .map((one) => ({
        id: `${act}-${one[which]}`,
        act,
        share: one[which],
        signers: [one.operatorId, ...idsOf('witness')],
      }));
  const handOver = [...each('hand-out', 'receives'), ...each('read-back', 'receives'), step('prove')];
  const intoUse = [step('install'), step('verify'), step('rewrap')];
  const collect = [...each('collect', 'brings'), step('join')];
  const middle: Record<CeremonyKind, ScriptStep[]> = {
    generate: [step('generate'), ...handOver, ...intoUse],
    // The old key goes only after the new one was verified and what lay under the old one lies under it.
    rotate: [step('generate'), ...handOver, ...intoUse, step('retire')],
    recover: [...collect, ...intoUse],
    'replace-custodian': [...collect, ...handOver, step('void')],
    destroy: [...collect, step('destroy'), step('verify')],
  };
  return [step('assemble'), ...middle[kind], step('close')];
}
