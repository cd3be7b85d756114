/**
 * How a maker's library differs from the standard, applied in one place: what it calls mechanisms by
 * numbers of its own, and what it names but does not run the way we need it.
 */
import { CKM, type Cryptoki, type Mechanism } from './cryptoki.ts';

/** What of a profile the process of the HSM is told. */
export interface Dialect {
  /** The maker's numbers, by the standard's; one counts where the token names it and not the standard's. */
  readonly mechanisms: Readonly<Record<number, number>>;
  /** Who chooses the nonce of AES-GCM. One that the token chooses never comes back through the binding. */
  readonly gcmNonce: 'caller' | 'token';
}

type MethodName = {
  [Name in keyof Cryptoki]: Cryptoki[Name] extends (...given: never[]) => unknown ? Name : never;
}[keyof Cryptoki];

/** Calls whose second argument is a mechanism. */
const WITH_MECHANISM: ReadonlySet<string> = new Set<MethodName>([
  'C_GenerateKey',
  'C_GenerateKeyPair',
  'C_SignInit',
  'C_VerifyInit',
  'C_EncryptInit',
  'C_DecryptInit',
  'C_WrapKey',
  'C_UnwrapKey',
]);

/** The library as it would be if it spoke the standard. */
export function speaking(library: Cryptoki, { mechanisms, gcmNonce }: Dialect): Cryptoki {
  const pairs = Object.entries(mechanisms).map(([standard, own]) => [Number(standard), own] as const);
  let spoken = new Map<number, number>();

  /** What the token names, in the standard's numbers, without what cannot be used from here. */
  function list(slot: Parameters<Cryptoki['C_GetMechanismList']>[0]): number[] {
    const named = new Set(library.C_GetMechanismList(slot));
    spoken = new Map(pairs.filter(([standard, own]) => !named.has(standard) && named.has(own)));
    for (const standard of spoken.keys()) named.add(standard);
    if (gcmNonce === 'token') named.delete(CKM.AES_GCM);
    return [...named];
  }

  const translated = (mechanism: Mechanism): Mechanism => ({
    ...mechanism,
    mechanism: spoken.get(mechanism.mechanism) ?? mechanism.mechanism,
  });

  return new Proxy(library, {
    get(_, name: string) {
      if (name === 'C_GetMechanismList') return list;
      const method = Reflect.get(library, name) as (...given: unknown[]) => unknown;
      // The binding's methods belong to its own object.
      if (!WITH_MECHANISM.has(name)) return method.bind(library);
      return (session: unknown, mechanism: Mechanism, ...rest: unknown[]) =>
        method.call(library, session, translated(mechanism), ...rest);
    },
  });
}
