import { closeSync, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CountersignError } from '../base/index.ts';
import { openReaderFromKey, storageError } from '../vault/index.ts';
import {
  BODY_START,
  checkBody,
  checkManifestMac,
  openContainer,
  readStretch,
  writeAll,
  writeContainer,
} from './container.ts';
import { backupFileError } from './file-errors.ts';
import { readVaultHeader } from './log-reader.ts';
import { checkDatabase, removeSideFiles } from './materialise.ts';
import { type LogHeadRow, lastRecordOf, leafOf, vacuumInto } from './store.ts';
import { PAGE_BYTES } from './wal.ts';
import type { Answers, CreateOrder } from './work.ts';

/**
 * Writes one backup file and verifies it. The copy is made by `VACUUM INTO` from a snapshot, so the
 * desk works on; it is encrypted under the vault's own file key and holds no page that was freed. It
 * is opened and checked as a database before it is packed, and the packed file is read back. Blocks
 * its thread. Throws `BACKUP_NOT_VERIFIED`, `BACKUP_DISK_FULL`, `BACKUP_TARGET_UNREACHABLE`,
 * `BACKUP_REKEY_UNDER_WAY`; nothing is left behind then.
 */
export function createFile(
  { key, macKey, path, createdAtMs }: CreateOrder,
  progress: (stage: string) => (share: number) => void,
): Answers['create'] {
  const copy = `${path}.copying`;
  let placed = false;
  try {
    const header = readVaultHeader(dirname(key.path));
    progress('copying')(0);
    // SQLite would make it readable to others, and would follow a link that lies in its place.
    rmSync(copy, { force: true });
    closeSync(openSync(copy, 'wx', 0o600));
    const head = copyDatabase(key, copy);
    progress('verifying')(0);
    const checked = checkDatabase({ ...key, path: copy });
    requireVerified(checked, head);
    progress('packing')(0);
    const bytes = statSync(copy).size;
    const manifest = writeContainer({
      path,
      header: header.text,
      key: macKey,
      writeBody: (target) => copyInto(copy, target, (done) => progress('packing')(done / bytes)),
      content: () => ({
        kind: 'file',
        vaultId: key.vaultId,
        generation: header.generation,
        createdAtMs,
        record: head.record,
        leaf: head.leaf,
        pages: bytes / PAGE_BYTES,
        chain: null,
        sequence: 0,
        previous: null,
        log: null,
      }),
    });
    placed = true;
    progress('reading back')(0);
    const written = openContainer(path);
    checkManifestMac(written.manifest, macKey);
    checkBody(written);
    return { manifest, sizeBytes: written.sizeBytes };
  } catch (error) {
    if (placed) rmSync(path, { force: true });
    throw backupFileError(storageErrorOfTarget(error));
  } finally {
    rmSync(copy, { force: true });
    rmSync(`${copy}-journal`, { force: true });
    removeSideFiles(copy);
  }
}

/** A full disk is the target's here; the vault itself is only read. */
function storageErrorOfTarget(error: unknown): unknown {
  const fileError = backupFileError(error);
  return fileError === error ? storageError(error) : fileError;
}

function copyDatabase(key: CreateOrder['key'], copy: string): LogHeadRow {
  const reader = openReaderFromKey(key);
  try {
    reader.pragma('query_only = OFF');
    vacuumInto(reader, copy);
    // What the copy ends with is looked up in the vault itself, which has gone on since.
    const made = openReaderFromKey({ ...key, path: copy });
    try {
      const { record } = lastRecordOf(made);
      return { record, leaf: leafOf(reader, record) };
    } finally {
      made.close();
    }
  } finally {
    reader.close();
  }
}

function requireVerified({ findings, head }: Answers['check'], promised: LogHeadRow): void {
  if (findings.length === 0 && head.record === promised.record && head.leaf === promised.leaf) return;
  const message = 'What was written does not verify when it is read back, and was removed.';
  throw new CountersignError('BACKUP_NOT_VERIFIED', message, {
    actual: findings[0] ?? 'the audit log ends with another record',
  });
}

function copyInto(copy: string, target: number, onBytes: (done: number) => void): number {
  const source = openSync(copy, 'r');
  try {
    const { size } = fstatSync(source);
    readStretch(source, 0, size, (chunk, offset) => {
      writeAll(target, chunk, BODY_START + offset);
      onBytes(offset + chunk.length);
    });
    return size;
  } finally {
    closeSync(source);
  }
}
