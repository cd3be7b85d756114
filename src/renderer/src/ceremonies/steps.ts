/** Steps of a script in words, and what a plan lacks before it is sent. */
import type { CeremonyDetail, CeremonyKey, CeremonyStep } from '../../../contract/ceremonies.ts';
import { t } from './messages.ts';

const ACTS = [
  'assemble',
  'generate',
  'hand-out',
  'read-back',
  'prove',
  'install',
  'verify',
  'collect',
  'join',
  'rewrap',
  'retire',
  'void',
  'destroy',
  'close',
] as const;
type Act = (typeof ACTS)[number];

type Names = Pick<CeremonyDetail, 'participants' | 'standIns'>;

export const nameOf = ({ participants, standIns }: Names, operatorId: string): string =>
  [...participants, ...standIns].find((one) => one.operatorId === operatorId)?.name ?? operatorId;

/** As what somebody signs a step. */
export function partOf(ceremony: Names, { id }: CeremonyStep, operatorId: string): string {
  const standIn = ceremony.standIns.findLast((one) => one.operatorId === operatorId);
  if (id === 'abandon' && standIn !== undefined)
    return t('sign.inPlaceOf', { name: nameOf(ceremony, standIn.inPlaceOf) });
  const role = ceremony.participants.find((one) => one.operatorId === operatorId)?.role;
  return t(`role.${role ?? 'custodian'}`);
}

/** Whose share a step is about. */
export function holderOf({ participants }: Names, { act, share }: CeremonyStep): string {
  const which = act === 'collect' ? 'brings' : 'receives';
  return participants.find((one) => share !== null && one[which] === share)?.name ?? '';
}

const actOf = ({ act }: CeremonyStep): Act => ACTS.find((known) => known === act) ?? 'close';

export function titleOf(ceremony: Names, step: CeremonyStep): string {
  if (step.id === 'abandon') return t('step.abandon');
  return t(`step.${actOf(step)}`, { share: step.share ?? 0, name: holderOf(ceremony, step) });
}

export function textOf(ceremony: Names & Pick<CeremonyDetail, 'kind'>, step: CeremonyStep): string {
  if (step.id === 'abandon') return t('does.abandon');
  if (step.act === 'verify' && ceremony.kind === 'destroy') return t('does.verifyGone');
  return t(`does.${actOf(step)}`, { share: step.share ?? 0, name: holderOf(ceremony, step) });
}

export const doWords = (step: CeremonyStep): string => t(`do.${actOf(step)}`);

export const isTyped = ({ act }: CeremonyStep): boolean => act === 'read-back' || act === 'collect';

/** What a person puts together in the dialog. */
export interface Draft {
  readonly kind: CeremonyDetail['kind'];
  readonly rehearsal: boolean;
  readonly label: string;
  readonly keyId: string;
  readonly threshold: number;
  readonly custodians: readonly string[];
  readonly bringing: readonly string[];
  readonly witnesses: readonly string[];
}

export const MAKES: ReadonlySet<Draft['kind']> = new Set(['generate', 'rotate', 'replace-custodian']);
export const BRINGS: ReadonlySet<Draft['kind']> = new Set(['recover', 'replace-custodian', 'destroy']);

/** Why the ceremony cannot begin as it is put together; the engine would refuse the same. */
export function lacks(draft: Draft, key: CeremonyKey | undefined): string | null {
  const { kind, label, threshold, custodians, bringing, witnesses } = draft;
  if (kind === 'generate' && label.trim().length < 3) return t('lack.label');
  if (kind !== 'generate' && key === undefined) return t('lack.key');
  if (witnesses.length === 0) return t('lack.witness');
  const custody = new Set([...custodians, ...bringing]);
  if (witnesses.some((id) => custody.has(id))) return t('lack.roles');
  if (MAKES.has(kind) && custodians.length < 2) return t('lack.custodians');
  if (MAKES.has(kind) && (threshold < 2 || threshold > custodians.length)) {
    return t('lack.threshold', { count: custodians.length });
  }
  if (BRINGS.has(kind) && key !== undefined && bringing.length < key.threshold) {
    return t('lack.quorum', { count: key.threshold });
  }
  return null;
}

/** What is sent: nothing that the kind does not take. */
export function planOf(draft: Draft) {
  const { kind, rehearsal, label, keyId, threshold, custodians, bringing, witnesses } = draft;
  return {
    ...{ kind, rehearsal, witnesses: [...witnesses] },
    ...(kind === 'generate' || (kind === 'rotate' && label.trim() !== '') ? { label: label.trim() } : {}),
    ...(kind === 'generate' ? {} : { keyId }),
    ...(MAKES.has(kind) ? { threshold } : {}),
    custodians: MAKES.has(kind) ? [...custodians] : [],
    bringing: BRINGS.has(kind) ? [...bringing] : [],
  };
}
