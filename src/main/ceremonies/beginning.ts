import type { CeremonyKind, TranscriptHeader, TranscriptParticipant } from '../proof/index.ts';
import { TRANSCRIPT_FORM, toBase64 } from '../proof/index.ts';
import { type CeremoniesContext, type CeremonyPerson, keyOf, refuse } from './context.ts';
import type { KeyRow } from './store.ts';

/** A ceremony that somebody wants to hold. */
export interface Plan {
  readonly kind: CeremonyKind;
  readonly rehearsal: boolean;
  readonly label?: string | undefined;
  readonly keyId?: string | undefined;
  readonly threshold?: number | undefined;
  readonly custodians: readonly string[];
  readonly bringing: readonly string[];
  readonly witnesses: readonly string[];
}

/** Kinds that make new shares, and kinds that need shares of the present set. */
const MAKES: ReadonlySet<CeremonyKind> = new Set(['generate', 'rotate', 'replace-custodian']);
const BRINGS: ReadonlySet<CeremonyKind> = new Set(['recover', 'replace-custodian', 'destroy']);

const NONCE_BYTES = 32;

/** What a plan comes to, once everything about it was checked. */
export interface Prepared {
  /** The key that the ceremony is about; undefined where it makes a new one. */
  readonly present: KeyRow | undefined;
  readonly label: string;
  readonly threshold: number;
  readonly header: Omit<TranscriptHeader, 'ceremonyId'>;
}

/** Checks a plan. Throws the refusals of the room; nothing is written. */
export function prepare(context: CeremoniesContext, administratorId: string, plan: Plan): Prepared {
  const present = presentKey(context, plan);
  const threshold = thresholdOf(plan, present);
  const participants = participantsOf(context, administratorId, plan, present);
  const label =
    present?.label ?? plan.label ?? refuse('CEREMONY_KEY_STATE', 'Name the new key.', { path: 'label' });
  const shares = MAKES.has(plan.kind)
    ? plan.custodians.length
    : context.store.shares(present!.id, present!.shareSet).length;
  return {
    present,
    label,
    threshold,
    header: {
      form: TRANSCRIPT_FORM,
      vaultId: context.vault.vaultId,
      nonce: toBase64(context.runtime.randomBytes(NONCE_BYTES)),
      kind: plan.kind,
      rehearsal: plan.rehearsal,
      keyLabel: label,
      threshold,
      shares,
      startedAtMs: context.runtime.nowMs(),
      participants,
    },
  };
}

/** The key of a plan, in a state that allows it. */
function presentKey(context: CeremoniesContext, plan: Plan): KeyRow | undefined {
  if (plan.kind === 'generate') {
    if (plan.keyId !== undefined) {
      refuse('CEREMONY_KEY_STATE', 'A new key is generated under a new label.', { path: 'keyId' });
    }
    requireFreeLabel(context, plan);
    return undefined;
  }
  const key = keyOf(context, plan.keyId ?? '');
  if (key.rehearsal !== plan.rehearsal) {
    refuse('CEREMONY_REHEARSAL', 'A rehearsal’s key and a real one never mix.', { path: 'rehearsal' });
  }
  if (key.state !== 'active') {
    refuse('CEREMONY_KEY_STATE', 'The key is not in use.', { path: 'keyId', actual: key.state });
  }
  const successor = context.store
    .keys()
    .find(({ replaces, state }) => replaces === key.id && state === 'making');
  if (context.store.running(key.id) !== undefined || successor !== undefined) {
    refuse('CEREMONY_RUNNING', 'Another ceremony of this key is under way.', { path: 'keyId' });
  }
  return key;
}

/** Two real keys of one name would be told apart by nobody who holds a sheet. */
function requireFreeLabel({ store }: CeremoniesContext, { label, rehearsal }: Plan): void {
  const same = store
    .keys()
    .filter((key) => !rehearsal && !key.rehearsal && key.label.toLowerCase() === label?.toLowerCase());
  if (same.some(({ state }) => state === 'making')) {
    refuse('CEREMONY_RUNNING', 'A key of that name is being made in another ceremony.', { path: 'label' });
  }
  if (same.some(({ state }) => state === 'active')) {
    refuse('CEREMONY_KEY_STATE', 'A key of that name is in use; it is rotated, or the new one has another.', {
      path: 'label',
    });
  }
}

function thresholdOf({ kind, threshold, custodians }: Plan, present: KeyRow | undefined): number {
  if (!MAKES.has(kind)) return present!.threshold;
  const wanted = threshold ?? present?.threshold ?? 0;
  if (wanted >= 2 && wanted <= custodians.length && custodians.length <= 16) return wanted;
  return refuse('CEREMONY_THRESHOLD', 'The quorum and the number of custodians do not fit together.', {
    path: 'threshold',
    expected: '2 or more, and as many custodians at least, 16 at most',
    actual: `${wanted} of ${custodians.length}`,
  });
}

/** Everybody who takes part, each in one part. */
function participantsOf(
  context: CeremoniesContext,
  administratorId: string,
  plan: Plan,
  present: KeyRow | undefined,
): TranscriptParticipant[] {
  const { custodians, bringing, witnesses, kind } = plan;
  const outside = [administratorId, ...witnesses];
  const custody = [...new Set([...custodians, ...bringing])];
  const isTwice =
    new Set(outside).size !== outside.length ||
    new Set(custodians).size !== custodians.length ||
    custody.some((id) => outside.includes(id));
  if (isTwice) {
    refuse('CEREMONY_ROLES_CONFLICT', 'One person has one part in a ceremony.', {
      expected: 'administrator, witnesses and custodians who are different people',
    });
  }
  const held = present === undefined ? [] : context.store.shares(present.id, present.shareSet);
  const shareOf = (id: string) => held.find(({ operatorId }) => operatorId === id)?.x ?? null;
  if (BRINGS.has(kind)) requireBringers(bringing, shareOf, present!.threshold);
  const described = (id: string): CeremonyPerson =>
    context.people.person(id) ??
    refuse('CEREMONY_PARTICIPANTS', 'Somebody is named who cannot take part.', { path: 'participants' });
  const part = (id: string, role: TranscriptParticipant['role']): TranscriptParticipant => {
    const { name, suite, publicKey } = described(id);
    const at = custodians.indexOf(id);
    return {
      operatorId: id,
      name,
      role,
      receives: role === 'custodian' && MAKES.has(kind) && at !== -1 ? at + 1 : null,
      brings: role === 'custodian' && BRINGS.has(kind) && bringing.includes(id) ? shareOf(id) : null,
      suite,
      publicKey: toBase64(publicKey),
    };
  };
  return [
    part(administratorId, 'administrator'),
    ...witnesses.map((id) => part(id, 'witness')),
    ...custody.map((id) => part(id, 'custodian')),
  ];
}

function requireBringers(
  bringing: readonly string[],
  shareOf: (id: string) => number | null,
  threshold: number,
): void {
  const stranger = bringing.find((id) => shareOf(id) === null);
  if (stranger !== undefined || new Set(bringing).size !== bringing.length) {
    refuse('CEREMONY_PARTICIPANTS', 'Somebody is to bring a share who holds none, or is named twice.', {
      path: 'bringing',
    });
  }
  if (bringing.length < threshold) {
    refuse('CEREMONY_QUORUM_SHORT', 'Fewer custodians are named than the quorum needs.', {
      path: 'bringing',
      expected: `${threshold} custodians who hold a share`,
      actual: `${bringing.length}`,
    });
  }
}
