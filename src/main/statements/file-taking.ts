/** How a desk takes a file in that intake reads: gathered, written in batches, and made to count at the end. */
import type { BatchProof } from '../ledger/index.ts';
import type { PackedEvent } from '../messages/index.ts';

/** How a file of statements came out, for the import's record and its answer. */
export interface TakingConclusion {
  readonly outcome: 'imported' | 'duplicate';
  readonly statements: number;
  readonly transactions: number;
  readonly warnings: readonly string[];
  readonly subjects: readonly { readonly kind: string; readonly id: string }[];
  /** Breaks that opened and closed. */
  readonly breaks: readonly { readonly action: 'open' | 'close'; readonly kind: string }[];
  /** What the audit record says of it. */
  readonly detail: {
    readonly [key: string]:
      | string
      | number
      | null
      | readonly { readonly [key: string]: string | number | null }[];
  };
}

/** Takes one file in. `accept` gathers, `flush` writes, `conclude` and `publish` make it count. */
export interface FileTaking {
  /** Takes an event of the parser. Errors: whatever refuses the file. */
  accept(event: PackedEvent): void;
  /** Rows that wait to be written. */
  pendingRows(): number;
  /** Writes up to `maxRows` of them. In a vault transaction. */
  flush(maxRows: number): void;
  /** Takes away what was written and turned out to be known already; each step in a transaction. */
  clean(): Generator<void, void, void>;
  /** In the publishing transaction, once nothing is pending: settles the books. */
  conclude(): TakingConclusion;
  /** In the same transaction: from now on the file counts, under this audit record. */
  publish(record: bigint): void;
  /** Roots over what the ledger holds of the file, for the audit record; to be asked after `conclude`. */
  journal(): readonly BatchProof[];
}
