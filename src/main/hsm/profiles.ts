/** What is known of each maker's PKCS#11 library: where it lies, what it is told, where it differs. */
import type { LIBRARY_VARIABLES } from './environment.ts';

export const profileIds = [
  'softhsm',
  'thales-luna',
  'aws-cloudhsm',
  'azure-managed-hsm',
  'google-cloud-kms',
  'yubihsm2',
  'utimaco',
  'entrust-nshield',
  'smart-card',
] as const;
export type ProfileId = (typeof profileIds)[number];

export interface HsmProfile {
  readonly id: ProfileId;
  readonly name: string;
  readonly kind: 'software' | 'hardware';
  /** Places where the library is looked for, in order. */
  readonly libraries: readonly string[];
  /** The variable that leads the library to its configuration, where it has one. */
  readonly variable: (typeof LIBRARY_VARIABLES)[number] | null;
  /** Form of the PIN, as people must type it. */
  readonly pin: string;
  /** A library that answers nothing for so long hangs; longer where the device is far away. */
  readonly silentMs: number;
  readonly generateMs: number;
  /** Who chooses the nonce of AES-GCM. A token that chooses it itself cannot seal seeds here. */
  readonly gcmNonce: 'caller' | 'token';
  /** Whether CKA_TRUSTED is taken at creation by the security officer, so that keys can migrate from it. */
  readonly trustedWrapping: boolean;
  /** Numbers of its own by the standard's, for mechanisms that it may name by them alone. */
  readonly mechanisms: Readonly<Record<number, number>>;
  readonly quirks: readonly string[];
}

const LINUX = '/usr/lib';

const hardware = {
  kind: 'hardware',
  silentMs: 5_000,
  generateMs: 30_000,
  gcmNonce: 'caller',
  trustedWrapping: true,
  mechanisms: {},
} as const;

/** Known libraries, as data. */
export const PROFILES: Readonly<Record<ProfileId, HsmProfile>> = {
  softhsm: {
    ...hardware,
    id: 'softhsm',
    name: 'SoftHSM 2 (software)',
    kind: 'software',
    libraries: [
      `${LINUX}/softhsm/libsofthsm2.so`,
      `${LINUX}/x86_64-linux-gnu/softhsm/libsofthsm2.so`,
      `${LINUX}/aarch64-linux-gnu/softhsm/libsofthsm2.so`,
      '/usr/lib64/softhsm/libsofthsm2.so',
      '/usr/lib64/pkcs11/libsofthsm2.so',
      '/usr/local/lib/softhsm/libsofthsm2.so',
      '/opt/homebrew/lib/softhsm/libsofthsm2.so',
      'C:\\SoftHSM2\\lib\\softhsm2-x64.dll',
    ],
    variable: 'SOFTHSM2_CONF',
    pin: '4 to 255 characters',
    quirks: [
      'A new token moves to another slot.',
      'CKA_TRUSTED is taken at creation only.',
      'Ed25519 keys cannot be wrapped; they are replaced.',
    ],
  },
  'thales-luna': {
    ...hardware,
    id: 'thales-luna',
    name: 'Thales Luna Network HSM',
    libraries: [
      '/usr/safenet/lunaclient/lib/libCryptoki2_64.so',
      `${LINUX}/libCryptoki2_64.so`,
      'C:\\Program Files\\SafeNet\\LunaClient\\cryptoki.dll',
    ],
    variable: 'ChrystokiConfigurationPath',
    pin: 'the password of the partition’s crypto officer',
    gcmNonce: 'token',
    mechanisms: { 4181: 0x80000c02, 4183: 0x80000c03 },
    quirks: [
      'In FIPS mode the partition makes the nonce of AES-GCM itself.',
      'Ed25519 runs under mechanisms of the maker before firmware 7.7.',
    ],
  },
  'aws-cloudhsm': {
    ...hardware,
    id: 'aws-cloudhsm',
    name: 'AWS CloudHSM',
    libraries: ['/opt/cloudhsm/lib/libcloudhsm_pkcs11.so'],
    variable: 'CLOUDHSM_PKCS11_CONFIG',
    pin: 'USER:PASSWORD of a crypto user',
    silentMs: 15_000,
    gcmNonce: 'token',
    trustedWrapping: false,
    quirks: [
      'The PIN is USER:PASSWORD.',
      'CKA_TRUSTED is set by the administrator’s own tool, not by C_CreateObject.',
      'The nonce of AES-GCM must be a buffer of zeros, which the device fills.',
    ],
  },
  'azure-managed-hsm': {
    ...hardware,
    id: 'azure-managed-hsm',
    name: 'Azure Managed HSM',
    libraries: ['/usr/lib/azure-keyvault-pkcs11/libazure_keyvault_pkcs11.so'],
    variable: 'AZURE_KEYVAULT_PKCS11_CONF',
    pin: 'any text; the identity comes from the configuration',
    silentMs: 15_000,
    gcmNonce: 'token',
    trustedWrapping: false,
    quirks: ['Keys carry no CKA_ID of the caller’s choice.', 'C_GenerateKeyPair is refused to readers.'],
  },
  'google-cloud-kms': {
    ...hardware,
    id: 'google-cloud-kms',
    name: 'Google Cloud KMS (HSM protection level)',
    libraries: ['/usr/lib/libkmsp11.so', '/usr/local/lib/libkmsp11.so'],
    variable: 'KMS_PKCS11_CONFIG',
    pin: 'none; leave it empty',
    silentMs: 15_000,
    gcmNonce: 'token',
    trustedWrapping: false,
    quirks: ['C_Login does nothing.', 'Keys cannot be wrapped; they are replaced.'],
  },
  yubihsm2: {
    ...hardware,
    id: 'yubihsm2',
    name: 'YubiHSM 2',
    libraries: [
      `${LINUX}/x86_64-linux-gnu/pkcs11/yubihsm_pkcs11.so`,
      '/usr/local/lib/pkcs11/yubihsm_pkcs11.so',
      '/opt/homebrew/lib/pkcs11/yubihsm_pkcs11.dylib',
      'C:\\Program Files\\Yubico\\YubiHSM Shell\\bin\\pkcs11\\yubihsm_pkcs11.dll',
    ],
    variable: 'YUBIHSM_PKCS11_CONF',
    pin: 'four hex digits of the authentication key, then its password',
    gcmNonce: 'token',
    trustedWrapping: false,
    quirks: ['No AES-GCM.', 'Wraps by its own mechanism CKM_YUBICO_AES_CCM_WRAP.'],
  },
  utimaco: {
    ...hardware,
    id: 'utimaco',
    name: 'Utimaco SecurityServer',
    libraries: [
      '/opt/utimaco/lib/libcs_pkcs11_R3.so',
      `${LINUX}/libcs_pkcs11_R3.so`,
      'C:\\Program Files\\Utimaco\\SecurityServer\\Lib\\cs_pkcs11_R3.dll',
    ],
    variable: 'CS_PKCS11_R3_CFG',
    pin: 'the PIN of the slot’s user',
    quirks: ['Sessions end silently after 15 minutes without use.'],
  },
  'entrust-nshield': {
    ...hardware,
    id: 'entrust-nshield',
    name: 'Entrust nShield',
    libraries: [
      '/opt/nfast/toolkits/pkcs11/libcknfast.so',
      'C:\\Program Files\\nCipher\\nfast\\toolkits\\pkcs11\\cknfast.dll',
    ],
    variable: 'NFAST_HOME',
    pin: 'the passphrase of the operator card set or softcard',
    quirks: [
      'CKA_TRUSTED needs the security officer of the security world.',
      'A card set may ask for several cards.',
    ],
  },
  'smart-card': {
    ...hardware,
    id: 'smart-card',
    name: 'Smart card (OpenSC)',
    libraries: [
      `${LINUX}/x86_64-linux-gnu/opensc-pkcs11.so`,
      `${LINUX}/opensc-pkcs11.so`,
      '/usr/local/lib/opensc-pkcs11.so',
      '/Library/OpenSC/lib/opensc-pkcs11.so',
      'C:\\Program Files\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll',
    ],
    variable: null,
    pin: 'the PIN of the card',
    // Some cards wait for a touch.
    silentMs: 45_000,
    gcmNonce: 'token',
    trustedWrapping: false,
    quirks: ['Keys are made by the card’s issuer.'],
  },
};
