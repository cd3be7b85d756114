/** Templates of the objects we make on tokens. What is not named here is left to the token. */
import type { ClassicalKey, HsmAlgorithm, KeyKind } from './algorithms.ts';
import { CKA, CKK, CKO } from './cryptoki.ts';

export interface TemplateLine {
  readonly type: number;
  readonly value: number | boolean | Buffer;
}

const line = (type: number, value: number | boolean | Buffer): TemplateLine => ({ type, value });

export interface KeyName {
  readonly keyId: Buffer;
  readonly label: string;
  /** Leaves the token under a trusted wrapping key only; otherwise never. */
  readonly mayMigrate: boolean;
}

const naming = ({ keyId, label }: KeyName) => [
  line(CKA.ID, keyId),
  line(CKA.LABEL, Buffer.from(label, 'utf8')),
];

/** What guards a key: it is never readable, and leaves only where it may migrate. */
const guarding = ({ mayMigrate }: KeyName) => [
  line(CKA.TOKEN, true),
  line(CKA.PRIVATE, true),
  line(CKA.SENSITIVE, true),
  line(CKA.EXTRACTABLE, mayMigrate),
  ...(mayMigrate ? [line(CKA.WRAP_WITH_TRUSTED, true)] : []),
];

export const byId = (keyId: Buffer): TemplateLine[] => [line(CKA.ID, keyId)];
export const byIdAndClass = (keyId: Buffer, objectClass: number): TemplateLine[] => [
  line(CKA.CLASS, objectClass),
  line(CKA.ID, keyId),
];

export function secretKeyTemplate(name: KeyName): TemplateLine[] {
  return [
    ...naming(name),
    ...guarding(name),
    line(CKA.VALUE_LEN, 32),
    line(CKA.ENCRYPT, true),
    line(CKA.DECRYPT, true),
  ];
}

/** A key that wraps others and encrypts, whose value was known before the token had it. */
export function placedKeyTemplate(name: KeyName, value: Buffer): TemplateLine[] {
  return [
    line(CKA.CLASS, CKO.SECRET_KEY),
    line(CKA.KEY_TYPE, CKK.AES),
    ...naming(name),
    ...guarding(name),
    line(CKA.ENCRYPT, true),
    line(CKA.DECRYPT, true),
    line(CKA.VALUE, value),
  ];
}

/** The public and the private half of a pair, and what the kind of key adds to each. */
export function pairTemplates(
  kind: KeyKind,
  name: KeyName,
): { own: TemplateLine[]; private: TemplateLine[] } {
  const own = [...naming(name), line(CKA.TOKEN, true), line(CKA.PRIVATE, false), line(CKA.VERIFY, true)];
  const privateHalf = [...naming(name), ...guarding(name), line(CKA.SIGN, true)];
  switch (kind.family) {
    case 'rsa':
      own.push(line(CKA.MODULUS_BITS, kind.modulusBits!), line(CKA.PUBLIC_EXPONENT, Buffer.of(1, 0, 1)));
      break;
    case 'ml-dsa':
    case 'ml-kem':
      own.push(line(CKA.PARAMETER_SET, kind.parameterSet));
      privateHalf.push(line(CKA.PARAMETER_SET, kind.parameterSet));
      break;
    default:
      own.push(line(CKA.EC_PARAMS, Buffer.from(kind.ecParams!, 'hex')));
  }
  return { own, private: privateHalf };
}

/** Attributes of a public object that its key is read from. */
export function publicAttributes(algorithm: HsmAlgorithm, kind: KeyKind): number[] {
  if (kind.family === 'rsa') return [CKA.MODULUS, CKA.PUBLIC_EXPONENT];
  if (kind.family === 'ec' || kind.family === 'edwards') return [CKA.EC_POINT];
  if (kind.family === 'ml-dsa') return [CKA.VALUE];
  throw new TypeError(`no public object of ${algorithm}`);
}

/** What a key becomes at the target of a migration. */
export function unwrappedTemplate(kind: KeyKind, name: KeyName): TemplateLine[] {
  const isSecret = kind.family === 'aes';
  return [
    line(CKA.CLASS, isSecret ? CKO.SECRET_KEY : CKO.PRIVATE_KEY),
    line(CKA.KEY_TYPE, kind.keyType),
    ...naming(name),
    ...guarding(name),
    ...(isSecret ? [line(CKA.ENCRYPT, true), line(CKA.DECRYPT, true)] : [line(CKA.SIGN, true)]),
  ];
}

/** The public half that goes along with an unwrapped pair. */
export function publicObjectTemplate(
  kind: ClassicalKey,
  name: KeyName,
  read: { readonly point?: Buffer; readonly modulus?: Buffer; readonly exponent?: Buffer },
): TemplateLine[] {
  return [
    line(CKA.CLASS, CKO.PUBLIC_KEY),
    line(CKA.KEY_TYPE, kind.keyType),
    ...naming(name),
    line(CKA.TOKEN, true),
    line(CKA.PRIVATE, false),
    line(CKA.VERIFY, true),
    ...(kind.family === 'rsa'
      ? [line(CKA.MODULUS, read.modulus!), line(CKA.PUBLIC_EXPONENT, read.exponent!)]
      : [line(CKA.EC_PARAMS, Buffer.from(kind.ecParams!, 'hex')), line(CKA.EC_POINT, read.point!)]),
  ];
}

/**
 * The wrapping key of a run. Only the security officer may mark it trusted, and tokens take that
 * mark at creation alone; the officer sees public objects only, hence not private.
 */
export function trustedKeyTemplate(keyId: Buffer, value: Buffer): TemplateLine[] {
  return [
    line(CKA.CLASS, CKO.SECRET_KEY),
    line(CKA.KEY_TYPE, CKK.AES),
    line(CKA.ID, keyId),
    line(CKA.TOKEN, true),
    line(CKA.PRIVATE, false),
    line(CKA.TRUSTED, true),
    line(CKA.SENSITIVE, true),
    line(CKA.EXTRACTABLE, false),
    line(CKA.WRAP, true),
    line(CKA.UNWRAP, false),
    line(CKA.ENCRYPT, false),
    line(CKA.DECRYPT, false),
    line(CKA.VALUE, value),
  ];
}

/** The same key at the target, where it lives as long as the session. */
export function unwrappingKeyTemplate(keyId: Buffer, value: Buffer): TemplateLine[] {
  return [
    line(CKA.CLASS, CKO.SECRET_KEY),
    line(CKA.KEY_TYPE, CKK.AES),
    line(CKA.ID, keyId),
    line(CKA.TOKEN, false),
    line(CKA.PRIVATE, true),
    line(CKA.SENSITIVE, true),
    line(CKA.EXTRACTABLE, false),
    line(CKA.UNWRAP, true),
    line(CKA.WRAP, false),
    line(CKA.VALUE, value),
  ];
}
