/**
 * The files of the embedded tokens. They lie in the vault's folder, where SoftHSM works on them, and
 * sealed in the vault, so that a backup, a shipped copy and a restore to any record bring the keys along.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../crypto/index.ts';
import type { HsmContext } from './context.ts';
import { TOKEN_FILE_PLACE } from './sealed-columns.ts';
import { TOKENS_FOLDER } from './softhsm.ts';
import { createFileStore, type FileRow } from './store-intents.ts';

export interface Embedded {
  /** Seals what has changed on disk since the last time, with the transaction that runs or one of its own. */
  keep(): void;
  /** Writes the tokens that the vault knows and the disk does not, as after a restore. */
  bringBack(): void;
}

/** Both stay as they are on disk until SoftHSM writes them anew. */
const stampOf = (path: string): string => {
  const { mtimeMs, size } = statSync(path);
  return `${mtimeMs}/${size}`;
};

/** The folder of a token, as the first part of a path names it. */
const tokenOfPath = (path: string): string => path.split('/')[0]!;

export function createEmbedded({ vault, sealing }: HsmContext): Embedded {
  const files = createFileStore(vault.db);
  const root = join(vault.directory, ...TOKENS_FOLDER);
  /** How each file looked when it was last sealed, so that most of them are not read again. */
  let stamps = new Map<string, string>();

  const placeOf = (id: number) => ({ ...TOKEN_FILE_PLACE, applicationId: String(id) });
  const sealed = (id: number, plaintext: Buffer): number =>
    Number(sealing.seal({ ...placeOf(id), purpose: 'compliance_vault', plaintext }));

  /** Every file of every token, by its path with slashes. */
  function onDisk(): Map<string, string> {
    const found = new Map<string, string>();
    for (const token of existsSync(root) ? readdirSync(root) : []) {
      for (const file of readdirSync(join(root, token))) {
        const path = `${token}/${file}`;
        found.set(path, stampOf(join(root, token, file)));
      }
    }
    return found;
  }

  function keepFile(path: string, known: FileRow | undefined): void {
    const content = readFileSync(join(root, ...path.split('/')));
    const digest = sha256(content);
    if (known?.digest.equals(digest)) return;
    const id = known?.id ?? files.nextId();
    const row = { id, path, digest, sealedId: sealed(id, content) };
    if (known === undefined) files.insert(row);
    else {
      files.update(row);
      sealing.erase(BigInt(known.sealedId));
    }
  }

  return {
    keep() {
      const now = onDisk();
      const known = new Map(files.all().map((row) => [row.path, row]));
      const changed = [...now].filter(([path, stamp]) => !known.has(path) || stamps.get(path) !== stamp);
      // Of a token whose folder is away everything is kept: that is what it is brought back from.
      const there = new Set([...now.keys()].map(tokenOfPath));
      const gone = [...known.values()].filter(({ path }) => !now.has(path) && there.has(tokenOfPath(path)));
      if (changed.length === 0 && gone.length === 0) return;
      vault.transaction(() => {
        for (const [path] of changed) keepFile(path, known.get(path));
        for (const { id, sealedId } of gone) {
          files.remove(id);
          sealing.erase(BigInt(sealedId));
        }
        vault.onCommit(() => {
          stamps = now;
        });
      });
    },
    bringBack() {
      const rows = files.all();
      const missing = new Set(
        rows.map(({ path }) => tokenOfPath(path)).filter((token) => !existsSync(join(root, token))),
      );
      for (const { id, path, sealedId } of rows) {
        if (!missing.has(tokenOfPath(path))) continue;
        const target = join(root, ...path.split('/'));
        mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
        writeFileSync(target, sealing.open({ id: BigInt(sealedId), ...placeOf(id) }), { mode: 0o600 });
      }
    },
  };
}
