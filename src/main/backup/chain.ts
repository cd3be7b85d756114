import { createHmac, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { CountersignError } from '../base/index.ts';
import { canonicalJsonBytes } from '../crypto/index.ts';
import { type Container, checkManifestMac, damaged, openContainer } from './container.ts';
import { backupFileError } from './file-errors.ts';

/**
 * Shipped changes lie in `FOLDER/countersign-VAULTID/TIME-CHAIN/`: a base and numbered segments that
 * each name the MAC of the one before. A chain ends where something was lost or its segments grew
 * large; the next begins with a new base.
 */
export const BASE_FILE = 'base.bkup';
export const CLOSED_FILE = 'closed.json';
/** Chains that stay when a new one begins. */
const KEPT_CHAINS = 3;

const OWN_FOLDER = /^countersign-[0-9a-f-]{36}$/;
const CHAIN_FOLDER = /^\d{15}-([0-9a-f]{32})$/;
const SEGMENT_FILE = /^(\d{8})\.seg$/;

export const segmentName = (sequence: number) => `${String(sequence).padStart(8, '0')}.seg`;
export const ownFolder = (folder: string, vaultId: string) => join(folder, `countersign-${vaultId}`);

/** A base and the segments behind it, whose manifests link up. */
export interface Chain {
  readonly folder: string;
  readonly chain: string;
  readonly base: Container;
  readonly segments: readonly Container[];
  readonly last: Container;
  readonly segmentBytes: number;
}

/**
 * Makes the folder of this vault in the folder a person named, once; later its absence says that
 * the disk it lay on is gone. Throws `BACKUP_TARGET_UNREACHABLE`.
 */
export function makeOwnFolder(folder: string, vaultId: string): void {
  try {
    if (!statSync(folder).isDirectory()) throw unreachable();
    mkdirSync(ownFolder(folder, vaultId), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw backupFileError(error);
  }
}

function unreachable(): CountersignError {
  return new CountersignError('BACKUP_TARGET_UNREACHABLE', 'The folder for the shipped changes is gone.');
}

/** Makes the folder of a new chain. */
export function makeChainFolder(own: string, nowMs: number, chain: string): string {
  const folder = join(own, `${String(Math.max(0, Math.trunc(nowMs))).padStart(15, '0')}-${chain}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw backupFileError(error);
  }
  return folder;
}

/** Folders of chains that have a base, oldest first. */
export function chainFolders(own: string): string[] {
  return readdirSync(own)
    .filter((name) => CHAIN_FOLDER.test(name))
    .sort()
    .map((name) => join(own, name))
    .filter((folder) => statSync(join(folder, BASE_FILE), { throwIfNoEntry: false })?.isFile());
}

/** Folder of the newest chain; `undefined` where there is none or the place is gone. */
export function newestFolder(own: string): string | undefined {
  return statSync(own, { throwIfNoEntry: false })?.isDirectory() ? chainFolders(own).at(-1) : undefined;
}

/** Removes the oldest chains, and those whose base was never finished. */
export function sweepChains(own: string, current: string): void {
  const complete = chainFolders(own);
  const kept = new Set([...complete.slice(-KEPT_CHAINS), current]);
  for (const name of readdirSync(own)) {
    const folder = join(own, name);
    if (CHAIN_FOLDER.test(name) && !kept.has(folder)) rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads the manifests of a chain. Throws `BACKUP_GAP` where one is missing or out of turn. */
export function readChain(folder: string): Chain {
  const base = openContainer(join(folder, BASE_FILE));
  const { chain, kind } = base.manifest;
  if (kind !== 'base' || chain === null || basename(folder).split('-')[1] !== chain) throw damaged(BASE_FILE);
  const segments: Container[] = [];
  let segmentBytes = 0;
  let previous = base;
  for (const name of readdirSync(folder).sort()) {
    if (!SEGMENT_FILE.test(name)) continue;
    const segment = openContainer(join(folder, name));
    requireLink(previous, segment, name);
    segments.push(segment);
    segmentBytes += segment.manifest.body.bytes;
    previous = segment;
  }
  return { folder, chain, base, segments, last: previous, segmentBytes };
}

function requireLink(before: Container, segment: Container, name: string): void {
  const { manifest } = segment;
  if (manifest.kind !== 'segment') throw damaged(name);
  if (manifest.vaultId !== before.manifest.vaultId) {
    throw new CountersignError('BACKUP_FOREIGN', 'A piece of the changes belongs to another vault.', {
      file: name,
    });
  }
  const expected = before.manifest.sequence + 1;
  const linked =
    manifest.sequence === expected &&
    name === segmentName(expected) &&
    manifest.chain === before.manifest.chain &&
    manifest.previous === before.manifest.mac;
  if (linked) return;
  throw new CountersignError('BACKUP_GAP', 'A piece of the shipped changes is missing or out of turn.', {
    file: name,
    expected: segmentName(expected),
  });
}

/** Whether this vault wrote all of a chain. */
export function isAuthentic({ base, segments }: Chain, key: Uint8Array): boolean {
  try {
    for (const { manifest } of [base, ...segments]) checkManifestMac(manifest, key);
    return true;
  } catch {
    return false;
  }
}

/** Removes what a killed process left half-written. */
export function sweepParts(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.part')) rmSync(join(folder, name), { force: true });
  }
}

/** The newest chain of a folder that reads; `undefined` where there is none to go on with. */
export function newestChain(own: string): Chain | undefined {
  const folder = newestFolder(own);
  if (folder === undefined) return undefined;
  try {
    return readChain(folder);
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

/** All the chains behind a source: a file is one without segments. Oldest first. */
export type Source =
  | { readonly kind: 'file'; readonly file: Container }
  | { readonly kind: 'shipped'; readonly folders: readonly string[] };

/** Finds out what a path that a person gave holds. Throws `BACKUP_MISSING`, `BACKUP_FOREIGN` and what reading it throws. */
export function openSource(path: string): Source {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new CountersignError('BACKUP_MISSING', 'There is no backup at that place.');
  if (!stat.isDirectory()) {
    const file = openContainer(path);
    if (file.manifest.kind !== 'segment') return { kind: 'file', file };
    throw new CountersignError('BACKUP_FOREIGN', 'One piece of the changes alone is no backup.', {
      expected: 'the folder that it lies in',
    });
  }
  const folders = foldersOf(path);
  if (folders.length > 0) return { kind: 'shipped', folders };
  throw new CountersignError('BACKUP_FOREIGN', 'The folder holds no shipped changes of one vault.');
}

function foldersOf(path: string): string[] {
  const names = readdirSync(path);
  if (names.includes(BASE_FILE)) return [path];
  const owned = names.filter((name) => OWN_FOLDER.test(name));
  if (owned.length > 1) {
    throw new CountersignError('BACKUP_FOREIGN', 'The folder holds the changes of several vaults.', {
      expected: 'the folder of one of them',
    });
  }
  return chainFolders(owned.length === 1 ? join(path, owned[0]!) : path);
}

/** What is restored: a whole vault, segments over it, and the record it ends with where one was asked for. */
export interface Plan {
  readonly base: Container;
  readonly segments: readonly Container[];
  /** Inside the last segment, where it does not end with that very record. */
  readonly record: number | undefined;
}

/** Throws `BACKUP_RECORD_UNREACHABLE` with the nearest records where none of it has that record. */
export function planRestore(source: Source, record: number | undefined): Plan {
  if (source.kind === 'file') {
    const held = source.file.manifest.record;
    if (record !== undefined && record !== held) throw unreachableRecord(record, held, undefined);
    return { base: source.file, segments: [], record: undefined };
  }
  const folders = [...source.folders].reverse();
  if (record === undefined) {
    const { base, segments } = readChain(folders[0]!);
    return { base, segments, record };
  }
  let after: number | undefined;
  for (const folder of folders) {
    const { base, segments, last } = readChain(folder);
    if (record < base.manifest.record) {
      after = base.manifest.record;
      continue;
    }
    if (record > last.manifest.record) throw unreachableRecord(record, last.manifest.record, after);
    return upTo(record, base, segments);
  }
  throw unreachableRecord(record, undefined, after);
}

/** The shortest way to a record, which ends with the first container that has it. */
function upTo(record: number, base: Container, segments: readonly Container[]): Plan {
  if (base.manifest.record === record) return { base, segments: [], record: undefined };
  const end = segments.findIndex(({ manifest }) => manifest.record >= record);
  const isExact = segments[end]!.manifest.record === record;
  return { base, segments: segments.slice(0, end + 1), record: isExact ? undefined : record };
}

export function unreachableRecord(
  record: number,
  before: number | undefined,
  after: number | undefined,
): CountersignError {
  return new CountersignError(
    'BACKUP_RECORD_UNREACHABLE',
    'The backup cannot be restored to exactly that record.',
    {
      actual: `record ${record}`,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  );
}

const markSchema = z.strictObject({
  /** MAC of the last manifest when the vault was closed. */
  manifest: z.string(),
  sizeBytes: z.string(),
  mtimeNs: z.string(),
  inode: z.string(),
  mac: z.string(),
});

/** Says that the vault was closed with everything shipped, and how its database lay there then. */
export type ClosedMark = Omit<z.infer<typeof markSchema>, 'mac'>;

const markMac = (mark: ClosedMark, key: Uint8Array) =>
  createHmac('sha256', key)
    .update(canonicalJsonBytes({ mark: 'closed', ...mark }))
    .digest();

export function writeClosedMark(path: string, mark: ClosedMark, key: Uint8Array): void {
  const draft = `${path}.part`;
  writeFileSync(draft, JSON.stringify({ ...mark, mac: markMac(mark, key).toString('hex') }), { mode: 0o600 });
  renameSync(draft, path);
}

/** The mark, where there is one that this vault wrote. */
export function readClosedMark(path: string, key: Uint8Array): ClosedMark | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  const parsed = markSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { mac, ...mark } = parsed.data;
  const given = Buffer.from(mac, 'hex');
  const right = markMac(mark, key);
  return given.length === right.length && timingSafeEqual(given, right) ? mark : undefined;
}
