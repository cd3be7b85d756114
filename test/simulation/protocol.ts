import type { Operation } from './plan.ts';

/** Kills its own process with SIGKILL at the `count`th write of SQL: just before or just after it. */
export interface CrashPoint {
  readonly when: 'before' | 'after';
  readonly count: number;
}

/** How time goes in one life of a child. */
export interface ChildClock {
  /** Off the wall clock by this much: between two lives time may jump either way. */
  readonly offsetMs: number;
  /** Whether every piece of work seems to take long, so that batches shrink to their least. */
  readonly slow: boolean;
}

export interface VaultPlace {
  readonly key: number;
  readonly directory: string;
}

export type ToChild =
  | {
      readonly type: 'open';
      readonly id: number;
      readonly vaults: readonly VaultPlace[];
      readonly clock: ChildClock;
      readonly crash?: CrashPoint;
    }
  | {
      readonly type: 'operation';
      readonly key: number;
      readonly id: number;
      readonly operation: Operation;
      readonly bytes?: Buffer;
      /** Armed as the operation starts, where it is to be cut off for certain. */
      readonly crash?: CrashPoint;
    }
  /** `heads` are sequence numbers of records seen before, whose leaves are to be read again. */
  | {
      readonly type: 'dump';
      readonly key: number;
      readonly id: number;
      readonly heads: readonly bigint[];
      readonly verify: boolean;
      /** Waits until no rotation runs. */
      readonly atRest: boolean;
    }
  /** Restores a backup to a new folder and reads the restored vault. */
  | {
      readonly type: 'restore';
      readonly key: number;
      readonly id: number;
      readonly source: string;
      readonly heads: readonly bigint[];
      /** How far between the first and the last record of the source, in thousandths; the last without it. */
      readonly perMille?: number;
    }
  | { readonly type: 'close' };

/** What became of an operation. Errors carry their code alone. */
export type Outcome =
  | { readonly ok: true; readonly value: OperationValue }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** A person's decision as it was made, once the queue's place was looked up. */
export interface Decision {
  readonly what: 'confirm' | 'reject' | 'undo';
  readonly transactionId: string;
  /** Key of the bank transaction's match line. */
  readonly line: string;
  /** Invoice number and amount of what was confirmed. */
  readonly items: readonly { invoiceNumber: string; allocated: string }[];
}

export type OperationValue =
  | { readonly kind: 'import'; readonly outcome: string; readonly code?: string }
  | { readonly kind: 'match' | 'cancelled' | 'nothing' }
  | { readonly kind: 'post'; readonly repeated: readonly boolean[] }
  | { readonly kind: 'decided'; readonly status: string }
  | { readonly kind: 'evidence' }
  | { readonly kind: 'holds'; readonly title: string; readonly holds: number }
  | { readonly kind: 'compromised'; readonly keyId: string }
  | { readonly kind: 'resolved'; readonly id: string }
  | { readonly kind: 'backup' | 'shipped'; readonly source: string };

/** The log's head: a later state must hold it unchanged. */
export interface Head {
  readonly seq: bigint;
  readonly leaf: string;
}

/** All that the laws are checked on, read through the contract. */
export interface Dump {
  /** Null where it was not asked for. */
  readonly verified: boolean | null;
  readonly findings: readonly string[];
  readonly head: Head | null;
  /** Leaves of the records asked for, by sequence number. */
  readonly leaves: ReadonlyMap<bigint, string>;
  /** Imports that neither ended nor were given up. */
  readonly unfinishedImports: number;
  readonly customers: number;
  readonly items: readonly {
    number: string;
    kind: string;
    currency: string;
    amountMinor: bigint;
    openMinor: bigint;
  }[];
  readonly statements: readonly {
    fileName: string;
    type: string;
    bankAccountId: string;
    closingMinor: bigint | null;
    closingDate: string | null;
    transactions: number;
  }[];
  readonly bankAccounts: readonly {
    id: string;
    currency: string;
    ledgerMinor: bigint;
    bankMinor: bigint | null;
    differenceMinor: bigint | null;
  }[];
  readonly lines: readonly DumpLine[];
  readonly trial: readonly { code: string; name: string; currency: string; balanceMinor: bigint }[];
  readonly vault: VaultDump;
  readonly manual: readonly { id: string; postings: readonly { code: string; amountMinor: bigint }[] }[];
}

/** What is read of keys, evidence, incidents and the heartbeat. */
export interface VaultDump {
  /** `readHash` is that of the content, where it was read. */
  readonly evidence: readonly {
    title: string;
    holds: number;
    contentHash: string;
    readHash: string | null;
  }[];
  /** What is wrong with sealed values. */
  readonly values: readonly string[];
  readonly keys: readonly { id: string; type: string; state: string; line: string; protects: number }[];
  readonly rotations: readonly { id: number; state: string }[];
  readonly resolved: readonly string[];
  /** What is wrong with the chain. */
  readonly heartbeat: readonly string[];
}

export interface DumpLine {
  readonly id: string;
  readonly key: string;
  readonly direction: 'credit' | 'debit';
  readonly amount: string;
  readonly currency: string;
  readonly status: string;
  readonly items: readonly { invoiceNumber: string; allocated: string }[];
}

export type FromChild =
  | { readonly type: 'ready' }
  | { readonly type: 'opened'; readonly id: number; readonly writes: number }
  | { readonly type: 'intent'; readonly key: number; readonly id: number; readonly decision: Decision }
  | {
      readonly type: 'done';
      readonly key: number;
      readonly id: number;
      readonly outcome: Outcome;
      readonly head: Head | null;
      readonly writes: number;
    }
  | { readonly type: 'dump'; readonly key: number; readonly id: number; readonly dump: Dump }
  /** `record` is the last one of what was restored. */
  | {
      readonly type: 'restore';
      readonly key: number;
      readonly id: number;
      readonly record: bigint;
      readonly dump: Dump;
    }
  | { readonly type: 'fault'; readonly message: string }
  | { readonly type: 'closed'; readonly writes: number };
