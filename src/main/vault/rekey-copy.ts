import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { CountersignError, type ErrorDetails, workerUrl } from '../base/index.ts';
import { openConnection, rekeyConnection } from './connection.ts';

/** What a copy under another key needs; handed to a worker thread of this process only. */
export interface CopyOrder {
  readonly fromPath: string;
  readonly fromKey: Uint8Array;
  readonly toPath: string;
  /** Cipher key and salt of the new file. */
  readonly toKey: Uint8Array;
}

/** What the worker says: that a part is done, or why it cannot be. */
export type CopyNews =
  | { readonly done: 'copied' | 'rekeyed' }
  | { readonly failure: { readonly code: string; readonly message: string; readonly details: ErrorDetails } };

/**
 * Copies a database and keys the copy anew. The copy is of no worth until it is put in place, so it
 * needs no journal; a crash leaves the original as it was. Blocks its thread for as long as the file
 * is large.
 */
export function copyUnderNewKey(order: CopyOrder, tell: (news: CopyNews) => void = () => {}): void {
  // SQLite takes an empty file for none; it is made here, so that only its user can read it.
  closeSync(openSync(order.toPath, 'wx', 0o600));
  chmodSync(order.toPath, 0o600);
  const source = openConnection({ path: order.fromPath, fileKey: order.fromKey });
  try {
    source.prepare('VACUUM INTO ?').run(order.toPath);
  } finally {
    source.close();
  }
  tell({ done: 'copied' });
  const copy = openConnection({ path: order.toPath, fileKey: order.fromKey });
  try {
    copy.pragma('journal_mode = OFF');
    copy.pragma('synchronous = OFF');
    rekeyConnection(copy, order.toKey);
  } finally {
    copy.close();
  }
  tell({ done: 'rekeyed' });
}

const POLL_MS = 100;

/** `copyUnderNewKey` in a worker thread. `onShare` hears from 0 to 1 how much of the file is copied. */
export function copyInWorker(
  order: CopyOrder,
  on: { readonly share: (share: number) => void; readonly copied: () => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl(import.meta.url, './rekey.worker.ts'), {
      workerData: order,
      execArgv: [],
    });
    const whole = statSync(order.fromPath).size;
    const poll = setInterval(() => {
      const size = statSync(order.toPath, { throwIfNoEntry: false })?.size ?? 0;
      on.share(Math.min(1, size / whole));
    }, POLL_MS);
    const settle = (end: () => void) => {
      clearInterval(poll);
      end();
    };
    worker.on('message', (news: CopyNews) => {
      if ('failure' in news) {
        const { code, message, details } = news.failure;
        const error = new CountersignError(code as CountersignError['code'], message, details);
        settle(() => reject(error));
      } else if (news.done === 'copied') {
        clearInterval(poll);
        on.copied();
      } else {
        settle(resolve);
      }
    });
    worker.once('error', (error) => settle(() => reject(error)));
    worker.once('exit', (code) =>
      settle(() => reject(new Error(`the rekey worker ended with ${code} and no answer`))),
    );
  });
}

/** Makes a file's content last, on the thread pool: a large file takes its time. */
export async function fsyncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
