/**
 * A sealed cell as text: `csv1:` and, in base64url, which vault, file and key it belongs to, whether
 * its row is the last, and the ciphertext. Pure.
 *
 *     flags (1) ‖ vault mark (8) ‖ file id (8) ‖ DEK id (4) ‖ DEK version (2) ‖ nonce, ciphertext, tag
 */
import { sha256 } from '../crypto/index.ts';

export const CELL_PREFIX = 'csv1:';
export const MARK_BYTES = 8;
const HEADER_BYTES = 1 + MARK_BYTES + MARK_BYTES + 4 + 2;
/** Nonce and tag of an empty plaintext. */
const LEAST_SEALED_BYTES = 28;
const LAST_ROW = 1;

export interface CellHeader {
  readonly isLastRow: boolean;
  readonly vaultMark: Buffer;
  readonly fileId: Buffer;
  readonly dekId: number;
  readonly version: number;
}

export interface Cell extends CellHeader {
  readonly sealed: Buffer;
}

/** Tells vaults apart without naming them. */
export const vaultMarkOf = (vaultId: string): Buffer =>
  sha256(Buffer.from(`countersign cell vault v1\n${vaultId}`)).subarray(0, MARK_BYTES);

export function cellText({ isLastRow, vaultMark, fileId, dekId, version, sealed }: Cell): string {
  const bytes = Buffer.alloc(HEADER_BYTES + sealed.length);
  bytes[0] = isLastRow ? LAST_ROW : 0;
  bytes.set(vaultMark, 1);
  bytes.set(fileId, 1 + MARK_BYTES);
  bytes.writeUInt32BE(dekId, 1 + 2 * MARK_BYTES);
  bytes.writeUInt16BE(version, 5 + 2 * MARK_BYTES);
  bytes.set(sealed, HEADER_BYTES);
  return CELL_PREFIX + bytes.toString('base64url');
}

/** Reads a cell; `undefined` where the text is none that `cellText` writes. */
export function parseCell(text: string): Cell | undefined {
  if (!text.startsWith(CELL_PREFIX)) return undefined;
  const encoded = text.slice(CELL_PREFIX.length);
  if (!/^[A-Za-z0-9_-]*$/.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64url');
  // Base64 that was cut or carries stray bits is not what was written.
  if (bytes.length < HEADER_BYTES + LEAST_SEALED_BYTES || bytes.toString('base64url') !== encoded)
    return undefined;
  if (bytes[0]! > LAST_ROW) return undefined;
  return {
    isLastRow: bytes[0] === LAST_ROW,
    vaultMark: bytes.subarray(1, 1 + MARK_BYTES),
    fileId: bytes.subarray(1 + MARK_BYTES, 1 + 2 * MARK_BYTES),
    dekId: bytes.readUInt32BE(1 + 2 * MARK_BYTES),
    version: bytes.readUInt16BE(5 + 2 * MARK_BYTES),
    sealed: bytes.subarray(HEADER_BYTES),
  };
}

/** The part of the binding that all cells of one column share. */
export function columnBinding(sealedColumns: readonly string[], column: string): string {
  // The set of sealed columns is bound too: none can be replaced as a whole by plain text.
  return `cell v1\n${JSON.stringify(sealedColumns)}\n${JSON.stringify(column)}\n`;
}

/** What a cell is bound to, beside vault, purpose and key: its column, file, row and whether that is the last. */
export const cellBinding = (column: string, fileId: Buffer, row: number, isLastRow: boolean): string =>
  `${column}${fileId.toString('hex')}\n${row}\n${isLastRow ? 'last' : 'more'}`;
