import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Job } from '../../src/contract/jobs.ts';
import { systemRuntime } from '../../src/main/base/index.ts';
import { runProgram } from '../../src/main/doors/cli/program.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import type { IncidentNotice } from '../../src/main/incidents/index.ts';
import { createVault, openVault, type Vault } from '../../src/main/vault/index.ts';
import { cheapStretch, connectTo, staffOf } from '../support/people.ts';

const MINUTE = 60_000;
const rootKey = Buffer.alloc(32, 0x5a);
const secret = { passphrase: 'the root key is injected' };

let folder: string;
let directory: string;
let host: EngineHost;
let client: Client;
let vault: Vault;
let offsetMs = 0;
const notices: IncidentNotice[] = [];
const runtime = {
  ...systemRuntime,
  nowMs: () => systemRuntime.nowMs() + offsetMs,
  advance(byMs: number) {
    offsetMs += byMs;
  },
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-heartbeat-'));
  directory = join(folder, 'desk.vault');
  offsetMs = 0;
  notices.length = 0;
  (await createVault({ directory, rootKey, runtime, checkpoints: 'commit' })).vault.close();
  host = createEngineHost({
    dataFolder: folder,
    vaultDirectory: directory,
    version: 'test',
    stretchOfOperatorsInTests: cheapStretch,
    runtime,
    notifier: { notify: (notice) => notices.push(notice) },
    openVault: async () => {
      vault = await openVault({ directory, rootKey, runtime, checkpoints: 'commit' });
      return vault;
    },
  });
  const opener = createRouterClient(host.router, { context: () => host.contextFor('loopback') });
  await opener.vault.open({ directory, ...secret });
  ({ client } = await staffOf(connectTo(host), runtime));
});
afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

const sources = async () =>
  (await client.heartbeat.status()).sources.map(({ source, state }) => [source, state]);

it('hears of every verification, and the last one outlives the lock', async () => {
  expect((await client.dashboard.figures()).lastVerified).toBeNull();
  expect((await client.system.verify()).verified).toBe(true);
  expect((await client.vault.verify()).ok).toBe(true);
  expect(Object.fromEntries(await sources())).toMatchObject({
    'engine.beat': 'green',
    'ledger.verify': 'green',
    'audit.verify': 'green',
    'vault.verify': 'green',
  });
  const { lastVerified } = await client.dashboard.figures();
  expect(lastVerified).toMatchObject({ verified: true });
  await client.vault.lock();
  await client.vault.open({ directory, ...secret });
  expect((await client.dashboard.figures()).lastVerified).toEqual(lastVerified);
  const { checks } = await client.system.health();
  expect(checks.find(({ name }) => name === 'audit log')).toMatchObject({ ok: true, message: 'Verified.' });
});

it('verifies the log as a job that the screens can watch', async () => {
  const seen: Job[] = [];
  const controller = new AbortController();
  const listening = (async () => {
    for await (const event of host.feed.watch(controller.signal))
      if (event.type === 'job' && event.job.kind === 'audit.verify') seen.push(event.job);
  })();
  expect(await client.audit.verify()).toMatchObject({ verified: true });
  controller.abort();
  await listening;
  expect(seen.at(-1)).toMatchObject({ state: 'done', label: 'Verification of the log' });
});

/** Changes the first record, as somebody does who has the key and takes the trigger away. */
async function tamperWithTheLog(): Promise<void> {
  await client.ledger.createAccount({ code: '9999', name: 'Clearing', kind: 'asset', currency: 'EUR' });
  vault.db.exec("DROP TRIGGER audit_record_no_update; UPDATE audit_record SET actor = 'eve' WHERE seq = 1");
}

it('raises an incident where the log does not verify, and says it on every way', async () => {
  await tamperWithTheLog();
  expect((await client.audit.verify()).verified).toBe(false);
  const { rows } = await client.incidents.list({});
  expect(rows).toMatchObject([{ kind: 'audit.not-verified', severity: 'critical', state: 'open', count: 1 }]);
  expect((await client.heartbeat.status()).state).toBe('failed');
  expect(notices).toMatchObject([{ kind: 'audit.not-verified', action: 'raised' }]);
  const file = readFileSync(join(directory, 'desk-incidents.jsonl'), 'utf8');
  expect(JSON.parse(file)).toMatchObject({ kind: 'audit.not-verified', severity: 'critical' });
  const incident = await client.incidents.get({ id: rows[0]!.id });
  expect(incident.detail).toMatchObject({ findings: expect.any(Number), first: expect.any(String) });
});

it('escalates by itself within a second of the clock running out', async () => {
  await tamperWithTheLog();
  await client.audit.verify();
  offsetMs = 10 * MINUTE;
  const sinceMs = performance.now();
  await expect.poll(() => notices.length, { timeout: 3_000, interval: 20 }).toBe(2);
  expect(performance.now() - sinceMs).toBeLessThan(1_500);
  expect(notices[1]).toMatchObject({ action: 'escalated', level: 1 });
});

it('is printed by the command line, with its sources and its chain', async () => {
  await host.close();
  const vaults = mkdtempSync(join(tmpdir(), 'countersign-vaults-'));
  const out: string[] = [];
  const run = async (...argv: string[]) => {
    out.length = 0;
    const code = await runProgram({
      argv,
      stdout: { write: (text: string | Uint8Array) => out.push(String(text)) > 0 },
      stderr: { write: () => true, isTTY: false, columns: 80 },
      signal: new AbortController().signal,
      dataFolder: vaults,
      runFolder: vaults,
    });
    return { code, text: out.join('') };
  };
  try {
    expect((await run('demo', '--json')).code).toBe(0);
    const beats = await run('heartbeat', '--json');
    expect(beats.code).toBe(0);
    expect(JSON.parse(beats.text)).toMatchObject({
      // Other sources than these may have their own word to say.
      state: expect.stringMatching(/^(green|late|failed)$/),
      last: { source: expect.any(String), hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      chain: { verified: true, findings: [] },
      sources: expect.arrayContaining([
        expect.objectContaining({ source: 'engine.beat', state: 'green' }),
        expect.objectContaining({ source: 'audit.verify', state: 'green' }),
      ]),
    });
    expect((await run('heartbeat')).text).toMatch(/\d+ events, the chain verifies/);
    const listed = await run('incidents', 'list', '--json');
    expect(listed.code).toBe(0);
    expect(JSON.parse(listed.text)).toMatchObject({ counts: { critical: 0 }, incidents: expect.any(Array) });
    expect((await run('incidents')).code).toBe(2);
    expect((await run('heartbeat', 'now')).code).toBe(2);
  } finally {
    rmSync(vaults, { recursive: true, force: true });
  }
});

it('verifies books and file unasked, and says until when it will have done so again', async () => {
  const HOUR = 60 * MINUTE;
  const verified = async () =>
    (await sources()).filter(([source]) => source!.endsWith('.verify')).map(([source]) => source);
  const reopen = async () => {
    await client.vault.lock();
    await client.vault.open({ directory, ...secret });
  };
  expect(await verified()).toEqual([]);
  offsetMs += 25 * HOUR;
  await reopen();
  const entryOf = async (name: string) =>
    (await client.keys.calendar()).find((entry) => entry.name === name)!;
  const { nextRunAtMs } = await entryOf('verify.books');
  // What was missed is caught up, but not while the desk opens.
  expect(nextRunAtMs - runtime.nowMs()).toBeGreaterThan(MINUTE);
  offsetMs += 3 * MINUTE;
  await expect.poll(verified, { timeout: 10_000 }).toEqual(['audit.verify', 'ledger.verify']);
  await expect.poll(async () => (await entryOf('verify.books')).lastOutcome).toBe('done');
  offsetMs += 26 * HOUR;
  expect(Object.fromEntries(await sources())).toMatchObject({ 'ledger.verify': 'green' });
  offsetMs += 2 * HOUR;
  expect(Object.fromEntries(await sources())).toMatchObject({
    'ledger.verify': 'late',
    'audit.verify': 'late',
  });
  offsetMs += 6 * 24 * HOUR;
  await reopen();
  offsetMs += 3 * MINUTE;
  await expect.poll(verified, { timeout: 10_000 }).toEqual(['audit.verify', 'ledger.verify', 'vault.verify']);
  expect(Object.fromEntries(await sources())).toMatchObject({
    'ledger.verify': 'green',
    'vault.verify': 'green',
  });
});
