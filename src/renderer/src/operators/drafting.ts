import type { RoleId, RolesAnswer } from '../../../contract/operators.ts';

/** Somebody to be named, as they are typed. */
export interface PersonDraft {
  readonly name: string;
  readonly passphrase: string;
  readonly repeat: string;
  /** The key that the app was given; empty until it was shown. */
  readonly secret: string;
  readonly otpauth: string;
  readonly code: string;
}

export const EMPTY_PERSON: PersonDraft = {
  name: '',
  passphrase: '',
  repeat: '',
  secret: '',
  otpauth: '',
  code: '',
};

const isCode = (code: string) => /^\d{6}$/.test(code.replace(/\s/g, ''));

/** The second factor as the contract takes it; null while it is not complete. */
export function factorOf({ secret, code }: Pick<PersonDraft, 'secret' | 'code'>) {
  return secret !== '' && isCode(code) ? { secret, code: code.trim() } : null;
}

/** The person as the contract takes them; null while they are not complete. */
export function personOf(draft: PersonDraft) {
  const { name, passphrase, repeat } = draft;
  const secondFactor = factorOf(draft);
  if (name.trim().length < 2 || passphrase === '' || passphrase !== repeat || !secondFactor) return null;
  return { name: name.trim(), passphrase, secondFactor };
}

/** Why these roles cannot be held together; null where they can. */
export function conflictOf(roles: readonly RoleId[], duties: RolesAnswer['duties']): string | null {
  const broken = duties.find(
    ({ one, other }) =>
      roles.some((role) => one.includes(role)) && roles.some((role) => other.includes(role)),
  );
  return broken?.why ?? null;
}

/** A list with something put in, or taken out where it is in. */
export function toggled<T>(list: readonly T[], one: T): T[] {
  return list.includes(one) ? list.filter((each) => each !== one) : [...list, one];
}
