import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TransferWork } from '../../src/contract/compliance.ts';
import { createLogger } from '../../src/main/base/index.ts';
import { sha256 } from '../../src/main/crypto/index.ts';
import { clientOf } from '../../src/main/doors/cli/connect.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import { cheapStretch, connectTo, movableRuntime, staffOf } from '../support/people.ts';
import { GOOD_FILES, MARKS, marksIn, marksUnder } from './marks.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-secrets-vault-'));
const data = join(folder, 'data');
/** Places that a person named; their names are marks, so only what lies in them is searched. */
const backups = join(folder, MARKS.backupPlace);
const shipped = join(folder, MARKS.shipPlace);
/** What the doors wrote outside the vault. */
const out = join(folder, 'out');

const logLines: string[] = [];
const events: unknown[] = [];
/** Secrets that were made on the way: recovery keys and shares. */
const made: string[] = [];
const stop = new AbortController();
let host: EngineHost;
let client: Client;
let directory = '';

const text = (value: unknown): Buffer =>
  Buffer.from(
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}` : inner)) ?? '',
    'utf8',
  );

/** Secrets that were made on the way and lie in `bytes`, as printed or without their dashes. */
function madeIn(bytes: Uint8Array): string[] {
  const haystack = Buffer.from(bytes);
  return made.filter((secret) =>
    [secret, secret.replaceAll(/[^A-Za-z0-9]/g, ''), secret.toLowerCase()].some((form) =>
      haystack.includes(form),
    ),
  );
}

function expectClean(what: string, value: unknown): void {
  const bytes = value instanceof Uint8Array ? value : text(value);
  expect(marksIn(bytes), `${what}: ${Buffer.from(bytes.subarray(0, 300)).toString('utf8')}`).toEqual([]);
  expect(madeIn(bytes).length, what).toBe(0);
}

async function transfer(work: TransferWork, bytes: Buffer): Promise<Buffer> {
  const { transferId } = await client.compliance.begin(work);
  const first = await client.compliance.write({ transferId, offset: 0, bytes: new Blob([bytes]) });
  const last = await client.compliance.finish({ transferId });
  const parts = await Promise.all([first.bytes, last.bytes].map((blob) => blob.arrayBuffer()));
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

async function importAll(): Promise<void> {
  for (const { name, text: content } of GOOD_FILES) {
    const bytes = Buffer.from(content, 'utf8');
    const { uploadId } = await client.intake.begin({ fileName: name, sizeBytes: bytes.length });
    await client.intake.write({ uploadId, offset: 0, bytes: new Blob([bytes]) });
    await client.intake.finish({ uploadId });
  }
}

async function keepEvidence(): Promise<void> {
  await transfer(
    {
      kind: 'add',
      evidenceKind: 'case-note',
      title: MARKS.evidenceTitle,
      note: MARKS.evidenceNote,
      retentionClass: '7y',
      holdReason: MARKS.holdReason,
    },
    Buffer.from(`${MARKS.evidenceContent}\n${MARKS.customerIban}`),
  );
  const [row] = (await client.compliance.list({})).rows;
  const { id } = row!;
  const { holdList } = await client.compliance.get({ id });
  await client.compliance.release({ id, holdId: holdList[0]!.id, reason: MARKS.liftReason });
  const message = GOOD_FILES.find(({ name }) => name.endsWith('.xml'))!;
  const bytes = Buffer.from(message.text, 'utf8');
  const contentHash = sha256(bytes).toString('hex');
  const work = { kind: 'archive', fileName: MARKS.evidenceFile, contentHash, retentionClass: '10y' } as const;
  writeFileSync(join(out, 'message.sealed'), await transfer(work, bytes));
  const columns = ['name', 'ibans', 'aliases'];
  const list = Buffer.from(GOOD_FILES.find(({ name }) => name === 'customers.csv')!.text);
  const sealing = { kind: 'seal-columns', fileName: 'customers.csv', columns } as const;
  writeFileSync(join(out, 'customers.sealed.csv'), await transfer(sealing, list));
}

async function changeSlots(): Promise<void> {
  const proof = { passphrase: MARKS.passphrase };
  const quorum = await client.vault.slots.add({
    proof,
    slot: { kind: 'recovery-quorum', threshold: 2, shares: 3 },
    label: MARKS.slotLabel,
  });
  made.push(...quorum.shares);
  const slot = { kind: 'passphrase', passphrase: MARKS.newPassphrase } as const;
  const second = await client.vault.slots.add({ proof, slot, label: MARKS.slotLabel });
  const shares = quorum.shares.slice(0, 2);
  await client.vault.slots.rehearse({ secret: { shares } });
  const replaced = await client.vault.slots.replace({
    proof: { shares },
    slotId: quorum.slot.id,
    slot: { kind: 'recovery-key' },
    label: MARKS.slotLabel,
  });
  made.push(replaced.recoveryKey!);
  await client.vault.slots.revoke({ proof, slotId: second.slot.id });
}

async function workOnKeys(): Promise<void> {
  await client.keys.rotate({ purpose: 'customer_pii' });
  const [key] = (await client.keys.list({ type: 'transport', limit: 1 })).rows;
  await client.keys.markCompromised({ keyId: key!.id, reason: MARKS.compromiseReason });
  const [incident] = (await client.incidents.list({ kind: 'keys.compromised' })).rows;
  const { id } = incident!;
  await client.incidents.escalate({ id, reason: MARKS.escalateReason });
  await client.incidents.assign({ id, owner: MARKS.incidentOwner });
  await client.incidents.resolve({ id, cause: MARKS.incidentCause });
}

beforeAll(async () => {
  for (const path of [backups, shipped, out]) mkdirSync(path, { recursive: true });
  const log = createLogger((line) => logLines.push(line), Date.now);
  const runtime = movableRuntime();
  const stretchOfOperatorsInTests = cheapStretch;
  host = createEngineHost({
    version: '0.0.0-test',
    dataFolder: data,
    log,
    runtime,
    stretchOfOperatorsInTests,
  });
  const created = await clientOf(host).vault.create({ name: 'marked', passphrase: MARKS.passphrase });
  ({ client } = await staffOf(connectTo(host), runtime));
  void (async () => {
    for await (const event of await client.jobs.watch(undefined, { signal: stop.signal })) events.push(event);
  })().catch(() => undefined);
  directory = created.status.directory!;
  made.push(created.recoveryKey);
  await importAll();
  await client.backup.ship({ folder: shipped });
  await keepEvidence();
  await changeSlots();
  await workOnKeys();
  await client.backup.create({ file: join(backups, 'one.bkup') });
  await client.backup.ship({ folder: shipped });
}, 120_000);
afterAll(async () => {
  stop.abort();
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('marks in evidence, slots, keys, incidents and backups', () => {
  it('are shown to whoever may see them', async () => {
    const [row] = (await client.compliance.list({ kind: 'case-note' })).rows;
    const detail = await client.compliance.get({ id: row!.id });
    expect(marksIn(text(detail)).sort()).toEqual([
      'evidenceNote',
      'evidenceTitle',
      'holdReason',
      'liftReason',
    ]);
    const [line] = (await client.incidents.list({ kind: 'keys.compromised' })).rows;
    const shown = marksIn(text(await client.incidents.get({ id: line!.id })));
    expect(shown).toEqual(expect.arrayContaining(['compromiseReason', 'escalateReason', 'incidentCause']));
    expect(marksIn(text(await client.vault.slots.list()))).toEqual(['slotLabel']);
    expect(made).toHaveLength(5);
  });

  it('are in no error, whatever goes wrong with them', async () => {
    const secret = { passphrase: MARKS.wrongPassphrase };
    const bad = Buffer.from(`${MARKS.evidenceContent}${MARKS.customerIban}`);
    const attempts: (() => Promise<unknown>)[] = [
      () => client.vault.slots.rehearse({ secret }),
      () => client.vault.slots.rehearse({ secret: { shares: made.slice(1, 3) } }),
      () => client.vault.slots.rehearse({ secret: { recoveryKey: made[0]!.slice(0, -1) } }),
      () => client.vault.slots.revoke({ proof: secret, slotId: MARKS.slotLabel }),
      () => client.keys.markCompromised({ keyId: MARKS.compromiseReason, reason: MARKS.compromiseReason }),
      () => client.keys.rotate({ purpose: MARKS.compromiseReason }),
      () => client.incidents.resolve({ id: MARKS.incidentCause, cause: MARKS.incidentCause }),
      () => client.compliance.get({ id: MARKS.evidenceTitle }),
      () => client.compliance.hold({ id: '999', reason: MARKS.holdReason }),
      () => transfer({ kind: 'open-columns', fileName: 'list.csv' }, bad),
      () => transfer({ kind: 'unarchive', fileName: 'message.sealed' }, bad),
      () => client.backup.create({ file: join(backups, 'one.bkup') }),
      () => client.backup.create({ file: join(backups, 'missing', 'one.bkup') }),
      () => client.backup.inspect({ source: join(backups, 'two.bkup') }),
      () => client.backup.ship({ folder: join(directory, MARKS.shipPlace) }),
      () =>
        client.backup.restore({
          source: join(backups, 'one.bkup'),
          target: join(backups, 'restored.vault'),
          passphrase: MARKS.wrongPassphrase,
        }),
    ];
    const errors: { code: string; message: string; data: unknown }[] = [];
    for (const attempt of attempts) {
      await attempt().catch((error: unknown) => {
        const { code, message, data: details } = error as { code: string; message: string; data: unknown };
        errors.push({ code, message, data: details });
      });
    }
    expect(errors.map(({ code }) => code)).not.toContain('INTERNAL');
    expect(errors).toHaveLength(attempts.length);
    for (const error of errors) expectClean('an error', error);
  });

  it('are in no list, metric, event, heartbeat, inventory or log line', async () => {
    const shown = {
      metrics: await client.system.metrics(),
      health: await client.system.health(),
      verify: await client.system.verify(),
      jobs: await client.jobs.list(),
      audit: await client.audit.records({ limit: 500 }),
      keys: await client.keys.list({ limit: 500 }),
      keyEvents: await client.keys.events({ limit: 500 }),
      rotations: await client.keys.rotations(),
      calendar: await client.keys.calendar(),
      heartbeat: await client.heartbeat.list({ limit: 500 }),
      heartbeatStatus: await client.heartbeat.status(),
      inventory: await client.inventory.get(),
      cbom: await client.inventory.cbom(),
      dashboard: await client.dashboard.figures(),
    };
    for (const [name, value] of Object.entries(shown)) expectClean(name, value);
    expect(events.length).toBeGreaterThan(10);
    expectClean('the feed', events);
    expect(logLines.length).toBeGreaterThan(0);
    expectClean('the log', Buffer.from(logLines.join('')));
  });

  it.each([
    ['the data folder with header, attempts, incidents and notices', data, 8],
    ['the backup', backups, 1],
    ['the second folder', shipped, 2],
    ['sealed copies and lists', out, 2],
  ])('are nowhere in %s', (what, place, leastFiles) => {
    const { files, bytes, found } = marksUnder(place);
    expect(found, what).toEqual([]);
    expect(files).toBeGreaterThanOrEqual(leastFiles);
    expect(bytes).toBeGreaterThan(1_000);
    for (const name of filesUnder(place)) expect(madeIn(readFileSync(name)), name).toEqual([]);
  });

  it('has searched the files that matter', () => {
    const names = filesUnder(data).join('\n');
    for (const part of ['slots.json', 'attempts.json', 'incidents.jsonl', '.notices', 'vault.db']) {
      expect(names).toContain(part);
    }
  });

  it('are nowhere after the lock either', async () => {
    await client.vault.lock();
    for (const place of [data, backups, shipped, out]) expect(marksUnder(place).found).toEqual([]);
  });
});

function filesUnder(place: string): string[] {
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .map((name) => join(place, name))
    .filter((path) => statSync(path).isFile());
}
