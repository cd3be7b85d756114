/**
 * A watched folder: one file a message, or a whole statement for the ordinary import. Senders write under
 * a name that begins with a dot or ends with `.tmp` or `.part`, and rename when they are done; who writes
 * in place is waited for until the file stands still and looks whole.
 */
import { constants, type Stats } from 'node:fs';
import { access, type FileHandle, lstat, mkdir, open, opendir, rename } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type MessageAnswer, MOST_MESSAGE_BYTES } from '../../contract/connectors.ts';
import { CountersignError, isCountersignError, type Runtime } from '../base/index.ts';
import { looksWhole } from './complete.ts';
import type { Connector, ConnectorControl } from './types.ts';

export interface FolderOptions {
  readonly folder: string;
  readonly everyMs: number;
  readonly runtime: Runtime;
  /** Whether a file is one single message; every other goes to the ordinary import. */
  isMessage(head: Uint8Array, sizeBytes: number): boolean;
}

const DONE = 'done';
const FAILED = 'failed';
/** Files that one look takes note of, so that a folder of any size needs little memory. */
const MOST_A_LOOK = 1_000;
/** Files that wait for the queue at a time. */
const AT_ONCE = 64;
/** A file that stands still but does not look whole is taken as it is after this long. */
const PATIENCE_MS = 10_000;
const HEAD_BYTES = 8_192;
/** How long nothing is tried while the queue is full. */
const HOLD_MS = 200;

const isUnfinished = (name: string) => name.startsWith('.') || /\.(tmp|part|partial|filepart)$/i.test(name);

/** Makes `done` and `failed` where they are missing. Errors: `CONNECTOR_FOLDER_UNFIT`. */
export async function requireFolder(folder: string): Promise<void> {
  const unfit = (expected: string) =>
    new CountersignError('CONNECTOR_FOLDER_UNFIT', 'The folder cannot be watched.', { expected });
  if (!isAbsolute(folder)) throw unfit('an absolute path');
  const stats = await lstat(folder).catch(() => undefined);
  if (stats === undefined || !stats.isDirectory()) throw unfit('a folder that exists, and no link to one');
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const name of [DONE, FAILED]) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  } catch {
    throw unfit('a folder that may be read and written');
  }
}

/** Errors: `CONNECTOR_FOLDER_UNFIT` from `start`. */
export function createFolderConnector(options: FolderOptions, control: ConnectorControl): Connector {
  const { folder, everyMs, runtime } = options;
  let stopped = true;
  let running: Promise<void> = Promise.resolve();
  const sleepers = new Set<() => void>();
  /** Size and time of files that did not look whole when they were last seen. */
  const seen = new Map<string, { size: number; mtimeMs: number; sinceMs: number }>();
  /** What was told of already: a symbolic link is no news at each look. */
  const told = new Set<string>();
  /** Files that could not be moved away: they were taken, and are not brought again at each look. */
  const stuck = new Set<string>();

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      if (stopped) return resolve();
      const end = () => {
        cancel();
        sleepers.delete(end);
        resolve();
      };
      const cancel = runtime.schedule(ms, end);
      sleepers.add(end);
    });

  async function watch(): Promise<void> {
    while (!stopped) {
      let more = false;
      try {
        more = await lookOnce();
        control.state('running', { address: folder });
      } catch {
        // The folder has gone, or a disk is away for a while: it is looked for again.
        control.state('waiting', { code: 'CONNECTOR_FOLDER_UNFIT' });
      }
      if (!more) await sleep(everyMs);
    }
  }

  /** Takes what is there; true where there may be more than one look takes note of. */
  async function lookOnce(): Promise<boolean> {
    const names: string[] = [];
    const present = new Set<string>();
    for await (const entry of await opendir(folder)) {
      if (stopped) return false;
      if (entry.isDirectory() || isUnfinished(entry.name) || stuck.has(entry.name)) continue;
      if (!entry.isFile()) {
        tellOnce(entry.name);
        continue;
      }
      if (seen.has(entry.name)) present.add(entry.name);
      names.push(entry.name);
      if (names.length >= MOST_A_LOOK) break;
    }
    if (names.length < MOST_A_LOOK) for (const name of seen.keys()) if (!present.has(name)) seen.delete(name);
    names.sort();
    let moved = 0;
    const next = names.values();
    const worker = async () => {
      for (const name of next) {
        if (stopped) return;
        if (await takeFile(name)) moved += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return moved > 0 && names.length >= MOST_A_LOOK;
  }

  function tellOnce(name: string): void {
    if (told.has(name) || told.size > MOST_A_LOOK) return;
    told.add(name);
    control.problem('CONNECTOR_FILE_REFUSED', name);
  }

  /** True where the file has left the folder. */
  async function takeFile(name: string): Promise<boolean> {
    const path = join(folder, name);
    let handle: FileHandle;
    try {
      // A link that was put in the file's place since is not followed, and a pipe not waited for.
      handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') tellOnce(name);
      return false;
    }
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) {
        tellOnce(name);
        return false;
      }
      return await takeOpened(name, handle, stats);
    } finally {
      await handle.close();
    }
  }

  async function takeOpened(name: string, handle: FileHandle, stats: Stats): Promise<boolean> {
    const head = Buffer.alloc(Math.min(HEAD_BYTES, stats.size));
    await handle.read(head, 0, head.length, 0);
    if (!options.isMessage(head, stats.size)) return takeStatement(name, handle, stats);
    if (stats.size > MOST_MESSAGE_BYTES) {
      control.problem('CONNECTOR_MESSAGE_TOO_LARGE', name);
      return move(name, FAILED);
    }
    const bytes = Buffer.alloc(stats.size);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    const after = await handle.stat();
    const isStill = bytesRead === stats.size && after.size === stats.size && after.mtimeMs === stats.mtimeMs;
    if (!isStill || (!looksWhole(bytes) && !isGivenUp(name, stats))) return false;
    const answer = await submit(bytes);
    if (answer === undefined) return false;
    seen.delete(name);
    return move(name, answer.result === 'dead-lettered' ? FAILED : DONE);
  }

  /** Whether a file that does not look whole has stood still for so long that nobody writes to it. */
  function isGivenUp(name: string, { size, mtimeMs }: Pick<Stats, 'size' | 'mtimeMs'>): boolean {
    const nowMs = runtime.monotonicMs();
    const before = seen.get(name);
    if (before === undefined || before.size !== size || before.mtimeMs !== mtimeMs) {
      seen.set(name, { size, mtimeMs, sinceMs: nowMs });
      return false;
    }
    return nowMs - before.sinceMs >= PATIENCE_MS;
  }

  /** Waits while the queue is full; `undefined` where the message stays where it is. */
  async function submit(bytes: Uint8Array): Promise<MessageAnswer | undefined> {
    while (!stopped) {
      try {
        return await control.submit({ bytes });
      } catch (error) {
        if (!isCountersignError(error)) throw error;
        if (error.code === 'CONNECTOR_STOPPED') return undefined;
        control.state('waiting', { code: error.code });
        await sleep(HOLD_MS);
      }
    }
    return undefined;
  }

  async function takeStatement(name: string, handle: FileHandle, stats: Stats): Promise<boolean> {
    // Whole statements say nothing of their end that could be told cheaply: they must stand still for a look.
    if (!hasStoodStill(name, stats)) return false;
    const source = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 * 1_024 });
    const result = await control.importFile({ fileName: name, source, sizeBytes: stats.size });
    if (result.code === 'CANCELLED') return false;
    seen.delete(name);
    if (result.outcome === 'refused') control.problem(result.code ?? 'CONNECTOR_FILE_REFUSED', name);
    return move(name, result.outcome === 'refused' ? FAILED : DONE);
  }

  function hasStoodStill(name: string, { size, mtimeMs }: Stats): boolean {
    const before = seen.get(name);
    if (before?.size === size && before.mtimeMs === mtimeMs) return size > 0;
    seen.set(name, { size, mtimeMs, sinceMs: runtime.monotonicMs() });
    return false;
  }

  /** Out of the folder, under a name that nothing carries there yet. */
  async function move(name: string, into: typeof DONE | typeof FAILED): Promise<boolean> {
    for (let n = 0; ; n += 1) {
      const target = join(folder, into, n === 0 ? name : `${name}.${n}`);
      if ((await lstat(target).catch(() => undefined)) !== undefined) continue;
      try {
        await rename(join(folder, name), target);
        return true;
      } catch {
        // It stays, and is known when it is brought again after a restart.
        stuck.add(name);
        tellOnce(name);
        return false;
      }
    }
  }

  return {
    async start() {
      await requireFolder(folder);
      stopped = false;
      control.state('running', { address: folder });
      running = watch();
    },
    async stop() {
      stopped = true;
      for (const end of sleepers) end();
      await running;
    },
  };
}
