/** What the rooms above hand in, and what a connector is. */
import type { MessageAnswer } from '../../contract/connectors.ts';
import type { Caller } from '../base/index.ts';
import type { InstantMessage } from '../messages/index.ts';

/** What the road made of one message. */
export interface RoadOutcome {
  readonly messageNumber: bigint;
  /** `duplicate`: the same message was taken before, and this is what became of it then. */
  readonly result: 'taken' | 'duplicate';
  readonly received: number;
  readonly prePosted: number;
  readonly cleared: number;
  readonly reopened: number;
  readonly held: number;
  readonly rail: string | null;
  readonly valueMinor: readonly {
    readonly currency: string;
    readonly amountMinor: bigint;
    readonly matchedMinor: bigint;
    /** Where that is not the message's own. */
    readonly rail?: string | null;
  }[];
}

/** The road of one message, from rows to audit record. Synchronous, inside the caller's transaction. */
export interface InstantRoad {
  take(
    taking: {
      readonly message: InstantMessage;
      readonly raw: Uint8Array;
      readonly source: string;
      readonly receivedAtMs: number;
    },
    caller: Caller,
  ): RoadOutcome;
}

/** One message on its way in. */
export interface Submission {
  readonly bytes: Uint8Array;
  /** Who brings it, such as `connector-3`: delivery ids are unique within it. */
  readonly source: string;
  /** The sender's own id of this delivery, where it has one. */
  readonly deliveryId?: string | undefined;
  readonly caller: Caller;
}

/** Settles once the message lies in the vault: as itself or on the dead-letter list. */
export type Submit = (submission: Submission) => Promise<MessageAnswer>;

/** What a connector is given to work with. */
export interface ConnectorControl {
  readonly submit: (message: {
    readonly bytes: Uint8Array;
    readonly deliveryId?: string | undefined;
  }) => Promise<MessageAnswer>;
  /** A whole statement file, for the ordinary import. */
  readonly importFile: (file: WholeFile) => ReturnType<ImportFile>;
  /** Notes that something was turned away, for the list of connectors. Never a name or an account number. */
  problem(code: string, what: string): void;
  /** What it is bound to or waits for. */
  state(state: 'running' | 'waiting' | 'failed', facts?: { code?: string; address?: string }): void;
}

/** Takes a whole file in by the ordinary import; a refusal is an answer. */
export type ImportFile = (
  file: WholeFile,
  caller: Caller,
) => Promise<{ readonly outcome: 'imported' | 'duplicate' | 'refused'; readonly code?: string | undefined }>;

export interface WholeFile {
  readonly fileName: string;
  readonly source: AsyncIterable<Uint8Array>;
  readonly sizeBytes: number;
}

/** One way in. It acknowledges a message only after the vault has committed it. */
export interface Connector {
  /** Throws where it cannot work at all: a folder that is missing, a port that is taken. */
  start(): Promise<void>;
  /** Settles when nothing of it runs any more. What it had not acknowledged stays with the sender. */
  stop(): Promise<void>;
}
