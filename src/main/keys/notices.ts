import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { CountersignError, isCountersignError } from '../base/index.ts';
import { type CanonicalJson, canonicalJson } from '../crypto/index.ts';
import type { KeysOptions } from './context.ts';
import { parseKeyId } from './inventory.ts';
import type { KeyPairs } from './key-pairs.ts';
import { NOTICE_FORM, NOTICE_PURPOSE, noticeText } from './notice-form.ts';
import { createNoticeStore, type NoticeRow } from './store-notices.ts';

/** Tells the world outside what happened to keys: a signed file each, and a post to this machine. */
export interface Notices {
  /** Writes a notice in the caller's transaction. It is signed and sent after the commit. */
  add(kind: string, facts: Readonly<Record<string, CanonicalJson>>): void;
  /** Signs, files and posts what waits. Never throws: what fails is told to the log and tried again. */
  deliver(): Promise<void>;
  /** The folder that the files stand in. */
  readonly folder: string;
  close(): Promise<void>;
}

const POST_TIMEOUT_MS = 5_000;
const LOOPBACK = new Set(['127.0.0.1', '[::1]']);

/** Throws `KEY_WEBHOOK_REFUSED` unless the address is this machine's own, as a number and over HTTP. */
export function requireLoopback(address: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(address);
  } catch {
    url = undefined;
  }
  // A name such as localhost may be turned elsewhere; the numbers may not.
  if (url?.protocol === 'http:' && LOOPBACK.has(url.hostname) && url.username === '') return url;
  throw new CountersignError('KEY_WEBHOOK_REFUSED', 'Notices are posted to this machine alone.', {
    expected: 'http://127.0.0.1:… or http://[::1]:…',
  });
}

/** Beside the vault's folder, so that it is read without opening the vault. */
function noticesFolder(vaultDirectory: string): string {
  return join(dirname(vaultDirectory), `${basename(vaultDirectory, '.vault')}.notices`);
}

export function createNotices(options: KeysOptions, pairs: KeyPairs): Notices {
  const { vault, runtime, log, noticeWebhook } = options;
  const store = createNoticeStore(vault.db);
  const webhook = noticeWebhook === undefined ? undefined : requireLoopback(noticeWebhook);
  const folder = noticesFolder(vault.directory);
  let delivering: Promise<void> = Promise.resolve();
  let closed = false;

  /** Signs a notice once; what was signed is kept, so that file and post are the same bytes. */
  function sign(row: NoticeRow): string {
    if (row.signed !== null) return row.signed;
    const signed = pairs.sign(NOTICE_PURPOSE, Buffer.from(row.body, 'utf8'));
    const text = noticeText(row.body, signed);
    vault.transaction(() => store.signed(row.id, parseKeyId(signed.keyId).number, text));
    return text;
  }

  function file(row: NoticeRow): void {
    const text = sign(row);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${String(row.id).padStart(8, '0')}.json`);
    writeFileSync(`${path}.part`, text, { mode: 0o600, flush: true });
    renameSync(`${path}.part`, path);
    vault.transaction(() => store.filed(row.id, runtime.nowMs()));
  }

  async function deliverAll(): Promise<void> {
    for (const row of store.unfiled()) {
      if (closed) return;
      file(row);
    }
    if (webhook === undefined) return;
    for (const row of store.unposted()) {
      if (closed) return;
      await post(webhook, sign(row));
      if (!closed) vault.transaction(() => store.posted(row.id, runtime.nowMs()));
    }
  }

  function deliver(): Promise<void> {
    delivering = delivering.then(() =>
      deliverAll().catch((error: unknown) => {
        const code = isCountersignError(error) ? error.code : 'INTERNAL';
        log.warn('keys.notices-wait', { code, name: error instanceof Error ? error.name : 'error' });
      }),
    );
    return delivering;
  }

  return {
    folder,
    add(kind, facts) {
      const id = store.nextId();
      const body = canonicalJson({
        form: NOTICE_FORM,
        vaultId: vault.vaultId,
        id,
        kind,
        atMs: runtime.nowMs(),
        facts,
      });
      store.add(id, body);
      vault.onCommit(() => void deliver());
    },
    deliver,
    async close() {
      closed = true;
      await delivering;
    },
  };
}

/** Posts to this machine. Redirects are not followed, so that nothing is led elsewhere. */
function post(url: URL, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const body = Buffer.from(text, 'utf8');
    const headers = { 'content-type': 'application/json', 'content-length': body.byteLength };
    const sent = request(url, { method: 'POST', headers, timeout: POST_TIMEOUT_MS }, (answer) => {
      answer.resume();
      const { statusCode = 0 } = answer;
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(new Error(`the webhook answered ${statusCode}`));
    });
    sent.on('timeout', () => sent.destroy(new Error('the webhook did not answer')));
    sent.on('error', reject);
    sent.end(body);
  });
}
