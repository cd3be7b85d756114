import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger, systemRuntime as runtime } from '../../src/main/base/index.ts';
import type { CallContext } from '../../src/main/base/procedures.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, DEMO_PASSPHRASE, type EngineHost } from '../../src/main/engine/index.ts';
import { rewraps } from '../../src/main/engine/slots.ts';
import type { openVault as openVaultOf } from '../../src/main/vault/index.ts';
import { createVault, openVault } from '../../src/main/vault/index.ts';
import { cheapStretch, connectTo, movableRuntime, staffOf } from '../support/people.ts';

const ROOT_KEY = Buffer.alloc(32, 0x51);
let folder: string;
let directory: string;
let host: EngineHost;
let client: Client;
/** Opens with the root key while there is one, past the slots: so most tests pay for no Argon2id. */
let injected: Uint8Array | undefined;
let keeps: { recoveryKey: string };
let goes: { recoveryKey: string };
let goesId: string;
let lines: string[];

const open: typeof openVaultOf = (options) =>
  openVault(injected === undefined ? options : { ...options, rootKey: injected });

const clientOf = (change: Partial<CallContext> = {}): Client =>
  createRouterClient(host.router, { context: () => ({ ...host.contextFor('loopback'), ...change }) });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-engine-slots-'));
  directory = join(folder, 'desk.vault');
  const { vault } = await createVault({ directory, rootKey: ROOT_KEY, runtime, checkpoints: 'commit' });
  vault.close();
  lines = [];
  const log = createLogger((line) => lines.push(line), Date.now);
  const clock = movableRuntime();
  host = createEngineHost({
    ...{ dataFolder: folder, version: 'test', openVault: open, log, runtime: clock },
    stretchOfOperatorsInTests: cheapStretch,
  });
  client = clientOf();
  injected = ROOT_KEY;
  await client.vault.open({ directory, passphrase: 'the root key is injected' });
  injected = undefined;
  // The first slot is made with the root key, as creation does; the engine's procedures make the others.
  const bare = await firstSlot();
  keeps = { recoveryKey: bare };
  client = (await staffOf(connectTo(host), clock)).client;
  const second = await client.vault.slots.add({
    proof: keeps,
    slot: { kind: 'recovery-key' },
    label: 'safe',
  });
  goes = { recoveryKey: second.recoveryKey! };
  goesId = second.slot.id;
});
afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Adds a recovery key with the vault closed to the engine. */
async function firstSlot(): Promise<string> {
  await client.vault.lock();
  const vault = await openVault({ directory, rootKey: ROOT_KEY, runtime, rewraps, checkpoints: 'commit' });
  const { made } = await vault.slots.add(
    { proof: { rootKey: ROOT_KEY }, slot: { kind: 'recovery-key' }, actor: 'test', traceId: 't' },
    () => {},
  );
  vault.close();
  await client.vault.open({ directory, recoveryKey: made.recoveryKey! });
  return made.recoveryKey!;
}

const kinds = async () =>
  (await client.audit.records({ limit: 20 })).rows
    .map(({ kind }) => kind)
    .filter((kind) => /slot/.test(kind));

describe('key slots through the contract', () => {
  it('are listed without a secret, with label and age', async () => {
    const { slots } = await client.vault.slots.list();
    expect(slots).toMatchObject([
      { kind: 'recovery-key', label: '', revocable: true },
      { kind: 'recovery-key', label: 'safe', lastRehearsedAtMs: null },
    ]);
    expect(JSON.stringify(slots)).not.toContain(goes.recoveryKey.slice(0, 9));
  });

  it('are rehearsed: noted and recorded, with the header as it was', async () => {
    const before = (await client.vault.status()).generation;
    const { slot } = await client.vault.slots.rehearse({ secret: goes });
    expect(slot).toMatchObject({ id: goesId, label: 'safe' });
    expect(slot.lastRehearsedAtMs).toBeGreaterThan(Date.now() - 60_000);
    expect((await client.vault.status()).generation).toBe(before);
    await expect(client.vault.slots.rehearse({ secret: keeps, slotId: goesId })).rejects.toMatchObject({
      code: 'VAULT_RECOVERY_KEY_INVALID',
    });
    expect(await kinds()).toEqual(['vault.slot-rehearsed', 'vault.slot-added']);
  });

  it('are revoked: the vault stays open to everybody, work goes on, the books and the log are whole', async () => {
    await client.ledger.createAccount({ code: '7000', name: 'Suspense', kind: 'asset', currency: 'EUR' });
    const revoking = client.vault.slots.revoke({ proof: keeps, slotId: goesId });
    const seen = new Set<string>();
    let done = false;
    void revoking.finally(() => (done = true)).catch(() => {});
    while (!done) {
      const { state, rekeying } = await client.vault.status();
      expect(state).toBe('open');
      if (rekeying) {
        expect((await client.system.health()).checks[0]).toMatchObject({ name: 'vault', ok: true });
        const code = await client.ledger.accounts().then(
          () => 'answered',
          (error: { code: string }) => error.code,
        );
        seen.add(code);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect((await revoking).slots).toMatchObject([{ kind: 'recovery-key', revocable: false }]);
    expect([...seen]).toContain('VAULT_REKEYING');
    expect([...seen].filter((code) => !['VAULT_REKEYING', 'answered'].includes(code))).toEqual([]);
    expect((await client.ledger.accounts()).map(({ code }) => code)).toContain('7000');
    expect(await kinds()).toEqual(['vault.slot-revoked', 'vault.slot-added']);
    expect((await client.system.verify()).verified).toBe(true);
    expect((await client.vault.verify()).ok).toBe(true);
    expect((await client.jobs.list()).find(({ kind }) => kind === 'vault.rekey')).toMatchObject({
      state: 'done',
    });
    await client.vault.lock();
    await expect(client.vault.open({ directory, ...goes })).rejects.toMatchObject({
      code: 'VAULT_RECOVERY_KEY_INVALID',
    });
    await client.vault.open({ directory, ...keeps });
  });

  it('are replaced by a quorum, whose shares come out this once and open the vault', async () => {
    const slot = { kind: 'recovery-quorum', threshold: 2, shares: 3 } as const;
    const made = await client.vault.slots.replace({ proof: goes, slotId: goesId, slot });
    expect(made).toMatchObject({ slot: { kind: 'recovery-quorum', label: 'safe' }, recoveryKey: null });
    expect(made.shares).toHaveLength(3);
    await client.vault.lock();
    expect(await client.vault.open({ directory, shares: made.shares.slice(1) })).toMatchObject({
      state: 'open',
    });
    const { slots } = await client.vault.slots.list();
    expect(slots[1]).toMatchObject({ quorum: { threshold: 2, shares: 3 } });
  });

  it.each([
    ['a slot that is not there', () => ({ proof: keeps, slotId: 'x' }), 'VAULT_SLOT_UNKNOWN'],
    ['a slot by its own secret', () => ({ proof: goes, slotId: goesId }), 'VAULT_SLOT_PROVES_ITSELF'],
    [
      'with a mistyped proof',
      () => ({ proof: { recoveryKey: 'AAAA' }, slotId: goesId }),
      'VAULT_RECOVERY_KEY_INVALID',
    ],
  ])('are not revoked: %s, and nothing is closed for it', async (_, input, code) => {
    const events: string[] = [];
    const controller = new AbortController();
    const watching = (async () => {
      for await (const { type } of host.feed.watch(controller.signal)) events.push(type);
    })();
    await expect(client.vault.slots.revoke(input())).rejects.toMatchObject({ code });
    expect(await client.vault.status()).toMatchObject({ state: 'open', rekeying: false });
    expect((await client.vault.slots.list()).slots).toHaveLength(2);
    controller.abort();
    await watching;
    expect(events).not.toContain('locked');
  });

  it('the last one is not revoked', async () => {
    const { slots } = await client.vault.slots.revoke({ proof: keeps, slotId: goesId });
    await expect(client.vault.slots.revoke({ proof: keeps, slotId: slots[0]!.id })).rejects.toMatchObject({
      code: 'VAULT_SLOT_LAST',
    });
  });

  it('wait for work that a person waits for', async () => {
    const { uploadId } = await client.intake.begin({ fileName: 'a.xml', sizeBytes: null });
    await client.intake.write({ uploadId, offset: 0, bytes: new Blob(['<?xml version="1.0"?><Document']) });
    await expect(client.vault.slots.revoke({ proof: keeps, slotId: goesId })).rejects.toMatchObject({
      code: 'VAULT_BUSY',
      data: { actual: 'intake.import' },
    });
    await client.intake.cancel({ uploadId });
  });

  it('tell the heartbeat, and no secret reaches a log, an event, a record or a file', async () => {
    const slot = { kind: 'recovery-quorum', threshold: 2, shares: 3 } as const;
    const label = 'Tresor Habichtswald';
    const made = await client.vault.slots.replace({ proof: keeps, slotId: goesId, slot, label });
    const wrong = { proof: { shares: [made.shares[0]!] }, slotId: made.slot.id };
    const refused = await client.vault.slots.revoke(wrong).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'VAULT_QUORUM_SHORT' });
    const beats = (await client.heartbeat.list({ source: 'vault.slots' })).rows;
    expect(beats.map(({ message }) => message)).toContain('A key slot was replaced.');
    const told = [
      ...lines,
      JSON.stringify(await client.jobs.list()),
      JSON.stringify([refused, (refused as { data: unknown }).data]),
      JSON.stringify(beats, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    ];
    const { rows } = await client.audit.records({ limit: 10 });
    for (const { seq } of rows) {
      const record = await client.audit.record({ seq });
      told.push(JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
    }
    await client.vault.lock();
    for (const name of readdirSync(directory)) told.push(readFileSync(join(directory, name), 'latin1'));
    const secrets = [keeps.recoveryKey, goes.recoveryKey, ...made.shares].map((secret) =>
      secret.slice(10, 30),
    );
    for (const secret of [...secrets, 'Habichtswald']) {
      expect(told.some((text) => text.includes(secret))).toBe(false);
    }
  });

  it('need their permission', async () => {
    const session = { actor: 'other', permissions: new Set(['read'] as const) };
    await expect(clientOf({ session }).vault.slots.list()).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  });
});

describe('passphrases', () => {
  it('are judged by the rule that refuses them', async () => {
    const weak = 'password2026!';
    expect(await client.vault.judgePassphrase({ passphrase: weak })).toMatchObject({
      score: 2,
      acceptable: false,
    });
    await expect(
      client.vault.slots.add({ proof: keeps, slot: { kind: 'passphrase', passphrase: weak } }),
    ).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE_WEAK', data: { actual: 'score 2' } });
    expect((await client.vault.slots.list()).slots).toHaveLength(2);
    const strong = 'gravel Orchid 7 window Tuba lantern';
    expect(await client.vault.judgePassphrase({ passphrase: strong })).toMatchObject({ acceptable: true });
    expect(await client.vault.judgePassphrase({ passphrase: DEMO_PASSPHRASE })).toMatchObject({
      acceptable: true,
    });
    const passphrase = 'Handelsgesellschaft1';
    const judge = (words: string[]) => client.vault.judgePassphrase({ passphrase, words });
    expect(await judge([])).toMatchObject({ acceptable: true });
    expect(await judge(['Handelsgesellschaft'])).toMatchObject({ acceptable: false });
  });

  it('that are wrong again and again are made to wait, across restarts; the recovery key is not', async () => {
    await client.vault.slots.add({
      proof: keeps,
      slot: { kind: 'passphrase', passphrase: 'gravel Orchid 7 window Tuba lantern' },
    });
    const guess = () =>
      client.vault.slots.rehearse({ secret: { passphrase: 'not this one' } }).catch((error) => error);
    for (let i = 0; i < 3; i += 1) expect(await guess()).toMatchObject({ code: 'VAULT_PASSPHRASE_WRONG' });
    const attempts = join(directory, 'attempts.json');
    expect(JSON.parse(readFileSync(attempts, 'utf8'))).toMatchObject({ failures: 3 });
    // As if the third had just been: three Argon2id on a slow machine outlast the first wait.
    writeFileSync(attempts, JSON.stringify({ failures: 3, lastAtMs: Date.now() }));
    const held = await guess();
    expect(held).toMatchObject({ code: 'VAULT_BACKING_OFF' });
    expect(held.data.retryAfterMs).toBeGreaterThan(0);
    // As after many more, so that the wait outlasts a slow machine.
    const many = { failures: 12, lastAtMs: Date.now() };
    writeFileSync(join(directory, 'attempts.json'), JSON.stringify(many));
    await client.vault.lock();
    await expect(
      client.vault.open({ directory, passphrase: 'gravel Orchid 7 window Tuba lantern' }),
    ).rejects.toMatchObject({ code: 'VAULT_BACKING_OFF' });
    expect(await client.vault.open({ directory, ...keeps })).toMatchObject({ state: 'open' });
    expect((await client.incidents.list({})).rows).toMatchObject([
      { kind: 'slots.wrong-passphrases', severity: 'high', title: expect.stringMatching(/^12 wrong/) },
    ]);
    expect(await guess()).toMatchObject({ code: 'VAULT_PASSPHRASE_WRONG' });
  });

  it('is told of wrong guesses at an open desk, from the fifth on', async () => {
    await client.vault.lockSession();
    const script: typeof client = createRouterClient(host.router, { context: () => host.contextFor('cli') });
    const wrong = { passphrase: 'not this one' };
    const known = async () => (await script.incidents.list({ state: 'open' })).rows[0]?.count ?? 0;
    const before = await known();
    const waited = (failures: number) =>
      writeFileSync(join(directory, 'attempts.json'), JSON.stringify({ failures, lastAtMs: 0 }));
    waited(3);
    await expect(client.vault.unlockSession({ secret: wrong })).rejects.toMatchObject({
      code: 'VAULT_PASSPHRASE_WRONG',
    });
    expect(await known()).toBe(before);
    waited(4);
    await expect(client.vault.unlockSession({ secret: wrong })).rejects.toMatchObject({
      code: 'VAULT_PASSPHRASE_WRONG',
    });
    expect((await script.incidents.list({ state: 'open' })).rows[0]).toMatchObject({
      kind: 'slots.wrong-passphrases',
      count: before + 1,
    });
    waited(5);
    const slot = { kind: 'recovery-key' } as const;
    await expect(client.vault.slots.add({ proof: wrong, slot })).rejects.toMatchObject({
      code: 'VAULT_PASSPHRASE_WRONG',
    });
    expect(await known()).toBe(before + 2);
    waited(6);
    const [first] = (await client.vault.slots.list()).slots;
    await expect(client.vault.slots.revoke({ proof: wrong, slotId: first!.id })).rejects.toBeDefined();
  });
});
