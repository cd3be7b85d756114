import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '../../src/main/doors/shared/client.ts';
import type { Vault } from '../../src/main/vault/index.ts';
import { openEverything } from '../support/sealed-values.ts';
import { all } from './pages.ts';
import type { OperationValue, VaultDump } from './protocol.ts';
import { contentOf, type PlannedEvidence, type VaultOperation } from './vault-plan.ts';

const NOTHING: OperationValue = { kind: 'nothing' };
const at = <T>(rows: readonly T[], pick: number): T | undefined => rows[pick % Math.max(1, rows.length)];
const CHUNK_BYTES = 65_536;

async function addEvidence(client: Client, evidence: PlannedEvidence): Promise<OperationValue> {
  const { title, held } = evidence;
  const { transferId } = await client.compliance.begin({
    kind: 'add',
    evidenceKind: 'document',
    title,
    retentionClass: '7y',
    ...(held ? { holdReason: 'simulated' } : {}),
  });
  const bytes = contentOf(evidence);
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
    const chunk = new Blob([bytes.subarray(offset, offset + CHUNK_BYTES)]);
    await client.compliance.write({ transferId, offset, bytes: chunk });
  }
  await client.compliance.finish({ transferId });
  return { kind: 'evidence' };
}

async function changeHold(client: Client, what: 'hold' | 'release', pick: number): Promise<OperationValue> {
  const rows = await all((page) => client.compliance.list(page));
  const row = at(what === 'hold' ? rows : rows.filter(({ state }) => state === 'held'), pick);
  if (!row) return NOTHING;
  const reason = 'simulated';
  if (what === 'hold') {
    const { holds } = await client.compliance.hold({ id: row.id, reason });
    return { kind: 'holds', title: row.title ?? '', holds };
  }
  const { holdList } = await client.compliance.get({ id: row.id });
  const standing = holdList.find(({ lifted }) => lifted === null);
  if (!standing) return NOTHING;
  const { holds } = await client.compliance.release({ id: row.id, holdId: standing.id, reason });
  return { kind: 'holds', title: row.title ?? '', holds };
}

async function onIncident(
  client: Client,
  { what, pick }: { readonly what: 'acknowledge' | 'escalate' | 'resolve'; readonly pick: number },
): Promise<OperationValue> {
  const { rows } = await client.incidents.list({ state: 'unresolved', limit: 100 });
  const row = at(rows, pick);
  if (!row) return NOTHING;
  const { id } = row;
  if (what === 'acknowledge') await client.incidents.acknowledge({ id });
  else if (what === 'escalate') await client.incidents.escalate({ id, reason: 'simulated' });
  else {
    await client.incidents.resolve({ id, cause: 'simulated' });
    return { kind: 'resolved', id };
  }
  return NOTHING;
}

async function onKey(
  client: Client,
  what: 'replace-key' | 'compromise',
  pick: number,
): Promise<OperationValue> {
  const rows = (await all((page) => client.keys.list(page))).filter(({ state }) => state !== 'destroyed');
  const key = at(rows, pick);
  if (!key) return NOTHING;
  if (what === 'replace-key') {
    await client.keys.rotate({ keyId: key.id });
    return NOTHING;
  }
  await client.keys.markCompromised({ keyId: key.id, reason: 'simulated' });
  return { kind: 'compromised', keyId: key.id };
}

async function rotate(client: Client, pick: number): Promise<OperationValue> {
  const { purposes } = await client.keys.list({ limit: 1 });
  const purpose = at(purposes, pick);
  if (purpose !== undefined) await client.keys.rotate({ purpose });
  return NOTHING;
}

/** One operation of the trust rooms, through the contract. */
export async function performOnVault(
  operation: VaultOperation,
  client: Client,
  directory: string,
): Promise<OperationValue> {
  const beside = (name: string) => directory.replace(/\.vault$/, `.${name}`);
  switch (operation.kind) {
    case 'rotate':
      return rotate(client, operation.pick);
    case 'replace-key':
    case 'compromise':
      return onKey(client, operation.kind, operation.pick);
    case 'run-due':
      await client.keys.runDue();
      return NOTHING;
    case 'evidence':
      return addEvidence(client, operation.evidence);
    case 'hold':
    case 'release':
      return changeHold(client, operation.kind, operation.pick);
    case 'incident':
      return onIncident(client, operation);
    case 'backup':
      return { kind: 'backup', source: (await client.backup.create({})).path };
    case 'ship': {
      const folder = beside('second');
      mkdirSync(folder, { recursive: true });
      const { state } = await client.backup.ship({ folder });
      if (state !== 'current') throw new Error(`shipping is ${state}`);
      return { kind: 'shipped', source: folder };
    }
  }
}

/** Waits until no rotation runs. */
export async function keysIdle(client: Client): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    const rotations = await client.keys.rotations();
    if (rotations.every(({ endedAtMs }) => endedAtMs !== null)) return;
    await wait(10);
  }
}

async function evidenceOf(client: Client, withContent: boolean): Promise<VaultDump['evidence']> {
  const rows = await all((page) => client.compliance.list(page));
  const evidence: { title: string; holds: number; contentHash: string; readHash: string | null }[] = [];
  for (const { id, title, holds, contentHash } of rows) {
    let readHash: string | null = null;
    if (withContent) {
      const { bytes } = await client.compliance.read({ id, offset: 0, length: 1_048_576 });
      readHash = createHash('sha256')
        .update(Buffer.from(await bytes.arrayBuffer()))
        .digest('hex');
    }
    evidence.push({ title: title ?? '', holds, contentHash, readHash });
  }
  return evidence;
}

/** What the laws of keys, evidence and incidents are checked on. */
export async function vaultDumpOf(client: Client, vault: Vault, thorough: boolean): Promise<VaultDump> {
  const keys = await all((page) => client.keys.list(page));
  return {
    // Evidence is read through before values are opened, so that what the reads record is among them.
    evidence: await evidenceOf(client, thorough),
    values: thorough ? openEverything(vault) : [],
    keys: keys.map(({ id, type, state, purpose, retentionClass, quarter, protects }) => ({
      id,
      type,
      state,
      line: [purpose, retentionClass, quarter].join('/'),
      protects,
    })),
    rotations: (await client.keys.rotations()).map(({ id, state }) => ({ id, state })),
    resolved: (await all((page) => client.incidents.list({ ...page, state: 'resolved' }))).map(
      ({ id }) => id,
    ),
    heartbeat: thorough ? (await client.heartbeat.verify()).findings.map(({ message }) => message) : [],
  };
}
