import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CountersignError } from '../base/index.ts';
import { canonicalJsonBytes, sha256 } from '../crypto/index.ts';
import { MOST_QUORUM_SHARES } from './shares.ts';

/**
 * `slots.json`: the public header of a vault. It holds no secret; a MAC under a key that follows
 * from the root key binds it, and a plain checksum tells an accident from a wrong passphrase before
 * any key is known. Both are taken over the canonical JSON (RFC 8785) of the header without them.
 */
export const HEADER_FILE = 'slots.json';
const HEADER_FORMAT = 'countersign-vault-header';
/**
 * Version 2 knows recovery quorums and tokens. Version 1 is still read; whatever is written is of
 * version 2, so that an older program says that the header is newer instead of calling it damaged.
 */
const HEADER_VERSION = 2;

/** Slots a header may hold. */
export const MOST_SLOTS = 64;

/** Far beyond what a header with a hundred slots needs; an oversized file is not read. */
const MAX_HEADER_BYTES = 4 * 1024 * 1024;

const bytes = (least: number, most: number) =>
  z.base64().refine((text) => {
    const length = Buffer.from(text, 'base64').byteLength;
    return length >= least && length <= most;
  }, `expected ${least} to ${most} bytes`);

const whole = z.number().int().nonnegative();

/** One form only: a header of which a letter was changed is another header. */
const lowerHex = z.string().regex(/^[0-9a-f]{64}$/);

const slotSchema = z.strictObject({
  id: z.guid(),
  kind: z.enum(['passphrase', 'recovery-key', 'recovery-quorum', 'token']),
  createdAtMs: whole,
  /** How the holder's secret becomes the key that opens the private half. */
  opening: z.discriminatedUnion('kdf', [
    z.strictObject({
      kdf: z.literal('argon2id'),
      version: z.literal(19),
      memoryKiB: whole,
      passes: whole,
      lanes: whole,
      salt: bytes(16, 64),
    }),
    z.strictObject({ kdf: z.literal('hkdf-sha-256'), salt: bytes(16, 64) }),
    z.strictObject({
      kdf: z.literal('shamir+hkdf-sha-256'),
      salt: bytes(16, 64),
      threshold: z.number().int().min(2).max(MOST_QUORUM_SHARES),
      shares: z.number().int().min(2).max(MOST_QUORUM_SHARES),
    }),
    /** A random key that the token sealed; `reference` is how the token finds its own key again. */
    z.strictObject({
      kdf: z.literal('token'),
      reference: z.string().min(1).max(200),
      sealedKey: bytes(32, 1024),
    }),
  ]),
  kem: z.literal('X25519+ML-KEM-1024'),
  publicKey: bytes(1600, 1600),
  sealedPrivateKey: bytes(124, 124),
  encapsulation: bytes(1600, 1600),
  sealedRootKey: bytes(60, 60),
});

const headerSchema = z.strictObject({
  format: z.literal(HEADER_FORMAT),
  version: z.number().int().min(1).max(HEADER_VERSION),
  vaultId: z.guid(),
  /** Grows by one with every change of the header. */
  generation: z.number().int().positive(),
  slots: z.array(slotSchema).max(MOST_SLOTS),
  /** During a rekey the root key of the generation before, sealed under this one's; else null. */
  previousRootKey: z.nullable(bytes(60, 60)),
  checksum: lowerHex,
  mac: lowerHex,
});

export type KeySlot = z.infer<typeof slotSchema>;
export type SlotKind = KeySlot['kind'];
export type VaultHeader = z.infer<typeof headerSchema>;
export type HeaderContent = Omit<VaultHeader, 'format' | 'version' | 'checksum' | 'mac'>;

function invalid(message: string, path?: string): CountersignError {
  const details = path === undefined ? { file: HEADER_FILE } : { file: HEADER_FILE, path };
  return new CountersignError('VAULT_HEADER_INVALID', message, details);
}

const checksumOf = (content: object): string => sha256(canonicalJsonBytes({ ...content })).toString('hex');

function macOf(content: object, headerMacKey: Uint8Array): Buffer {
  return createHmac('sha256', headerMacKey)
    .update(canonicalJsonBytes({ ...content }))
    .digest();
}

/** The header's whole form, with checksum and MAC. Another version than the present one is for tests. */
export function completeHeader(
  content: HeaderContent,
  headerMacKey: Uint8Array,
  version: number = HEADER_VERSION,
): VaultHeader {
  const fields = { format: HEADER_FORMAT, version, ...content } as const;
  const withChecksum = { ...fields, checksum: checksumOf(fields) };
  return { ...withChecksum, mac: macOf(withChecksum, headerMacKey).toString('hex') };
}

/**
 * Reads a header's text. Throws `VAULT_FOREIGN` where it is none of ours, `VAULT_SCHEMA_NEWER`
 * where a later version wrote it, `VAULT_HEADER_INVALID` where it is cut, edited or out of form.
 */
export function parseHeader(text: string): VaultHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('The header of the vault is cut short or is no JSON.');
  }
  const outline = z.looseObject({ format: z.literal(HEADER_FORMAT), version: whole }).safeParse(value);
  if (!outline.success) {
    throw new CountersignError('VAULT_FOREIGN', 'The header is not that of a Countersign vault.', {
      file: HEADER_FILE,
    });
  }
  if (outline.data.version > HEADER_VERSION) {
    throw new CountersignError('VAULT_SCHEMA_NEWER', 'The header was written by a newer Countersign.', {
      file: HEADER_FILE,
      expected: `version ${HEADER_VERSION} or older`,
      actual: `version ${outline.data.version}`,
    });
  }
  const parsed = headerSchema.safeParse(value);
  if (!parsed.success) {
    throw invalid('A field of the header does not have its form.', parsed.error.issues[0]?.path.join('.'));
  }
  const { mac: _mac, checksum, ...fields } = parsed.data;
  if (checksumOf(fields) !== checksum)
    throw invalid('The header was changed after it was written.', 'checksum');
  return parsed.data;
}

/** Throws `VAULT_HEADER_INVALID` where the header was not written under this root key. */
export function checkHeaderMac(header: VaultHeader, headerMacKey: Uint8Array): void {
  const { mac, ...fields } = header;
  if (!timingSafeEqual(Buffer.from(mac, 'hex'), macOf(fields, headerMacKey))) {
    throw invalid('The header was changed after it was written.', 'mac');
  }
}

/** Reads the header of a vault folder. */
export function readHeader(directory: string): VaultHeader {
  const path = join(directory, HEADER_FILE);
  if (statSync(path).size > MAX_HEADER_BYTES) throw invalid('The header is larger than any header can be.');
  return parseHeader(readFileSync(path, 'utf8'));
}

/** Makes a change of a folder's entries last (a no-op where folders cannot be opened). */
export function fsyncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes the header beside itself, makes it last, and puts it in place in one step. */
export function writeHeader(directory: string, header: VaultHeader): void {
  const target = join(directory, HEADER_FILE);
  const draft = `${target}.new`;
  try {
    const handle = openSync(draft, 'w', 0o600);
    try {
      writeSync(handle, `${JSON.stringify(header, null, 1)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  fsyncDirectory(dirname(target));
}
