import { canonicalJson, sha256 } from '../crypto/index.ts';

/**
 * The bytes of an audit record, form 1. All integers are unsigned and big-endian; a text is its
 * UTF-8 length in two bytes, then its UTF-8 bytes.
 *
 *     0x00        prefix of a leaf of the Merkle tree (RFC 9162, section 2.1.1)
 *     1 byte      form: 1
 *     8 bytes     sequence number, from 1
 *     8 bytes     recorded at, milliseconds since 1970 UTC
 *     text        kind, `room.verb`
 *     text        actor
 *     text        trace id; empty where there is none
 *     8 bytes     id of the sealed value that holds salt and detail
 *     32 bytes    SHA-256 of the subjects' canonical JSON; zeros where there are none
 *     32 bytes    commitment: SHA-256(salt ‖ canonical JSON of the detail)
 *     32 bytes    leaf of the record before; of the first record, `genesisLeaf` of the vault
 *
 * The record's leaf is the SHA-256 of all of it: one hash is the link of the chain and the leaf of
 * the tree at once. Records cannot be written again later, so this form never changes; another one
 * gets another number.
 */
export const RECORD_FORM = 1;

export const SALT_BYTES = 32;
const HASH_BYTES = 32;

/** Longest texts of a record, in UTF-16 units. */
export const TEXT_LIMITS = { kind: 64, actor: 128, traceId: 128 } as const;

export interface Subject {
  readonly kind: string;
  readonly id: string;
}

/** What a record's leaf is computed from. */
export interface RecordFields {
  readonly seq: number;
  readonly recordedAtMs: number;
  readonly kind: string;
  readonly actor: string;
  /** Empty where there is none. */
  readonly traceId: string;
  readonly detailId: number;
  /** As `subjectsText` writes them. */
  readonly subjects: string;
  readonly commitment: Uint8Array;
}

/** What the first record of a vault names as the leaf before it, so that no log passes for another vault's. */
export function genesisLeaf(vaultId: string): Buffer {
  return sha256(Buffer.from(`countersign audit log v1\n${vaultId}\n`, 'utf8'));
}

/** Subjects in their stored form: pairs without repetition, ordered by UTF-16 code units. */
export function subjectsText(subjects: readonly Subject[]): string {
  if (subjects.length === 0) return '';
  if (subjects.length === 1) return `[${canonicalJson([subjects[0]!.kind, subjects[0]!.id])}]`;
  const pairs = new Set(subjects.map(({ kind, id }) => canonicalJson([kind, id])));
  return `[${[...pairs].sort().join(',')}]`;
}

/** The subjects behind their stored form. Throws `SyntaxError` where the text is no JSON. */
export function parseSubjects(text: string): Subject[] {
  if (text === '') return [];
  const pairs = JSON.parse(text) as [string, string][];
  return pairs.map(([kind, id]) => ({ kind, id }));
}

/** SHA-256(salt ‖ detail). */
export function commitmentOf(salted: Uint8Array): Buffer {
  return sha256(salted);
}

/** Longest form of a record: fixed parts and three texts of four bytes a unit at most. */
const SCRATCH_BYTES = 1 + 1 + 8 * 3 + HASH_BYTES * 3 + 3 * 2 + 4 * (64 + 128 + 128);

/** Reused by every call: encoding and hashing are one synchronous step. */
const scratch = Buffer.alloc(SCRATCH_BYTES);

function putInteger(at: number, value: number): number {
  scratch.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  scratch.writeUInt32BE(value % 2 ** 32, at + 4);
  return at + 8;
}

function putText(at: number, text: string): number {
  const length = scratch.write(text, at + 2, 'utf8');
  scratch.writeUInt16BE(length, at);
  return at + 2 + length;
}

/** Writes a record's bytes into the scratch memory and answers their number. */
function encode(fields: RecordFields, previousLeaf: Uint8Array): number {
  scratch[0] = 0;
  scratch[1] = RECORD_FORM;
  let at = putInteger(2, fields.seq);
  at = putInteger(at, fields.recordedAtMs);
  at = putText(at, fields.kind);
  at = putText(at, fields.actor);
  at = putText(at, fields.traceId);
  at = putInteger(at, fields.detailId);
  if (fields.subjects === '') scratch.fill(0, at, at + HASH_BYTES);
  else scratch.set(sha256(Buffer.from(fields.subjects, 'utf8')), at);
  scratch.set(fields.commitment, at + HASH_BYTES);
  scratch.set(previousLeaf, at + 2 * HASH_BYTES);
  return at + 3 * HASH_BYTES;
}

/** The record's bytes, a copy. */
export function recordBytes(fields: RecordFields, previousLeaf: Uint8Array): Buffer {
  return Buffer.from(scratch.subarray(0, encode(fields, previousLeaf)));
}

/** SHA-256 of the record's bytes. */
export function recordLeaf(fields: RecordFields, previousLeaf: Uint8Array): Buffer {
  return sha256(scratch.subarray(0, encode(fields, previousLeaf)));
}
