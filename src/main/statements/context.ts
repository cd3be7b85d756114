/** What the room is given, and what its files share. */
import type { MatchStatus } from '../../contract/statements.ts';
import type { Runtime } from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import type { StatementsStore } from './store.ts';

/** What reconciliation knows of transactions; the engine hands it in, since statements imports no desk. */
export interface MatchStatusReader {
  /** The status of each id; one that is left out is unmatched. */
  statusOf(transactionIds: readonly bigint[]): ReadonlyMap<bigint, MatchStatus>;
}

/** The files that statements came in; the engine hands in what intake keeps of them. */
export interface MessageFiles {
  /** The file's name as the person gave it; null where it was erased. */
  fileName(importId: bigint): string | null;
  receivedAtMs(importId: bigint): number;
  encoding(importId: bigint): string | null;
  /**
   * The bytes of a stretch of the file, as it was given; shorter where the file ends before.
   * Errors: STATEMENT_SOURCE_ERASED.
   */
  bytes(importId: bigint, start: number, end: number): Buffer;
}

/** The message that told of a payment which came by itself. */
export interface SingleMessage {
  /** What it is called where a file has its name. */
  readonly name: string;
  readonly receivedAtMs: number;
  /** The bytes as they came. Errors: STATEMENT_SOURCE_ERASED. */
  bytes(): Buffer;
}

export interface StatementsOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly ledger: Ledger;
  readonly runtime: Runtime;
  readonly files: MessageFiles;
  /** The message of a payment of a feed; nothing where no single messages come. */
  readonly singleMessage?: (transactionId: bigint) => SingleMessage | undefined;
  readonly matchStatus?: MatchStatusReader;
}

/** What the files of the room share. */
export interface StatementsContext extends Omit<StatementsOptions, 'matchStatus'> {
  readonly store: StatementsStore;
  readonly matchStatus: MatchStatusReader;
}
