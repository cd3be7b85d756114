import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createAudit, verifyLog } from '../audit/index.ts';
import { CountersignError, type Runtime } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { EMPTY_ROOT } from '../crypto/index.ts';
import { createSealing } from '../sealing/index.ts';
import {
  migrate,
  openConnection,
  openVault,
  type ReaderKey,
  readMigrations,
  type SlotSecret,
  type UnlockedHeader,
  unlockHeader,
} from '../vault/index.ts';
import { openSource, type Plan, planRestore } from './chain.ts';
import { checkManifestMac, fsyncFolder, manifestKey } from './container.ts';
import { backupFileError, targetExists } from './file-errors.ts';
import { freePlace, placeOutside } from './places.ts';
import type { LogHeadRow } from './store.ts';
import { work } from './work.ts';

/** Line of `vault_meta` that names the folder changes are shipped to. */
export const SHIP_FOLDER = 'backup.ship-folder';
/** Line of `vault_meta` that counts the restores behind a vault: each opens a new epoch of its log. */
export const LOG_EPOCH = 'audit.epoch';

/** A draft that was not touched for so long belongs to a restore that was killed. */
const STALE_DRAFT_MS = 600_000;

export interface LawCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly examined: number;
}

/** The law checks of the books, which stand on a higher floor. */
export type CheckBooks = (key: ReaderKey) => Promise<readonly LawCheck[]>;

export interface Watching {
  readonly onProgress?: (share: number, stage: string) => void;
  readonly signal?: AbortSignal;
}

/** Throws `BACKUP_DAMAGED` where a piece was not written by the vault that these keys belong to. */
export function requireAuthentic(plan: Plan, wrappingKey: Uint8Array): void {
  const key = manifestKey(wrappingKey);
  for (const { manifest } of [plan.base, ...plan.segments]) checkManifestMac(manifest, key);
  key.fill(0);
}

export interface RebuildOptions extends Watching {
  readonly runtime: Runtime;
  readonly checkBooks?: CheckBooks;
}

/** A backup of an older version gets the schema of this one, which all checks behind it read. */
function bringUpToDate({ path, fileKey }: ReaderKey, runtime: Runtime): void {
  const db = openConnection({ path, fileKey });
  try {
    migrate(db, readMigrations(), runtime);
  } finally {
    db.close();
  }
}

/**
 * Writes the database of a plan into an empty folder and verifies it: every page, the structure, the
 * audit log from its first record to the promised last one, and the laws of the books.
 */
export async function rebuild(
  plan: Plan,
  key: ReaderKey,
  { runtime, onProgress, signal, checkBooks }: RebuildOptions,
): Promise<{ end: LogHeadRow; checks: LawCheck[]; findings: readonly string[] }> {
  const watching = { ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) };
  const end = await work<'materialise'>({ do: 'materialise', order: { ...plan, key } }, watching);
  onProgress?.(0, 'verifying');
  const { findings, head } = await work<'check'>({ do: 'check', key }, watching);
  const isWhole = findings.length === 0;
  const pages = plan.segments.at(-1)?.manifest.pages ?? plan.base.manifest.pages;
  const checks: LawCheck[] = [{ name: 'pages and structure', ok: isWhole, examined: pages }];
  if (!isWhole) return { end, checks, findings };
  bringUpToDate(key, runtime);
  // Nobody outside the backup knows more of its log than the manifest does, so no other end is expected.
  const log = await verifyLog({
    key,
    head: { seq: 0, leaf: new Uint8Array(), root: EMPTY_ROOT },
    details: true,
  });
  const endsRight = head.record === end.record && head.leaf === end.leaf;
  checks.push({ name: 'audit log', ok: endsRight && log.findings.length === 0, examined: log.records });
  checks.push(...((await checkBooks?.(key)) ?? []));
  return { end, checks, findings: log.findings.map(({ message }) => message) };
}

export interface RestoreOptions extends Watching {
  /** A backup file, or a folder of shipped changes. */
  readonly source: string;
  /** Folder that the vault is to have; nothing may be there yet. */
  readonly target: string;
  /** Exactly this record is to be the last; without it the last there is. */
  readonly record?: bigint;
  readonly secret: SlotSecret | { readonly rootKey: Uint8Array };
  readonly runtime: Runtime;
  readonly caller: Caller;
  /** The folder of a vault that is open, which nothing is restored into. */
  readonly openDirectory?: string;
  readonly checkBooks?: CheckBooks;
}

export interface Restored {
  readonly directory: string;
  readonly vaultId: string;
  readonly record: bigint;
  readonly checks: readonly LawCheck[];
  readonly durationMs: number;
}

/**
 * Restores a vault to a new folder. It opens with the same secrets as when the backup was made, and
 * its log says that it was restored; that record opens a new epoch of the log. (Once approvals exist,
 * a restore is a command for two people: the gate of the engine's pipeline stands before it.)
 *
 * Throws the `BACKUP_*` errors, `VAULT_PASSPHRASE_WRONG` and its kin; nothing is left behind then.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { runtime, secret, checkBooks } = options;
  const startedMs = runtime.monotonicMs();
  const source = placeOutside(options.source, undefined);
  const target = freePlace(options.target, options.openDirectory);
  const plan = planRestore(
    openSource(source),
    options.record === undefined ? undefined : Number(options.record),
  );
  const header = (plan.segments.at(-1) ?? plan.base).header;
  const unlocked = await unlockHeader(header, secret);
  const draft = makeDraft(target, runtime);
  try {
    requireOneVault(plan, unlocked);
    requireAuthentic(plan, unlocked.wrappingKey);
    const { vaultId, fileKey, wrappingKey } = unlocked;
    const key: ReaderKey = {
      vaultId,
      path: join(draft, 'vault.db'),
      fileKey: Uint8Array.from(fileKey),
      wrappingKey: Uint8Array.from(wrappingKey),
    };
    writeFileSync(join(draft, 'slots.json'), header, { mode: 0o600 });
    const { end, checks, findings } = await rebuild(plan, key, {
      ...options,
      ...(checkBooks ? { checkBooks } : {}),
    });
    if (!checks.every((check) => check.ok)) throw notVerified(checks, findings);
    await recordRestore(draft, unlocked.rootKey, end, options);
    options.signal?.throwIfAborted();
    if (statSync(target, { throwIfNoEntry: false }) !== undefined) throw targetExists();
    renameSync(draft, target);
    fsyncFolder(dirname(target));
    const durationMs = Math.round(runtime.monotonicMs() - startedMs);
    return { directory: target, vaultId, record: BigInt(end.record), checks, durationMs };
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw backupFileError(error);
  } finally {
    unlocked.forget();
  }
}

function requireOneVault({ base, segments }: Plan, { vaultId, generation }: UnlockedHeader): void {
  for (const { manifest } of [base, ...segments]) {
    if (manifest.vaultId !== vaultId) {
      throw new CountersignError('BACKUP_FOREIGN', 'The header in the backup belongs to another vault.');
    }
  }
  const last = (segments.at(-1) ?? base).manifest;
  if (last.generation === generation) return;
  throw new CountersignError('BACKUP_DAMAGED', 'Header and manifest of the backup do not agree.', {
    path: 'generation',
  });
}

function notVerified(checks: readonly LawCheck[], findings: readonly string[]): CountersignError {
  const broken = checks.filter((check) => !check.ok).map((check) => check.name);
  const message = 'The restored vault does not verify and was removed.';
  return new CountersignError('BACKUP_NOT_VERIFIED', message, {
    actual: broken.join(', '),
    ...(findings[0] === undefined ? {} : { finding: findings[0] }),
  });
}

const draftPrefix = (target: string) => `.${basename(target)}.restoring-`;

/** A hidden folder beside the target. What a killed restore left there is removed first. */
export function makeDraft(target: string, runtime: Runtime): string {
  const parent = dirname(target);
  try {
    for (const name of readdirSync(parent)) {
      if (name.startsWith(draftPrefix(target)) && isStale(join(parent, name))) {
        rmSync(join(parent, name), { recursive: true, force: true });
      }
    }
    const draft = join(parent, draftPrefix(target) + runtime.randomBytes(8).toString('hex'));
    mkdirSync(draft, { mode: 0o700 });
    return draft;
  } catch (error) {
    throw backupFileError(error);
  }
}

/** Whether nobody has written to a draft for long. The time of a file is compared with its own clock. */
function isStale(draft: string): boolean {
  return [draft, join(draft, 'vault.db')].every((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined || Date.now() - stat.mtimeMs > STALE_DRAFT_MS;
  });
}

/** Opens the vault that was rebuilt, as everybody will, and lets its log say where it comes from. */
async function recordRestore(
  directory: string,
  rootKey: Uint8Array,
  end: LogHeadRow,
  { runtime, caller, source }: RestoreOptions,
): Promise<void> {
  const vault = await openVault({ directory, rootKey, runtime, checkpoints: 'commit' });
  try {
    // A copy that VACUUM made is not in WAL mode, in which every vault runs.
    vault.db.pragma('journal_mode = WAL');
    const audit = createAudit(vault, createSealing(vault, runtime), runtime);
    const epoch = Number(vault.meta(LOG_EPOCH) ?? '0') + 1;
    vault.transaction(() => {
      vault.setMeta(LOG_EPOCH, String(epoch));
      // Two vaults must not ship to one folder.
      vault.setMeta(SHIP_FOLDER, '');
      audit.record({
        kind: 'backup.restore',
        actor: caller.actor,
        traceId: caller.traceId,
        detail: { source, record: BigInt(end.record), leaf: end.leaf, epoch },
      });
    });
  } finally {
    vault.close();
  }
}
