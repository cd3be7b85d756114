import type { KeyType } from '../../contract/keys.ts';

/** One use of one algorithm, declared: the inventory joins it with the keys that there are. */
export interface DeclaredUse {
  /** Name in the registry of algorithms. */
  readonly algorithm: string;
  readonly where: string;
  readonly key: string;
  /** Type of the life-cycle keys behind it; left out where the key is none of those. */
  readonly keyType?: KeyType;
  /** Folders and files of `src` that call the primitive for this use; a test reads them. */
  readonly calledIn: readonly string[];
}

const ROOT = 'Derived from the root key of the vault, 256 bits';
const NO_KEY = 'None: a hash has no key';

/** Every use of an algorithm in the console. A call in the sources that is not told here fails the build. */
export const DECLARED_USES: readonly DeclaredUse[] = [
  {
    algorithm: 'AES-256-GCM',
    where: 'Seals values: names, account numbers, remittance text, messages, evidence, audit details',
    key: 'Data-encryption key, one for each purpose, retention class and quarter',
    keyType: 'DEK',
    calledIn: ['src/main/crypto/aes-gcm.ts', 'src/main/sealing'],
  },
  {
    algorithm: 'AES-256-GCM',
    where: 'Seals the private halves of the key-encryption keys and the keys of the blind indexes',
    key: ROOT,
    keyType: 'KEK',
    calledIn: ['src/main/crypto/aes-gcm.ts', 'src/main/sealing'],
  },
  {
    algorithm: 'AES-256-GCM',
    where: 'Seals the cells of CSV files outside the vault',
    key: 'Data-encryption key of the purpose, open-only once it is replaced',
    keyType: 'DEK',
    calledIn: ['src/main/crypto/aes-gcm.ts', 'src/main/sealing/file-sealer.ts'],
  },
  {
    algorithm: 'AES-256-GCM',
    where: 'Seals archived bank messages outside the vault, chunk by chunk',
    key: 'A random key a file, sealed in the vault and erased with the evidence',
    calledIn: ['src/main/crypto/aes-gcm.ts', 'src/main/compliance/archive-form.ts'],
  },
  {
    algorithm: 'AES-256-GCM',
    where: 'Seals the root key and the private halves of the key slots in the header',
    key: 'From the passphrase, the recovery shares or the encapsulated secret of a slot',
    calledIn: ['src/main/crypto/aes-gcm.ts', 'src/main/vault'],
  },
  {
    algorithm: 'X25519+ML-KEM-1024',
    where: 'Wraps every data-encryption key',
    key: 'Hybrid key-encryption key',
    keyType: 'KEK',
    calledIn: ['src/main/crypto', 'src/main/sealing/keys.ts'],
  },
  {
    algorithm: 'X25519+ML-KEM-1024',
    where: 'Encapsulates the root key to each key slot',
    key: 'Key pair of the slot',
    calledIn: ['src/main/crypto', 'src/main/vault'],
  },
  {
    algorithm: 'X-Wing',
    where: 'Transport of secrets to another party',
    key: 'Transport key',
    keyType: 'transport',
    calledIn: ['src/main/crypto/x-wing.ts', 'src/main/keys'],
  },
  {
    algorithm: 'Ed25519+ML-DSA-65',
    where: 'Signs the notices of key rotation',
    key: 'Signing key',
    keyType: 'signing',
    calledIn: ['src/main/crypto', 'src/main/keys', 'src/verifier'],
  },
  {
    algorithm: 'Ed25519+ML-DSA-44',
    where: 'Signs the checkpoints of the audit log, one line each, as C2SP writes them',
    key: 'Log key',
    keyType: 'log',
    calledIn: ['src/main/crypto', 'src/main/keys', 'src/main/audit/primitives.ts', 'src/verifier'],
  },
  {
    algorithm: 'Ed25519+ML-DSA-87',
    where: 'Signs what an operator decides',
    key: 'Signing key of the operator, sealed in their own slot',
    calledIn: ['src/main/crypto', 'src/main/operators', 'src/verifier'],
  },
  {
    algorithm: 'AES-256-GCM',
    where: 'Seals the signing keys of operators in their slots',
    key: 'From the passphrase of the operator',
    calledIn: ['src/main/crypto/aes-gcm.ts', 'src/main/operators/slot.ts'],
  },
  {
    algorithm: 'AES-256-GCM',
    where: 'Seals the seeds of post-quantum keys under a token, and on their way to another one',
    key: 'AES key of the token, which cannot leave it; of a run, from an ML-KEM encapsulation',
    calledIn: ['src/main/crypto/aes-gcm.ts', 'src/main/hsm'],
  },
  {
    algorithm: 'HKDF-SHA-256',
    where: 'Derives the wrapping key of a run that moves keys between tokens',
    key: 'Secret of an ML-KEM encapsulation to the target',
    calledIn: ['src/main/crypto/hkdf.ts', 'src/main/hsm/host-transfer.ts'],
  },
  {
    algorithm: 'ChaCha20-Poly1305',
    where: 'Encrypts and authenticates every page of the database',
    key: ROOT,
    calledIn: ['src/main/vault/connection.ts'],
  },
  {
    algorithm: 'Argon2id',
    where: 'Stretches the passphrase of a key slot, and of an operator',
    key: 'The passphrase',
    calledIn: ['src/main/crypto/argon2id.ts'],
  },
  {
    algorithm: 'HKDF-SHA-256',
    where: 'Derives the keys of file, header and wrapping, of slots and of the hybrid combiner',
    key: ROOT,
    calledIn: ['src/main/crypto/hkdf.ts'],
  },
  {
    algorithm: 'HMAC-SHA-256',
    where: 'Blind indexes, for equality search over sealed values',
    key: 'Random key of the column, 256 bits',
    calledIn: ['src/main/sealing/blind-index.ts'],
  },
  {
    algorithm: 'HMAC-SHA-256',
    where: 'Authenticates the header of the vault, the backups and the chain that ships changes',
    key: ROOT,
    calledIn: ['src/main/vault', 'src/main/backup'],
  },
  {
    algorithm: 'HMAC-SHA-256',
    where: 'Signatures of programs that post messages to the local endpoint',
    key: 'Random key of the caller, 256 bits, sealed in the vault',
    calledIn: ['src/main/connectors/http-signature.ts'],
  },
  {
    algorithm: 'HMAC-SHA-1',
    where: 'One-time codes of the second factor at sign-in, as authenticator apps make them',
    key: 'Secret of the operator’s app, 160 bits, sealed in the vault',
    calledIn: ['src/main/operators/totp.ts'],
  },
  {
    algorithm: 'SHA-256',
    where: 'Merkle tree and chain of the audit log, commitments, proofs of journal batches',
    key: NO_KEY,
    calledIn: [
      'src/main/crypto',
      'src/main/ledger/proof.ts',
      'src/main/heartbeat',
      'src/main/audit',
      'src/verifier',
    ],
  },
  {
    algorithm: 'SHA-256',
    where: 'Content of files: imports, statements, evidence, backups',
    key: NO_KEY,
    calledIn: [
      'src/main/intake',
      'src/main/statements',
      'src/main/compliance',
      'src/main/backup',
      'src/main/vault',
      'src/main/doors/cli',
      'src/renderer/src/packets/frames.ts',
      'src/renderer/src/statements/uploads.ts',
    ],
  },
  {
    algorithm: 'SHA-256',
    where: 'Compares the session secret of the browser door in constant time',
    key: NO_KEY,
    calledIn: ['src/main/doors/loopback'],
  },
  {
    algorithm: 'SHA3-256',
    where: 'Combiner of X-Wing, and inside ML-KEM',
    key: NO_KEY,
    calledIn: ['src/main/crypto/x-wing.ts'],
  },
  {
    algorithm: 'SHAKE256',
    where: 'Expands the seed of X-Wing, and inside ML-KEM and ML-DSA',
    key: NO_KEY,
    calledIn: ['src/main/crypto/x-wing.ts'],
  },
  {
    algorithm: 'Shamir secret sharing',
    where: 'Splits the secret of the recovery slot among M of N custodians',
    key: 'The secret of the recovery slot',
    calledIn: ['src/main/crypto/shamir.ts'],
  },
  {
    algorithm: 'Shamir secret sharing',
    where: 'Splits the key of a ceremony among M of N custodians, and joins their shares',
    key: 'The 32 random bytes that the key in the tokens is derived of',
    calledIn: ['src/main/crypto/shamir.ts', 'src/main/ceremonies'],
  },
  {
    algorithm: 'AES-256-GCM',
    where: 'Check value of a ceremony’s key: a block of zeros, by which a token is seen to hold it',
    key: 'Key of the ceremony, in the tokens',
    calledIn: ['src/main/ceremonies/root-key.ts', 'src/main/hsm'],
  },
  {
    algorithm: 'HKDF-SHA-256',
    where: 'Derives the key that goes into the tokens of a ceremony’s secret, and its fingerprint',
    key: 'The secret of the ceremony',
    calledIn: ['src/main/ceremonies/root-key.ts'],
  },
  {
    algorithm: 'Ed25519+ML-DSA-87',
    where: 'Signs the steps of ceremonies, and checks them in transcripts',
    key: 'Signing keys of those who take part',
    calledIn: ['src/main/engine/ceremonies.ts', 'src/verifier/ceremony.ts'],
  },
  {
    algorithm: 'Ed25519+ML-DSA-65',
    where: 'Checks signatures of older operators’ keys in transcripts of ceremonies',
    key: 'Signing keys of those who take part',
    calledIn: ['src/main/engine/ceremonies.ts', 'src/verifier/ceremony.ts'],
  },
  {
    algorithm: 'SHA-256',
    where: 'Chain of a ceremony’s steps, commitments and check of shares, ids of its keys on tokens',
    key: NO_KEY,
    calledIn: ['src/main/ceremonies', 'src/main/engine/ceremonies.ts', 'src/main/hsm', 'src/verifier'],
  },
  {
    algorithm: 'Random bytes of the system',
    where: 'Keys, nonces, salts and ids',
    key: 'Seeded by the operating system',
    calledIn: ['src/main/base/runtime.ts', 'src/main/crypto', 'src/main/doors', 'src/main/backup'],
  },
];
