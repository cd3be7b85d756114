/**
 * The part of PKCS#11 that the HSM process speaks, with the numbers of the standard (2.40, and 3.2
 * where it names post-quantum mechanisms). The interface is that of `pkcs11js`; the tests' stand-in
 * implements it too.
 */
import type { Handle, Mechanism, MechanismInfo, SlotInfo, Template, TokenInfo } from 'pkcs11js';

export type { Handle, Mechanism, MechanismInfo, SlotInfo, Template, TokenInfo };

/** What the HSM process calls of a PKCS#11 library. Every call is synchronous and throws on a refusal. */
export interface Cryptoki {
  load(path: string): void;
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): TokenInfo;
  C_InitToken(slot: Handle, pin: string, label: string): unknown;
  C_InitPIN(session: Handle, pin: string): void;
  C_GetMechanismList(slot: Handle): number[];
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, user: number, pin: string): void;
  C_Logout(session: Handle): void;
  C_GenerateKey(session: Handle, mechanism: Mechanism, template: Template): Handle;
  C_GenerateKeyPair(
    session: Handle,
    mechanism: Mechanism,
    publicTemplate: Template,
    privateTemplate: Template,
  ): { publicKey: Handle; privateKey: Handle };
  C_CreateObject(session: Handle, template: Template): Handle;
  C_DestroyObject(session: Handle, object: Handle): void;
  C_FindObjectsInit(session: Handle, template: Template): void;
  C_FindObjects(session: Handle, count: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: Template): { value: Buffer }[];
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Sign(session: Handle, data: Buffer, signature: Buffer): Buffer;
  C_VerifyInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Verify(session: Handle, data: Buffer, signature: Buffer): boolean;
  C_EncryptInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Encrypt(session: Handle, data: Buffer, out: Buffer): Buffer;
  C_DecryptInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Decrypt(session: Handle, data: Buffer, out: Buffer): Buffer;
  C_WrapKey(session: Handle, mechanism: Mechanism, wrapping: Handle, key: Handle, out: Buffer): Buffer;
  C_UnwrapKey(
    session: Handle,
    mechanism: Mechanism,
    unwrapping: Handle,
    wrapped: Buffer,
    template: Template,
  ): Handle;
  C_GenerateRandom(session: Handle, out: Buffer): Buffer;
}

export const CKU = { SO: 0, USER: 1 } as const;
/** A session that may write, as every session is serial. */
export const SESSION_FLAGS = 0x02 | 0x04;
export const CKO = { DATA: 0, PUBLIC_KEY: 2, PRIVATE_KEY: 3, SECRET_KEY: 4 } as const;
export const CKK = { RSA: 0, EC: 3, AES: 0x1f, EDWARDS: 0x40, ML_KEM: 0x49, ML_DSA: 0x4a } as const;

export const CKA = {
  CLASS: 0x00,
  TOKEN: 0x01,
  PRIVATE: 0x02,
  LABEL: 0x03,
  VALUE: 0x11,
  TRUSTED: 0x86,
  KEY_TYPE: 0x100,
  ID: 0x102,
  SENSITIVE: 0x103,
  ENCRYPT: 0x104,
  DECRYPT: 0x105,
  WRAP: 0x106,
  UNWRAP: 0x107,
  SIGN: 0x108,
  VERIFY: 0x10a,
  MODULUS: 0x120,
  MODULUS_BITS: 0x121,
  PUBLIC_EXPONENT: 0x122,
  VALUE_LEN: 0x161,
  EXTRACTABLE: 0x162,
  EC_PARAMS: 0x180,
  EC_POINT: 0x181,
  WRAP_WITH_TRUSTED: 0x210,
  PARAMETER_SET: 0x61d,
} as const;

export const CKM = {
  RSA_KEY_PAIR_GEN: 0x00,
  ML_KEM_KEY_PAIR_GEN: 0x0f,
  ML_KEM: 0x17,
  ML_DSA_KEY_PAIR_GEN: 0x1c,
  ML_DSA: 0x1d,
  SHA256_RSA_PKCS: 0x40,
  EC_KEY_PAIR_GEN: 0x1040,
  ECDSA: 0x1041,
  EDWARDS_KEY_PAIR_GEN: 0x1055,
  EDDSA: 0x1057,
  AES_KEY_GEN: 0x1080,
  AES_GCM: 0x1087,
  AES_KEY_WRAP: 0x2109,
  AES_KEY_WRAP_PAD: 0x210a,
} as const;

/** Mechanisms by the standard's names, for people. */
export const MECHANISM_NAMES: ReadonlyMap<number, string> = new Map([
  [CKM.RSA_KEY_PAIR_GEN, 'CKM_RSA_PKCS_KEY_PAIR_GEN'],
  [0x01, 'CKM_RSA_PKCS'],
  [0x03, 'CKM_RSA_X_509'],
  [0x09, 'CKM_RSA_PKCS_OAEP'],
  [0x0d, 'CKM_RSA_PKCS_PSS'],
  [CKM.ML_KEM_KEY_PAIR_GEN, 'CKM_ML_KEM_KEY_PAIR_GEN'],
  [CKM.ML_KEM, 'CKM_ML_KEM'],
  [CKM.ML_DSA_KEY_PAIR_GEN, 'CKM_ML_DSA_KEY_PAIR_GEN'],
  [CKM.ML_DSA, 'CKM_ML_DSA'],
  [CKM.SHA256_RSA_PKCS, 'CKM_SHA256_RSA_PKCS'],
  [0x250, 'CKM_SHA256'],
  [0x251, 'CKM_SHA256_HMAC'],
  [CKM.EC_KEY_PAIR_GEN, 'CKM_EC_KEY_PAIR_GEN'],
  [CKM.ECDSA, 'CKM_ECDSA'],
  [0x1050, 'CKM_ECDH1_DERIVE'],
  [CKM.EDWARDS_KEY_PAIR_GEN, 'CKM_EC_EDWARDS_KEY_PAIR_GEN'],
  [CKM.EDDSA, 'CKM_EDDSA'],
  [CKM.AES_KEY_GEN, 'CKM_AES_KEY_GEN'],
  [0x1081, 'CKM_AES_ECB'],
  [0x1082, 'CKM_AES_CBC'],
  [0x1085, 'CKM_AES_CBC_PAD'],
  [0x1086, 'CKM_AES_CTR'],
  [CKM.AES_GCM, 'CKM_AES_GCM'],
  [0x108a, 'CKM_AES_CMAC'],
  [CKM.AES_KEY_WRAP, 'CKM_AES_KEY_WRAP'],
  [CKM.AES_KEY_WRAP_PAD, 'CKM_AES_KEY_WRAP_PAD'],
]);

/** The parameter of AES-GCM as `pkcs11js` takes it: the structure of 2.40, a tag of 128 bits. */
export function gcmParameter(iv: Uint8Array, aad: Uint8Array): NonNullable<Mechanism['parameter']> {
  const parameter = { type: 7, iv: Buffer.from(iv), aad: Buffer.from(aad), ivBits: 96, tagBits: 128 };
  return parameter as NonNullable<Mechanism['parameter']>;
}

/** PKCS#11 pads its text fields with blanks; some libraries do so with zeros. */
export const unpad = (text: string): string => text.replace(/[\0 ]+$/, '');
/** A label as C_InitToken takes it: 32 characters. */
export const padLabel = (label: string): string => label.padEnd(32, ' ');
