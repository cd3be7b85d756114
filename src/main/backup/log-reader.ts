import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CountersignError } from '../base/index.ts';
import {
  type Connection,
  openConnection,
  openReaderFromKey,
  outlineOfHeader,
  type ReaderKey,
} from '../vault/index.ts';
import { readUpTo } from './container.ts';
import { type LogHeadRow, lastRecordOf } from './store.ts';
import { FRAME_BYTES, Frames, frameStart, LOG_HEADER_BYTES, saltsOf } from './wal.ts';

/** The vault as it was at one moment between two commits. */
export interface Moment extends LogHeadRow {
  /** Salts of the log; empty where it has no header yet. */
  readonly salts: string;
  /** Frames of the log that are committed. */
  readonly frames: number;
}

/** How often a moment between two commits is looked for before the next look is left to later. */
const MOST_TRIES = 2_000;

/**
 * Reads the live log from a thread of its own. Whoever holds a read transaction keeps the frames
 * behind it from being written over: SQLite does not begin its log anew while a reader needs it, and
 * where the reader needs none of it, everything is in the database and was shipped before.
 */
export class LiveLog {
  readonly path: string;
  readonly #key: ReaderKey;
  readonly #control: Connection;
  #handle: number | undefined;

  constructor(key: ReaderKey) {
    this.#key = key;
    this.path = key.path;
    this.#control = openConnection({ path: key.path, fileKey: key.fileKey });
    this.#control.pragma('busy_timeout = 100');
  }

  /** A read-only connection, to hold a moment with. */
  openReader(): Connection {
    return openReaderFromKey(this.#key);
  }

  #state(): { salts: string; frames: number } {
    const [row] = this.#control.pragma('wal_checkpoint(NOOP)') as { log: bigint }[];
    return { salts: this.#salts(), frames: Math.max(0, Number(row?.log ?? 0)) };
  }

  #log(): number | undefined {
    const path = `${this.path}-wal`;
    if (this.#handle === undefined && statSync(path, { throwIfNoEntry: false }) !== undefined) {
      this.#handle = openSync(path, 'r');
    }
    return this.#handle;
  }

  #salts(): string {
    const handle = this.#log();
    if (handle === undefined) return '';
    const header = Buffer.alloc(LOG_HEADER_BYTES);
    return saltsOf(header.subarray(0, readUpTo(handle, header, 0)));
  }

  /** Frames that are committed now. */
  frames(): number {
    return this.#state().frames;
  }

  /**
   * Begins a read transaction on `reader` and answers the moment it holds. The log is asked before
   * and after; where both say the same, no commit came between. `undefined` where a writer left no
   * gap all the time.
   */
  hold(reader: Connection): Moment | undefined {
    if (reader.inTransaction) reader.exec('ROLLBACK');
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const before = this.#state();
      reader.exec('BEGIN');
      const head = lastRecordOf(reader);
      const after = this.#state();
      if (before.salts === after.salts && before.frames === after.frames) return { ...after, ...head };
      reader.exec('ROLLBACK');
    }
    return undefined;
  }

  /** Frames from one index up to another, as they stand in the log. */
  read(from: number, to: number): Frames {
    const bytes = Buffer.allocUnsafe((to - from) * FRAME_BYTES);
    const handle = this.#log();
    if (
      bytes.length > 0 &&
      (handle === undefined || readUpTo(handle, bytes, frameStart(from)) < bytes.length)
    ) {
      throw new CountersignError('BACKUP_GAP', 'The log of the vault is shorter than it must be.');
    }
    return new Frames(bytes);
  }

  /** Moves what readers allow into the database; true where that is all of it. */
  checkpoint(): boolean {
    const [row] = this.#control.pragma('wal_checkpoint(PASSIVE)') as {
      busy: bigint;
      log: bigint;
      checkpointed: bigint;
    }[];
    return row !== undefined && row.busy === 0n && row.log === row.checkpointed;
  }

  /** Text of the vault's header. Throws `BACKUP_REKEY_UNDER_WAY` while its keys are being replaced. */
  header(): { text: Buffer; generation: number } {
    return readVaultHeader(dirname(this.path));
  }

  close(): void {
    this.#control.close();
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }
}

/** The header of a vault's folder, for a backup. Throws `BACKUP_REKEY_UNDER_WAY`. */
export function readVaultHeader(directory: string): { text: Buffer; generation: number } {
  const text = readFileSync(join(directory, 'slots.json'));
  const { generation, rekeying } = outlineOfHeader(text.toString('utf8'));
  if (!rekeying) return { text, generation };
  throw new CountersignError(
    'BACKUP_REKEY_UNDER_WAY',
    'The keys of the vault are just being replaced; try again when that is done.',
  );
}
