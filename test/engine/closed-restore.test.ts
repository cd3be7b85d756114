import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { engineSettings } from '../../src/main/doors/shared/settings.ts';
import { createEngineHost, type DoorName, type EngineHost } from '../../src/main/engine/index.ts';
import { cheapStretch, connectTo, movableRuntime, type Staff, staffOf } from '../support/people.ts';

const PASSPHRASE = 'seven quiet herons on a ledge';

describe('a restore with no vault open', () => {
  let folder: string;
  let host: EngineHost;
  let client: Client;
  let recoveryKey: string;
  let source: string;
  let record: bigint;
  let staff: Staff;
  const clock = movableRuntime();
  const clientAt = (door: DoorName): Client =>
    createRouterClient(host.router, { context: () => host.contextFor(door) });
  const lying = () => readdirSync(folder).sort();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-closed-'));
    host = createEngineHost({
      ...{ dataFolder: folder, version: 'test', runtime: clock },
      stretchOfOperatorsInTests: cheapStretch,
    });
    client = clientAt('loopback');
    ({ recoveryKey } = await client.vault.create({ name: 'desk', passphrase: PASSPHRASE }));
    staff = await staffOf(connectTo(host, 'loopback'), clock);
    ({ path: source, record } = await staff.client.backup.create({}));
  });
  afterAll(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is refused while a vault is open, and to a locked screen', async () => {
    const wanted = { source, name: 'copy', secret: { passphrase: PASSPHRASE } };
    const officer = await staff.seatOf(staff.officers[0]);
    for (const work of [
      () => officer.client.vault.restoreBackup(wanted),
      () => officer.client.vault.inspectBackup({ source }),
    ])
      await expect(work()).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await client.vault.lockSession();
    await expect(officer.client.vault.restoreBackup(wanted)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await client.vault.lock();
    expect(lying()).not.toContain('copy.vault');
  });

  it('says what a backup holds before it asks for a secret', async () => {
    expect(await client.vault.inspectBackup({ source })).toMatchObject({ kind: 'file', lastRecord: record });
    await expect(client.vault.inspectBackup({ source: join(folder, 'none') })).rejects.toMatchObject({
      code: 'BACKUP_MISSING',
    });
    await expect(client.vault.inspectBackup({ source: 'desk.backups' })).rejects.toMatchObject({
      code: 'BACKUP_TARGET_INVALID',
    });
  });

  it.each(['../evil', '/etc/evil', 'a/b', '.hidden'])(
    'goes nowhere but into the data folder: %j',
    async (name) => {
      const secret = { passphrase: PASSPHRASE };
      await expect(client.vault.restoreBackup({ source, name, secret })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      });
    },
  );

  it('refuses a wrong secret, leaves nothing behind, and brakes who guesses', async () => {
    const before = lying();
    const guess = { source, name: 'copy', secret: { passphrase: 'seven quiet herons on a hedge' } };
    await expect(client.vault.restoreBackup(guess)).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE_WRONG' });
    expect(lying().filter((name) => name !== 'attempts.json')).toEqual(before);
    const many = { failures: 12, lastAtMs: Date.now() };
    writeFileSync(join(folder, 'attempts.json'), JSON.stringify(many));
    await expect(client.vault.restoreBackup(guess)).rejects.toMatchObject({ code: 'VAULT_BACKING_OFF' });
    const key = { source, name: 'desk', secret: { recoveryKey } };
    await expect(client.vault.restoreBackup(key)).rejects.toMatchObject({ code: 'BACKUP_TARGET_EXISTS' });
  });

  it('makes a vault that is listed and opens, and opens nothing by itself', async () => {
    const restored = await client.vault.restoreBackup({ source, name: 'copy', secret: { recoveryKey } });
    expect(restored).toMatchObject({ directory: join(folder, 'copy.vault'), record, verified: true });
    expect(await client.vault.status()).toMatchObject({ state: 'closed' });
    await expect(client.audit.records({})).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
    const { vaults } = await client.vault.list();
    expect(vaults.map(({ name }) => name).sort()).toEqual(['copy', 'desk']);
    const { directory } = restored;
    expect(await client.vault.open({ directory, passphrase: PASSPHRASE })).toMatchObject({ name: 'copy' });
    // Nobody is hired before the epoch is signed; an officer reads.
    const officer = await staff.seatOf(staff.officers[0]);
    const { rows } = await officer.client.audit.records({ kind: 'backup.restore' });
    expect(rows[0]).toMatchObject({ actor: 'owner' });
    await client.vault.lock();
    rmSync(join(folder, 'attempts.json'));
    const secret = { passphrase: PASSPHRASE };
    expect(await client.vault.restoreBackup({ source, name: 'third', secret, record })).toMatchObject({
      record,
    });
    expect(existsSync(join(folder, 'attempts.json'))).toBe(false);
    expect(readFileSync(join(directory, 'slots.json'), 'utf8')).not.toContain('herons');
  });
});

describe('the webhook of notices', () => {
  it('comes from the environment, and is one of this machine or the engine does not start', () => {
    expect(engineSettings({})).toEqual({});
    expect(engineSettings({ COUNTERSIGN_NOTICE_WEBHOOK: ' ' })).toEqual({});
    const here = engineSettings({ COUNTERSIGN_NOTICE_WEBHOOK: 'http://127.0.0.1:9/hook' });
    expect(here).toEqual({ noticeWebhook: 'http://127.0.0.1:9/hook' });
    for (const noticeWebhook of ['http://localhost/', 'https://127.0.0.1/', 'http://10.0.0.1/', 'nonsense'])
      expect(() => createEngineHost({ version: 'test', noticeWebhook })).toThrow(
        expect.objectContaining({ code: 'KEY_WEBHOOK_REFUSED' }),
      );
  });

  it('hears of a rotation from the engine that was started with it', async () => {
    const { createServer } = await import('node:http');
    const heard: string[] = [];
    const server = createServer((request, answer) => {
      request.on('data', (chunk) => heard.push(String(chunk)));
      request.on('end', () => answer.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const folder = mkdtempSync(join(tmpdir(), 'countersign-webhook-'));
    const noticeWebhook = `http://127.0.0.1:${port}/`;
    const host = createEngineHost({ version: 'test', dataFolder: folder, noticeWebhook });
    try {
      const own: Client = createRouterClient(host.router, { context: () => host.contextFor('cli') });
      await own.vault.create({ name: 'desk', passphrase: PASSPHRASE });
      const { client } = await staffOf(connectTo(host));
      await client.keys.rotate({ keyId: 'transport-2' });
      await expect.poll(() => heard.join(''), { timeout: 5_000 }).toContain('transport-2');
    } finally {
      await host.close();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
