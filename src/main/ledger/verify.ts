import { Worker } from 'node:worker_threads';
import type { LedgerVerification } from '../../contract/ledger.ts';
import { type Runtime, workerUrl, yieldToLoop } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Breathe, LedgerCheck } from './findings.ts';
import type { VerifyData, VerifyMessage } from './ledger-verify.worker.ts';
import { createVerifyStore } from './store-verify.ts';
import { type AuditReader, checkAuditedRoots } from './verify-audit.ts';
import { checkBooks } from './verify-books.ts';

/** A check of another room that belongs to the laws of the books. */
export type ExtraCheck = () => LedgerCheck | Promise<LedgerCheck>;

export interface VerifyOptions {
  /** Hears how far it is, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
  /** Which thread reads the books; by default the engine's while they are few, else one of their own. */
  readonly thread?: 'engine' | 'worker';
}

/** Books up to this size are read in slices on the engine's thread, sooner than a worker would have started. */
const FEW_ENTRIES = 5_000;

/** Milliseconds after which the event loop gets a turn. One step between two looks stays below thirty. */
const SLICE_MS = 10;

function createBreathe(runtime: Runtime, signal: AbortSignal | undefined): Breathe {
  let startedMs = runtime.monotonicMs();
  return async () => {
    signal?.throwIfAborted();
    if (runtime.monotonicMs() - startedMs < SLICE_MS) return;
    await yieldToLoop();
    startedMs = runtime.monotonicMs();
  };
}

/**
 * The law checks. They read a view of the vault that stands still while the ledger goes on: every
 * entry balances and its leaf, key and history agree with it; roots are those that audit recorded;
 * balances, snapshots and sums of imports are those of the postings; nothing staged counts; nothing
 * pending is overdue; no entry became known in a period closed before.
 */
export function createVerify(parts: {
  vault: Vault;
  audit: AuditReader | object;
  runtime: Runtime;
  entryCount: () => number;
  extraChecks: readonly ExtraCheck[];
}) {
  const { vault, audit, runtime, entryCount, extraChecks } = parts;

  async function checkHere(breathe: Breathe, { onProgress }: VerifyOptions): Promise<LedgerCheck[]> {
    const reader = vault.openReader();
    try {
      return await checkBooks(reader, { nowMs: runtime.nowMs(), breathe, onProgress });
    } finally {
      reader.close();
    }
  }

  async function checkAudited(audit: AuditReader, breathe: Breathe): Promise<LedgerCheck> {
    const reader = vault.openReader();
    try {
      reader.exec('BEGIN');
      return await checkAuditedRoots(createVerifyStore(reader), audit, breathe);
    } finally {
      reader.close();
    }
  }

  return async function verify(options: VerifyOptions = {}): Promise<LedgerVerification> {
    const { signal, thread = entryCount() <= FEW_ENTRIES ? 'engine' : 'worker' } = options;
    signal?.throwIfAborted();
    const startedMs = runtime.monotonicMs();
    const breathe = createBreathe(runtime, signal);
    const data: VerifyData = { key: vault.readerKey(), nowMs: runtime.nowMs() };
    const checks =
      thread === 'worker' ? await checkInWorker(data, options) : await checkHere(breathe, options);
    if ('get' in audit) checks.push(await checkAudited(audit as AuditReader, breathe));
    for (const extra of extraChecks) checks.push(await extra());
    return {
      verified: checks.every((check) => check.ok),
      checks: checks.map((check) => ({ ...check, findings: [...check.findings] })),
      durationMs: Math.round(runtime.monotonicMs() - startedMs),
    };
  };
}

/** The law checks of the books alone, on any database that the key opens, in a thread of their own. */
export function checkInWorker(
  data: VerifyData,
  { onProgress, signal }: VerifyOptions = {},
): Promise<LedgerCheck[]> {
  const worker = new Worker(workerUrl(import.meta.url, './ledger-verify.worker.ts'), {
    workerData: data,
    execArgv: [],
  });
  return new Promise<LedgerCheck[]>((resolve, reject) => {
    const cancel = () => {
      reject(signal?.reason);
      void worker.terminate();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    worker.on('message', (message: VerifyMessage) => {
      if ('progress' in message) onProgress?.(message.progress);
      else resolve(message.checks);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', cancel);
      reject(new Error(`the verifying worker ended with ${code} and no answer`));
    });
  });
}
