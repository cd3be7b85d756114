import { randomBytes } from 'node:crypto';
import { ftruncateSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CountersignError } from '../base/index.ts';
import { type Connection, openConnection, type ReaderKey } from '../vault/index.ts';
import {
  BASE_FILE,
  type Chain,
  CLOSED_FILE,
  isAuthentic,
  makeChainFolder,
  ownFolder,
  readClosedMark,
  segmentName,
  sweepChains,
  sweepParts,
} from './chain.ts';
import {
  BODY_START,
  type LogPosition,
  type Manifest,
  type ManifestContent,
  writeAll,
  writeContainer,
} from './container.ts';
import { LiveLog, type Moment } from './log-reader.ts';
import { applyLog, copyPages } from './pages.ts';
import { type Frames, followsOn, PAGE_BYTES, positionAfter } from './wal.ts';

/** Frames of the log after which it is asked to start over. Far fewer than the checkpointer minds. */
const RESTART_FRAMES = 4_000;
/** Frames that are at most taken into memory while the writer is held. */
const MOST_HELD_FRAMES = 1_000;
/** A target that is away for so long that this many frames wait is given up: a new base follows later. */
const MOST_BEHIND_FRAMES = 32_000;
const CHAIN_ID_BYTES = 16;
/** Longest wait for a moment in which no one writes. */
const WRITER_WAIT_MS = 200;
/** Changes beyond this, and beyond the size of their base, are folded into a new base. */
const LEAST_FOLDED_BYTES = 64 * 1024 * 1024;

export interface FollowerParts {
  readonly key: ReaderKey;
  /** The folder that a person named. */
  readonly folder: string;
  readonly macKey: Uint8Array;
  readonly nowMs: () => number;
  /** Called between two stretches of a base, so that changes travel on meanwhile. */
  readonly between?: () => void;
}

/** Where a chain stands. */
interface Standing {
  readonly folder: string;
  readonly chain: string;
  manifest: Manifest;
  position: LogPosition;
  baseBytes: number;
  segmentBytes: number;
}

/** Frames that were read from the log and do not lie in the folder yet. */
interface Waiting {
  readonly frames: Frames;
  readonly moment: Moment;
  readonly from: LogPosition;
}

export interface Shipped {
  readonly record: number;
  /** Frames that are committed and not shipped. */
  readonly behind: number;
}

/**
 * Follows the log of an open vault and ships what is committed, see docs/decisions/0044. It blocks
 * its thread. At every moment one of its readers holds what is not shipped yet.
 */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #log: LiveLog;
  #held: Connection;
  #spare: Connection;
  readonly #writer: Connection;
  /**
   * Not closed before the thread ends: closing any handle of a file drops the locks that this process
   * has on it, and the thread ends when the vault is about to be closed.
   */
  #database: number | undefined;
  #standing: Standing | undefined;
  /** Taken out of the log while the writer was held, and not written yet. */
  #waiting: Waiting | undefined;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#log = new LiveLog(parts.key);
    this.#held = this.#log.openReader();
    this.#spare = this.#log.openReader();
    this.#writer = openConnection({ path: parts.key.path, fileKey: parts.key.fileKey });
    this.#writer.pragma(`busy_timeout = ${WRITER_WAIT_MS}`);
  }

  /** Goes on with the newest chain of the folder where nothing was lost since; answers whether it can. */
  resume(newest: Chain | undefined): boolean {
    const moment = this.#log.hold(this.#held);
    if (newest === undefined || moment === undefined) return false;
    const last = newest.last.manifest;
    const header = this.#log.header();
    if (last.vaultId !== this.#parts.key.vaultId || last.generation !== header.generation) return false;
    const position = this.#continues(newest, moment);
    if (position === undefined || !isAuthentic(newest, this.#parts.macKey)) return false;
    this.#standing = {
      folder: newest.folder,
      chain: newest.chain,
      manifest: last,
      position,
      baseBytes: newest.base.sizeBytes,
      segmentBytes: newest.segmentBytes,
    };
    sweepParts(newest.folder);
    return true;
  }

  #continues(newest: Chain, moment: Moment): LogPosition | undefined {
    const last = newest.last.manifest;
    const known = last.log;
    if (known !== null && known.salts !== '' && known.salts === moment.salts) {
      if (known.frames > moment.frames) return undefined;
      // The log may have lost its end with the power, and other frames stand there now.
      const same =
        known.frames === 0 || this.#log.read(known.frames - 1, known.frames).headerOf(0) === known.last;
      return same ? known : undefined;
    }
    const mark = readClosedMark(join(newest.folder, CLOSED_FILE), this.#parts.macKey);
    const stat = statSync(this.#log.path, { bigint: true });
    const untouched =
      mark !== undefined &&
      mark.manifest === last.mac &&
      mark.sizeBytes === String(stat.size) &&
      mark.mtimeNs === String(stat.mtimeNs) &&
      mark.inode === String(stat.ino);
    return untouched ? { salts: moment.salts, frames: 0, last: '' } : undefined;
  }

  /** Ships what is committed, after a new base where there is none to go on from. */
  ship(): Shipped {
    if (this.#standing === undefined || this.#isLong(this.#standing)) this.#begin();
    this.#shipAll();
    if (this.#standing!.position.frames > RESTART_FRAMES) this.#startOver();
    return { record: this.#standing!.manifest.record, behind: this.behind() };
  }

  /** Frames that are committed and not shipped. */
  behind(): number {
    const standing = this.#standing;
    if (standing === undefined) return 0;
    const frames = this.#log.frames();
    return frames >= standing.position.frames ? frames - standing.position.frames : frames;
  }

  /** After a failure: lets the log of the vault go where the target has been away for too long. */
  failed(): void {
    if (this.#standing === undefined || this.behind() > MOST_BEHIND_FRAMES) this.#letGo();
  }

  /** Gives up the chain, so that the log of the vault does not grow for ever. */
  #letGo(): void {
    this.#standing = undefined;
    this.#waiting = undefined;
    release(this.#held);
    release(this.#spare);
  }

  #isLong({ baseBytes, segmentBytes }: Standing): boolean {
    return segmentBytes > Math.max(LEAST_FOLDED_BYTES, baseBytes);
  }

  #shipAll(): void {
    for (;;) {
      if (this.#waiting !== undefined) this.#write(this.#waiting);
      this.#waiting = undefined;
      const moment = this.#log.hold(this.#spare);
      if (moment === undefined) return;
      const taken = this.#take(moment);
      this.#write(taken);
      this.#swap();
      // While a large stretch was written, more may have come.
      if (taken.frames.count < MOST_HELD_FRAMES) return;
    }
  }

  /** The spare reader, which holds what comes next, is the one that counts now. */
  #swap(): void {
    [this.#held, this.#spare] = [this.#spare, this.#held];
    release(this.#spare);
  }

  /** The frames between where the chain stands and a moment. */
  #take(moment: Moment): Waiting {
    const { position } = this.#standing!;
    if (moment.salts === position.salts) {
      const frames = this.#log.read(position.frames, moment.frames);
      return { frames, moment, from: position };
    }
    if (!followsOn(position.salts, moment.salts)) {
      this.#letGo();
      throw new CountersignError('BACKUP_GAP', 'The log began anew behind the back of the shipping.');
    }
    return {
      frames: this.#log.read(0, moment.frames),
      moment,
      from: { salts: moment.salts, frames: 0, last: '' },
    };
  }

  #write({ frames, from, moment }: Waiting): void {
    const standing = this.#standing!;
    const position = positionAfter(from, frames);
    if (frames.count > 0) {
      if (!frames.isWhole()) throw new CountersignError('BACKUP_GAP', 'The log does not end with a commit.');
      const before = standing.manifest;
      const header = this.#log.header();
      const sequence = before.sequence + 1;
      standing.manifest = writeContainer({
        path: join(standing.folder, segmentName(sequence)),
        writeBody: (handle) => {
          writeAll(handle, frames.bytes, BODY_START);
          return frames.bytes.length;
        },
        header: header.text,
        key: this.#parts.macKey,
        content: () => ({
          ...this.#content('segment', header.generation),
          record: moment.record,
          leaf: moment.leaf,
          pages: frames.pagesAfterCommit(frames.count - 1),
          chain: standing.chain,
          sequence,
          previous: before.mac,
          log: position,
        }),
      });
      standing.segmentBytes += frames.bytes.length;
    }
    standing.position = position;
  }

  #content(
    kind: 'base' | 'segment',
    generation: number,
  ): Pick<ManifestContent, 'kind' | 'vaultId' | 'generation' | 'createdAtMs'> {
    return { kind, vaultId: this.#parts.key.vaultId, generation, createdAtMs: this.#parts.nowMs() };
  }

  /** Lets the log begin anew: with the writer held for a moment, all of it is shipped and in the database. */
  #startOver(): void {
    this.#log.checkpoint();
    this.#shipAll();
    this.#log.checkpoint();
    try {
      this.#writer.exec('BEGIN IMMEDIATE');
    } catch {
      // A busy desk goes first; the next time comes soon.
      return;
    }
    try {
      this.#takeRest();
    } finally {
      this.#writer.exec('ROLLBACK');
    }
    this.#shipAll();
  }

  /** With the writer held: what is left goes to memory, so that no reader needs the log any more. */
  #takeRest(): void {
    const moment = this.#log.hold(this.#spare);
    if (moment === undefined) return;
    const taken = this.#take(moment);
    if (taken.frames.count > MOST_HELD_FRAMES) return;
    this.#waiting = taken;
    release(this.#held);
    // A reader that finds all of the log in the database does not keep it from starting over.
    if (this.#log.checkpoint() && this.#log.hold(this.#held) !== undefined) release(this.#spare);
    else this.#swap();
  }

  /** Writes a base: the database as it lies there, and over it every frame of the log. */
  #begin(): void {
    const { key, folder, macKey, nowMs } = this.#parts;
    const header = this.#log.header();
    const chain = randomBytes(CHAIN_ID_BYTES).toString('hex');
    const place = makeChainFolder(ownFolder(folder, key.vaultId), nowMs(), chain);
    // A reader of its own: the others go on holding what the chain before needs.
    const keeper = this.#log.openReader();
    let moment: Moment | undefined;
    let pages = 0;
    try {
      if (this.#log.hold(keeper) === undefined) throw busy();
      const manifest = writeContainer({
        path: join(place, BASE_FILE),
        header: header.text,
        key: macKey,
        writeBody: (handle) => {
          this.#database ??= openSync(this.#log.path, 'r');
          const copied = copyPages(this.#database, handle, () => {
            if (this.#standing !== undefined) this.#parts.between?.();
          });
          moment = this.#log.hold(this.#spare);
          if (moment === undefined) throw busy();
          pages = applyLog(this.#log, handle, moment.frames) ?? copied / PAGE_BYTES;
          ftruncateSync(handle, BODY_START + pages * PAGE_BYTES);
          return pages * PAGE_BYTES;
        },
        content: () => ({
          ...this.#content('base', header.generation),
          record: moment!.record,
          leaf: moment!.leaf,
          pages,
          chain,
          sequence: 0,
          previous: null,
          log: this.#positionAt(moment!),
        }),
      });
      this.#swap();
      const baseBytes = manifest.body.bytes;
      this.#standing = {
        folder: place,
        chain,
        manifest,
        position: manifest.log!,
        baseBytes,
        segmentBytes: 0,
      };
      this.#waiting = undefined;
    } catch (error) {
      rmSync(place, { recursive: true, force: true });
      throw error;
    } finally {
      keeper.close();
    }
    sweepChains(ownFolder(folder, key.vaultId), place);
  }

  #positionAt({ salts, frames }: Moment): LogPosition {
    const last = frames === 0 ? '' : this.#log.read(frames - 1, frames).headerOf(0);
    return { salts, frames, last };
  }

  /** Ships what the chain that stands lacks, while a new base is being written. */
  shipBetween(): void {
    if (this.#standing !== undefined) this.#shipAll();
  }

  /** What the folder holds: for the mark that says the vault was closed with everything shipped. */
  standing(): { folder: string; mac: string; position: LogPosition } | undefined {
    const standing = this.#standing;
    if (standing === undefined || this.#waiting !== undefined) return undefined;
    return { folder: standing.folder, mac: standing.manifest.mac, position: standing.position };
  }

  close(): void {
    for (const connection of [this.#held, this.#spare, this.#writer]) connection.close();
    this.#log.close();
  }
}

function release(reader: Connection): void {
  if (reader.inTransaction) reader.exec('ROLLBACK');
}

function busy(): CountersignError {
  return new CountersignError(
    'BACKUP_UNDER_WAY',
    'The vault was written to without a gap; it is tried again.',
  );
}
