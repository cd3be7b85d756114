import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAudit } from '../../src/main/audit/index.ts';
import { isCountersignError, type Runtime, systemRuntime } from '../../src/main/base/index.ts';
import { createSealing, rewrapSealingKeys } from '../../src/main/sealing/index.ts';
import {
  createVault,
  type OpenVaultOptions,
  openVault,
  type RekeyChange,
  type RekeyResult,
  type RekeyWatcher,
  rekeyVault,
  type SlotChange,
  type SlotProof,
  type SlotSecret,
  type Vault,
  type VaultSettings,
} from '../../src/main/vault/index.ts';

/** Vaults whose slots open without Argon2id: the root key is injected, recovery keys and quorums are added. */
export const ROOT_KEY = Buffer.alloc(32, 0x6b);
export const CALLER = { actor: 'officer', traceId: 'trace' } as const;
export const SETTINGS: VaultSettings = {
  runtime: systemRuntime,
  checkpoints: 'commit',
  rewraps: [rewrapSealingKeys],
};

export interface SlotVault {
  readonly directory: string;
  readonly parent: string;
  readonly vault: Vault;
  /** Two slots, each with its recovery key. */
  readonly first: { readonly id: string; readonly recoveryKey: string };
  readonly second: { readonly id: string; readonly recoveryKey: string };
  readonly remove: () => void;
}

const unrecorded = () => {};

/** A new vault with two recovery keys. */
export async function slotVault(settings: VaultSettings = SETTINGS): Promise<SlotVault> {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-slots-'));
  const directory = join(parent, 'desk.vault');
  const { vault } = await createVault({ directory, rootKey: ROOT_KEY, ...settings });
  const add = async (label: string) => {
    const { info, made } = await vault.slots.add(
      { proof: { rootKey: ROOT_KEY }, slot: { kind: 'recovery-key' }, label, ...CALLER },
      unrecorded,
    );
    return { id: info.id, recoveryKey: made.recoveryKey! };
  };
  const [first, second] = [await add('first'), await add('second')];
  const remove = () => rmSync(parent, { recursive: true, force: true });
  return { directory, parent, vault, first, second, remove };
}

export async function codeOf(work: () => Promise<unknown> | unknown): Promise<string> {
  try {
    const result = await work();
    (result as Vault | undefined)?.close?.();
    return 'no error';
  } catch (error) {
    return isCountersignError(error) ? error.code : String(error);
  }
}

export const open = (directory: string, secret: SlotSecret, settings: VaultSettings = SETTINGS) =>
  openVault({ directory, ...secret, ...settings } as OpenVaultOptions);

/** How an opening ends: `opened`, or the code. */
export async function opening(
  directory: string,
  secret: SlotSecret,
  settings: VaultSettings = SETTINGS,
): Promise<string> {
  const code = await codeOf(() => open(directory, secret, settings));
  return code === 'no error' ? 'opened' : code;
}

/** Closes the vault and rekeys it, as the engine does. */
export async function rekey(
  vault: Vault,
  options: { readonly proof: SlotProof; readonly change: RekeyChange } & RekeyWatcher,
  settings: VaultSettings = SETTINGS,
): Promise<RekeyResult> {
  const { proof, change, ...watcher } = options;
  const prepared = await vault.slots.prepareRekey({ proof, change, ...CALLER });
  vault.close();
  return rekeyVault({ ...settings, ...watcher, prepared });
}

const PLACE = { purpose: 'customer_pii', table: 'customer', column: 'name' } as const;
export const PLANTED = 'Zürcher Planetarium AG';

/** Puts sealed values, a blind index, rows and audit records into a vault. */
export function fill(vault: Vault, rows = 500): void {
  const sealing = createSealing(vault);
  const audit = createAudit(vault, sealing);
  vault.db.exec('CREATE TABLE filler (id INTEGER PRIMARY KEY, value BLOB)');
  const insert = vault.db.prepare('INSERT INTO filler (value) VALUES (randomblob(1000))');
  vault.transaction(() => {
    for (let i = 0; i < rows; i += 1) insert.run();
    const blindIndex = { column: 'customer.name', normalised: PLANTED };
    const id = sealing.seal({ ...PLACE, applicationId: '1', plaintext: PLANTED, blindIndex });
    vault.setMeta('planted', String(id));
    vault.setMeta('planted.tag', sealing.blindTag('customer.name', PLANTED).toString('hex'));
    const [sum] = sums(vault);
    vault.setMeta('planted.sum', String(sum));
    audit.record({ kind: 'test.filled', actor: 'test', detail: { rows } });
  });
}

const sums = (vault: Vault) =>
  vault.db
    .prepare<[], string>('SELECT group_concat(hex(substr(value, 1, 8))) || count(*) FROM filler')
    .pluck()
    .all();

/** What is wrong with a vault that `fill` filled; nothing where everything is as it was. */
export async function problems(vault: Vault): Promise<string[]> {
  const found: string[] = [];
  const check = (what: string, holds: boolean) => {
    if (!holds) found.push(what);
  };
  const sealing = createSealing(vault);
  const id = BigInt(vault.meta('planted') ?? '0');
  check('sealed value', sealing.openText({ ...PLACE, id, applicationId: '1' }) === PLANTED);
  const tag = sealing.blindTag('customer.name', PLANTED);
  check('blind tag', tag.toString('hex') === vault.meta('planted.tag'));
  check('found by tag', sealing.findByTag('customer.name', tag)[0] === id);
  check('rows', sums(vault)[0] === vault.meta('planted.sum'));
  for (const finding of await vault.checkIntegrity()) found.push(finding.message);
  const audit = createAudit(vault, sealing);
  for (const finding of (await audit.verify()).findings) found.push(finding.message);
  return found;
}

/** Settles what the vault has noted, through a real log; answers what was recorded. */
export function settle(vault: Vault): SlotChange[] {
  const audit = createAudit(vault, createSealing(vault));
  const recorded: SlotChange[] = [];
  vault.slots.settle((change) => {
    audit.record({ kind: `vault.slot-${change.kind}`, actor: change.actor, detail: { id: change.slotId } });
    recorded.push(change);
  });
  return recorded;
}

/** A runtime whose clock is moved by hand. */
export function clock(startMs = Date.UTC(2026, 10, 21)): Runtime & { nowIsMs: number } {
  const runtime = { ...systemRuntime, nowIsMs: startMs, nowMs: () => runtime.nowIsMs };
  return runtime;
}
