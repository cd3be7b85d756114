import { createHash, createHmac, type Hash, timingSafeEqual } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CountersignError } from '../base/index.ts';
import { type CanonicalJson, canonicalJsonBytes, hkdfSha256, sha256 } from '../crypto/index.ts';
import { backupFileError } from './file-errors.ts';

/**
 * One file of a backup:
 *
 *     16 bytes   start mark
 *     body       encrypted pages of the database (`file`, `base`) or frames of its log (`segment`)
 *     header     the vault's public header, slots.json, as it was at that moment
 *     manifest   canonical JSON; says what the rest is and carries a MAC over all of it
 *     4 bytes    length of the manifest, big endian
 *     12 bytes   end mark
 *
 * Body and header are bound by their SHA-256 in the manifest, the manifest by a MAC under a key that
 * follows from the vault's root key. Nothing in it is plaintext of the vault but the header, which is
 * public, and the numbers in the manifest.
 */
const START_MARK = Buffer.from('countersign-bkup', 'latin1');
const END_MARK = Buffer.from('bkup-is-over', 'latin1');
const TAIL_BYTES = 4 + END_MARK.length;
const MOST_MANIFEST_BYTES = 64 * 1024;
const MOST_HEADER_BYTES = 4 * 1024 * 1024;
/** Bytes that are read or written at once. */
export const CHUNK_BYTES = 4 * 1024 * 1024;
/** Where the body begins. */
export const BODY_START = START_MARK.length;

const whole = z.number().int().nonnegative();
const hex = (bytes: number) => z.hex().length(bytes * 2);
const part = z.strictObject({ bytes: whole, sha256: hex(32) });

const manifestSchema = z.strictObject({
  format: z.literal('countersign-backup'),
  version: z.literal(1),
  /** `file`: a whole vault; `base`: a whole vault that segments follow; `segment`: changes. */
  kind: z.enum(['file', 'base', 'segment']),
  vaultId: z.guid(),
  /** Generation of the header, and so of the keys. */
  generation: z.number().int().positive(),
  createdAtMs: whole,
  /** The last audit record the vault has when this is applied, and its leaf; 0 and empty while there is none. */
  record: whole,
  leaf: z.union([hex(32), z.literal('')]),
  /** Pages of the database when this is applied. */
  pages: whole,
  body: part,
  header: part,
  /** Which base a segment belongs to: 16 random bytes; null on `file`. */
  chain: z.nullable(hex(16)),
  /** 0 for the base, then 1, 2, 3 … */
  sequence: whole,
  /** MAC of the manifest before it in the chain. */
  previous: z.nullable(hex(32)),
  /** Where the log was when this was written: its salts, frames that are in backups, header of the last of them. */
  log: z.nullable(z.strictObject({ salts: z.hex().max(16), frames: whole, last: z.hex().max(48) })),
  mac: hex(32),
});

export type Manifest = z.infer<typeof manifestSchema>;
/** What the writer of a container says of it; parts and MAC are added. */
export type ManifestContent = Omit<Manifest, 'format' | 'version' | 'body' | 'header' | 'mac'>;
export type LogPosition = NonNullable<Manifest['log']>;

/** The key that manifests are authenticated under, from the vault's own wrapping key. */
export function manifestKey(wrappingKey: Uint8Array): Buffer {
  return hkdfSha256({ secret: wrappingKey, label: 'countersign backup v1 manifest mac', length: 32 });
}

function macOf(manifest: Omit<Manifest, 'mac'>, key: Uint8Array): Buffer {
  return createHmac('sha256', key)
    .update(canonicalJsonBytes(manifest as unknown as CanonicalJson))
    .digest();
}

/** Throws `BACKUP_DAMAGED` where the manifest was not written under this vault's keys. */
export function checkManifestMac(manifest: Manifest, key: Uint8Array): void {
  const { mac, ...rest } = manifest;
  if (timingSafeEqual(Buffer.from(mac, 'hex'), macOf(rest, key))) return;
  const message = 'The manifest of the backup was changed after it was written.';
  throw new CountersignError('BACKUP_DAMAGED', message, { path: 'mac' });
}

/** Writes to a place in a file, all of it. */
export function writeAll(handle: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(handle, bytes, done, bytes.length - done, position + done);
  }
}

/** Reads from a place in a file, up to the end of either. */
export function readUpTo(handle: number, target: Uint8Array, position: number): number {
  let done = 0;
  while (done < target.length) {
    const count = readSync(handle, target, done, target.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Hands a stretch of a file to `take` in chunks. Throws `BACKUP_TRUNCATED` where the file ends before. */
export function readStretch(
  handle: number,
  start: number,
  length: number,
  take: (chunk: Buffer, offset: number) => void,
): void {
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, length)));
  for (let done = 0; done < length; ) {
    const want = chunk.subarray(0, Math.min(chunk.length, length - done));
    if (readUpTo(handle, want, start + done) < want.length) throw truncated();
    take(want, done);
    done += want.length;
  }
}

export function hashStretch(handle: number, start: number, length: number): string {
  const hash: Hash = createHash('sha256');
  readStretch(handle, start, length, (chunk) => hash.update(chunk));
  return hash.digest('hex');
}

const truncated = () => new CountersignError('BACKUP_TRUNCATED', 'The backup ends before it is complete.');

export interface NewContainer {
  /** Where it is to lie. Until it is whole it has `.part` behind its name. */
  readonly path: string;
  /** Writes the body from `BODY_START` on and answers its length in bytes. */
  readonly writeBody: (handle: number) => number;
  /** Text of slots.json. */
  readonly header: Buffer;
  /** Asked after the body was written. */
  readonly content: () => ManifestContent;
  readonly key: Uint8Array;
}

/** Writes a container beside its place, brings it to the disk and renames it. */
export function writeContainer({ path, writeBody, header, content, key }: NewContainer): Manifest {
  const draft = `${path}.part`;
  try {
    // What lies there is a draft that was killed, or a link to somewhere else; neither is written into.
    rmSync(draft, { force: true });
    const handle = openSync(draft, 'wx+', 0o600);
    let manifest: Manifest;
    try {
      writeAll(handle, START_MARK, 0);
      const bytes = writeBody(handle);
      const fields = {
        format: 'countersign-backup' as const,
        version: 1 as const,
        ...content(),
        body: { bytes, sha256: hashStretch(handle, BODY_START, bytes) },
        header: { bytes: header.length, sha256: sha256(header).toString('hex') },
      };
      manifest = { ...fields, mac: macOf(fields, key).toString('hex') };
      const text = canonicalJsonBytes(manifest as unknown as CanonicalJson);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(text.length);
      writeAll(handle, Buffer.concat([header, text, length, END_MARK]), BODY_START + bytes);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, path);
    fsyncFolder(dirname(path));
    return manifest;
  } catch (error) {
    rmSync(draft, { force: true });
    throw backupFileError(error);
  }
}

/** Makes a rename last (a no-op where folders cannot be opened). */
export function fsyncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A container that was opened: its manifest and its header's text. */
export interface Container {
  readonly path: string;
  readonly manifest: Manifest;
  readonly header: string;
  readonly sizeBytes: number;
}

/**
 * Opens a container and checks everything but its body and its MAC. Throws `BACKUP_MISSING`,
 * `BACKUP_FOREIGN`, `BACKUP_TRUNCATED`, `BACKUP_NEWER`, `BACKUP_DAMAGED`.
 */
export function openContainer(path: string): Container {
  try {
    const handle = openSync(path, 'r');
    try {
      return readEnds(path, handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new CountersignError('BACKUP_MISSING', 'There is no backup at that place.');
    }
    throw backupFileError(error);
  }
}

function readEnds(path: string, handle: number): Container {
  const stat = fstatSync(handle);
  const foreign = () => new CountersignError('BACKUP_FOREIGN', 'The file is no backup of Countersign.');
  if (!stat.isFile()) throw foreign();
  const mark = Buffer.alloc(START_MARK.length);
  if (readUpTo(handle, mark, 0) < mark.length || !mark.equals(START_MARK)) throw foreign();
  const tail = Buffer.alloc(TAIL_BYTES);
  if (stat.size < BODY_START + TAIL_BYTES) throw truncated();
  readUpTo(handle, tail, stat.size - TAIL_BYTES);
  if (!tail.subarray(4).equals(END_MARK)) throw truncated();
  const length = tail.readUInt32BE(0);
  if (length > MOST_MANIFEST_BYTES || length > stat.size - BODY_START - TAIL_BYTES) throw damaged('manifest');
  const text = Buffer.alloc(length);
  readUpTo(handle, text, stat.size - TAIL_BYTES - length);
  const manifest = parseManifest(text.toString('utf8'));
  const { body, header } = manifest;
  if (BODY_START + body.bytes + header.bytes + length + TAIL_BYTES !== stat.size) throw truncated();
  if (header.bytes > MOST_HEADER_BYTES) throw damaged('header');
  const headerBytes = Buffer.alloc(header.bytes);
  readUpTo(handle, headerBytes, BODY_START + body.bytes);
  if (sha256(headerBytes).toString('hex') !== header.sha256) throw damaged('header');
  return { path, manifest, header: headerBytes.toString('utf8'), sizeBytes: stat.size };
}

export function damaged(path: string): CountersignError {
  const message = 'The backup was changed after it was written, or the disk lost a part of it.';
  return new CountersignError('BACKUP_DAMAGED', message, { path });
}

function parseManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged('manifest');
  }
  const outline = z.looseObject({ version: whole }).safeParse(value);
  if (outline.success && outline.data.version > 1) {
    throw new CountersignError('BACKUP_NEWER', 'The backup was written by a newer Countersign.', {
      expected: 'version 1',
      actual: `version ${outline.data.version}`,
    });
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw damaged('manifest');
  return parsed.data;
}

/** Reads the whole body against its hash. Throws `BACKUP_DAMAGED`, `BACKUP_TRUNCATED`. */
export function checkBody({ path, manifest }: Container): void {
  const handle = openSync(path, 'r');
  try {
    if (hashStretch(handle, BODY_START, manifest.body.bytes) !== manifest.body.sha256) throw damaged('body');
  } finally {
    closeSync(handle);
  }
}
