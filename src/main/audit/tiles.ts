import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { yieldToLoop } from '../base/index.ts';
import { u16 } from '../proof/index.ts';
import { recordBytes } from './record-form.ts';
import type { Audit } from './service.ts';

/** Hashes that a full tile holds. */
const WIDTH = 256;

/** Index of a tile as path elements of three digits, all but the last led by an `x`. */
function indexPath(index: number): string {
  const digits = String(index);
  const parts = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g)!;
  return parts.map((part, at) => (at < parts.length - 1 ? `x${part}` : part)).join('/');
}

/** Where C2SP's `tlog-tiles` puts a tile: level and index, and its width where it is partial. */
export function tilePath(level: number | 'entries', index: number, width: number): string {
  return `tile/${level}/${indexPath(index)}${width < WIDTH ? `.p/${width}` : ''}`;
}

/**
 * Writes what others need to follow the log: its checkpoint, every tile of the tree, and the records'
 * bytes as entry bundles. The bytes hold commitments, never details. The checkpoint comes last, so
 * that a reader who finds it finds what it promises. Lets go of the loop after each tile.
 */
export async function exportTiles(options: {
  readonly audit: Audit;
  readonly folder: string;
  readonly size: number;
  readonly note: string;
}): Promise<{ size: number; files: number }> {
  const { audit, folder, size, note } = options;
  let files = 0;
  const write = (place: string, bytes: Uint8Array | string) => {
    const path = join(folder, place);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.part`, bytes, { mode: 0o600, flush: true });
    renameSync(`${path}.part`, path);
    files += 1;
  };
  const { row, previousLeaf, node } = audit.proofs;
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / WIDTH)) {
    for (let index = 0; index * WIDTH < count; index += 1) {
      const width = Math.min(WIDTH, count - index * WIDTH);
      const hashes = Array.from({ length: width }, (_, at) => node(level * 8, index * WIDTH + at));
      write(tilePath(level, index, width), Buffer.concat(hashes));
      await yieldToLoop();
    }
  }
  for (let index = 0; index * WIDTH < size; index += 1) {
    const width = Math.min(WIDTH, size - index * WIDTH);
    const entries = Array.from({ length: width }, (_, at) => {
      const seq = index * WIDTH + at + 1;
      // The tree's prefix of a leaf is no part of the entry.
      const entry = recordBytes(row(seq), previousLeaf(seq)).subarray(1);
      return Buffer.concat([u16(entry.length), entry]);
    });
    write(tilePath('entries', index, width), Buffer.concat(entries));
    await yieldToLoop();
  }
  write('checkpoint', note);
  return { size, files };
}
