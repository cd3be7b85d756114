/** What the parse worker and its caller say to each other. Both sides look ahead by a bounded amount. */
import type { ErrorCode } from '../../contract/errors.ts';
import type { ErrorDetails } from '../base/index.ts';
import type { PackedEvent } from './packing.ts';
import type { ParseEvent } from './types.ts';

/** Bytes that are sent ahead of what the worker has parsed. */
export const AHEAD_BYTES = 2_097_152;
/** Batches of events that the worker sends ahead of what the caller has taken. */
export const AHEAD_BATCHES = 4;

export interface ParseWorkerData {
  readonly fileName: string;
  /** Transactions are sent packed. */
  readonly packed: boolean;
}

export type ToWorker =
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  /** One batch of events was taken. */
  | { readonly kind: 'taken' };

export type FromWorker =
  | { readonly kind: 'events'; readonly events: readonly (ParseEvent | PackedEvent)[] }
  /** A chunk of so many bytes was parsed and all it yielded was sent. */
  | { readonly kind: 'parsed'; readonly bytes: number }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails;
    }
  | { readonly kind: 'failed'; readonly message: string };
