/** What the room is given, and what an import is asked with. */
import type { Recorder } from '../audit/index.ts';
import type { Logger, Metrics, Runtime } from '../base/index.ts';
import type { Receivables } from '../receivables/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Statements } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import type { IntakeStore } from './store.ts';

/** A person takes a statement in although it does not add up, and says why. */
export interface AcceptedDifference {
  readonly reason: string;
  /** Hex SHA-256 of the file that this is said of. */
  readonly sha256: string;
}

export interface ImportRequest {
  /** The name as the person gave it; it never decides the type. */
  readonly fileName: string;
  readonly source: AsyncIterable<Uint8Array>;
  readonly sizeBytes?: number | null;
  readonly acceptDifference?: AcceptedDifference | undefined;
}

/** Opens what is sealed in a list on its way in; every other file passes as it is. */
export type OpenCells = (source: AsyncIterable<Uint8Array>, fileName: string) => AsyncIterable<Uint8Array>;

export interface ImportContext {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Recorder;
  readonly runtime: Runtime;
  readonly statements: Statements;
  readonly receivables: Receivables;
  readonly store: IntakeStore;
  readonly log: Logger;
  readonly openCells?: OpenCells;
  readonly metrics?: Metrics;
}

/** What an import reports while it runs. */
export interface ImportWatch {
  readonly signal: AbortSignal;
  progress(stage: 'reading' | 'posting' | 'discarding', receivedBytes: number): void;
}
