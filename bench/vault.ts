/** Opening a vault, sealing and opening values, and a page of sealed rows, beside the bare cipher. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRuntime } from '../src/main/base/index.ts';
import { createSealing, type SealedRef, type Sealing } from '../src/main/sealing/index.ts';
import { createVault, openVault, type Vault } from '../src/main/vault/index.ts';
import { type BenchFigure, type BenchSection, median } from './figure.ts';

const PASSPHRASE = 'a bench passphrase of no worth';
const TABLE = 'bench';
const COLUMN = 'value';
const BATCH = 2_000;
const PAGE_ROWS = 100;
const SEALED_COLUMNS = 4;
/** About what one bank transaction seals: parties, references and remittance as canonical JSON. */
export const PLAINTEXT = Buffer.from(
  JSON.stringify({ debtor: 'Hüttenrauch Werkzeugbau OHG', text: 'x'.repeat(220) }),
);

export function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

/** AES-256-GCM alone, values a second: what sealing cannot be quicker than. */
export function bareCipher(count: number): { seals: number; opens: number } {
  const key = randomBytes(32);
  const aad = Buffer.from('bench|value|1');
  const sealed: { nonce: Buffer; body: Buffer; tag: Buffer }[] = [];
  const sealMs = timed(() => {
    for (let at = 0; at < count; at += 1) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
      const body = Buffer.concat([cipher.update(PLAINTEXT), cipher.final()]);
      sealed.push({ nonce, body, tag: cipher.getAuthTag() });
    }
  });
  const openMs = timed(() => {
    for (const { nonce, body, tag } of sealed) {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(aad).setAuthTag(tag);
      decipher.update(body);
      decipher.final();
    }
  });
  return { seals: (count / sealMs) * 1000, opens: (count / openMs) * 1000 };
}

function sealMany(vault: Vault, sealing: Sealing, count: number): { ms: number; firstId: bigint } {
  let firstId = 0n;
  const ms = timed(() => {
    for (let done = 0; done < count; done += BATCH) {
      const values = Array.from({ length: BATCH }, (_, at) => ({
        applicationId: String(done + at),
        plaintext: PLAINTEXT,
      }));
      const id = vault.transaction(() => sealing.sealBatch('customer_pii', TABLE, COLUMN, values));
      if (done === 0) firstId = id;
    }
  });
  return { ms, firstId };
}

const refOf = (firstId: bigint, ordinal: number): SealedRef => ({
  id: firstId + BigInt(ordinal),
  table: TABLE,
  column: COLUMN,
  applicationId: String(ordinal),
});

/** The middle time of opening a page of rows with four sealed columns each, at random places. */
function pageMs(sealing: Sealing, firstId: bigint, count: number): number {
  const times = Array.from({ length: 60 }, (_, round) => {
    const start = (round * 7_919 * PAGE_ROWS) % (count - PAGE_ROWS * SEALED_COLUMNS);
    return timed(() => {
      for (let at = 0; at < PAGE_ROWS * SEALED_COLUMNS; at += 1) sealing.openText(refOf(firstId, start + at));
    });
  });
  return median(times);
}

async function openTime(directory: string): Promise<number> {
  const startMs = performance.now();
  const vault = await openVault({ directory, passphrase: PASSPHRASE, runtime: systemRuntime });
  const passphraseMs = performance.now() - startMs;
  vault.close();
  return passphraseMs;
}

export const benchVault: BenchSection = async ({ quick, say }) => {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const directory = join(parent, 'bench.vault');
  const count = quick ? 10_000 : 60_000;
  try {
    const { vault } = await createVault({ directory, passphrase: PASSPHRASE, runtime: systemRuntime });
    const sealing = createSealing(vault, systemRuntime);
    say(`sealing ${count} values`);
    const bare = bareCipher(count);
    const sealed = sealMany(vault, sealing, count);
    const openMs = timed(() => {
      for (let at = 0; at < count; at += 1) sealing.open(refOf(sealed.firstId, at));
    });
    const page = pageMs(sealing, sealed.firstId, count);
    sealing.clear();
    vault.close();
    say('opening with the passphrase');
    const passphraseMs = await openTime(directory);
    const figure = (
      name: string,
      value: number,
      unit: string,
      rest: Partial<BenchFigure> = {},
    ): BenchFigure => ({
      section: 'vault',
      name,
      value,
      unit,
      ...rest,
    });
    return [
      figure('values sealed and committed', (count / sealed.ms) * 1000, '/s', {
        reference: { name: 'AES-256-GCM alone', value: bare.seals },
      }),
      figure('values read and opened', (count / openMs) * 1000, '/s', {
        reference: { name: 'AES-256-GCM alone', value: bare.opens },
      }),
      figure('page of 100 rows, four sealed columns', page, 'ms', { goal: { of: 'value', atMost: 10 } }),
      figure('open with the passphrase (Argon2id)', passphraseMs, 'ms'),
    ];
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
};
