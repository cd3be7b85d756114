import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, createRouterClient, traverseContractProcedures } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcedureMeta } from '../../src/contract/common.ts';
import { contract } from '../../src/contract/index.ts';
import type { CallContext } from '../../src/main/base/index.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type DoorName, type EngineHost } from '../../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt } from '../../src/main/operators/totp.ts';
import { countersigned } from '../support/people.ts';
import { fixedClockRuntime } from '../support/vault.ts';
import { OF_NO_EFFECT } from './no-effect.ts';

const VAULT = 'seven quiet herons on a ledge';
const PASSPHRASE = 'violet anchors drift past seven lanterns';
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const OTHER = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR';

let folder: string;
let host: EngineHost;
const clock = fixedClockRuntime(Date.UTC(2026, 2, 2, 8));

interface Connected {
  readonly client: Client;
  readonly context: CallContext;
}
function connect(door: DoorName): Connected {
  const context = host.contextFor(door);
  return { context, client: createRouterClient(host.router, { context: () => context }) };
}
const codeOf = (secret: string) => hotp(fromBase32(secret)!, stepAt(clock.nowMs()));
const factor = (secret: string) => ({ secret, code: codeOf(secret) });
async function signIn({ client }: Connected, name: string, secret: string) {
  clock.advance(30_000);
  return client.session.signIn({ name, passphrase: PASSPHRASE, code: codeOf(secret) });
}

const everyProcedure: { path: readonly string[]; meta: ProcedureMeta }[] = [];
traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure, path }) => {
  everyProcedure.push({ path, meta: procedure['~orpc'].meta });
});
const guarded = everyProcedure.filter(({ meta }) => meta.permission !== 'open');
const procedureAt = (path: readonly string[]) =>
  path.reduce<unknown>(
    (router, name) => (router as Record<string, unknown>)[name],
    host.router,
  ) as Parameters<typeof call>[0];

/** The code that a call fails with, or `done`. */
async function outcomeOf(path: readonly string[], context: CallContext): Promise<string> {
  try {
    await call(procedureAt(path), OF_NO_EFFECT[path.join('.')] ?? {}, { context, path });
    return 'done';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-operators-'));
  host = createEngineHost({ dataFolder: folder, version: 'test', runtime: clock });
  await connect('loopback').client.vault.create({ name: 'desk', passphrase: VAULT });
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a vault in which nobody is named', () => {
  it('lets a window name two officers and look, and nothing else', async () => {
    const { client, context } = connect('loopback');
    expect(await client.session.current()).toMatchObject({
      ...{ required: false, unnamed: true, operator: null },
      permissions: ['people', 'read', 'verify'],
    });
    const beyond = guarded.filter(({ meta }) => !['people', 'read', 'verify'].includes(meta.permission!));
    expect(beyond.length).toBeGreaterThan(40);
    for (const { path } of beyond)
      expect(await outcomeOf(path, context), path.join('.')).toBe('NOT_PERMITTED');
    const service = { kind: 'service', name: 'Nightly', passphrase: PASSPHRASE } as const;
    await expect(client.operators.create({ ...service, permissions: ['read'] })).rejects.toMatchObject({
      // A policy governs it, and nobody is there to agree.
      code: 'APPROVAL_ASKER_REFUSED',
    });
    expect(await client.session.peopleOfDemo()).toEqual({ people: [] });
    await expect(client.session.signIn({ name: 'Ada', passphrase: 'x' })).rejects.toMatchObject({
      code: 'OPERATORS_NOT_NAMED',
    });
    expect(await client.operators.me()).toBeNull();
  });

  it.each(['cli', 'socket'] as const)('is the service account to %s', async (door) => {
    const { client, context } = connect(door);
    const { permissions } = await client.session.current();
    expect([...permissions].sort()).toEqual(['demo', 'import', 'match', 'read', 'see-parties', 'verify']);
    const beyond = guarded.filter(({ meta }) => !permissions.includes(meta.permission!));
    expect(beyond.length).toBeGreaterThan(40);
    for (const { path } of beyond)
      expect(await outcomeOf(path, context), path.join('.')).toBe('NOT_PERMITTED');
  });
});

describe('once officers are named', () => {
  let ada: Connected;
  beforeAll(async () => {
    const { client } = connect('loopback');
    const { operators } = await client.operators.nameOfficers({
      officers: [
        { name: 'Ada Weiss', passphrase: PASSPHRASE, secondFactor: factor(SECRET) },
        { name: 'Bo Lind', passphrase: PASSPHRASE, secondFactor: factor(OTHER) },
      ],
    });
    expect(operators).toHaveLength(2);
    ada = connect('loopback');
    await signIn(ada, 'Ada Weiss', SECRET);
    clock.advance(30_000);
    const bo = connect('loopback');
    await signIn(bo, 'Bo Lind', OTHER);
    const amir = { kind: 'person', name: 'Audit Amir', passphrase: PASSPHRASE, roles: ['auditor'] } as const;
    const create = (made: Parameters<typeof ada.client.operators.create>[0]) =>
      countersigned(() => ada.client.operators.create(made), [bo]);
    await create({ ...amir, roles: [...amir.roles], secondFactor: factor(SECRET) });
    const service = { kind: 'service', name: 'Nightly', passphrase: PASSPHRASE } as const;
    await create({ ...service, permissions: ['backup', 'read'] });
    bo.context.seat?.leave();
  });

  it('every procedure is refused to a window that has not signed in, though another one has', async () => {
    const { context } = connect('loopback');
    expect(guarded.length).toBeGreaterThan(60);
    for (const { path } of guarded)
      expect(await outcomeOf(path, context), path.join('.')).toBe('NOT_SIGNED_IN');
    expect(await ada.client.operators.me()).toMatchObject({ name: 'Ada Weiss' });
  });

  it('another vault is no way past the sign-in', async () => {
    const { client } = connect('loopback');
    await expect(client.vault.openDemo()).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
    await expect(client.vault.create({ name: 'other', passphrase: VAULT })).rejects.toMatchObject({
      code: 'NOT_SIGNED_IN',
    });
  });

  it('every procedure outside the roles is refused to whoever is signed in', async () => {
    const { permissions } = await ada.client.session.current();
    const outside = guarded.filter(({ meta }) => !permissions.includes(meta.permission!));
    expect(outside.length).toBeGreaterThan(15);
    for (const { path } of outside)
      expect(await outcomeOf(path, ada.context), path.join('.')).toBe('NOT_PERMITTED');
    await expect(ada.client.audit.records({})).resolves.toBeDefined();
  });

  it('what another session may do is nothing to this one', async () => {
    const bo = connect('loopback');
    await signIn(bo, 'Bo Lind', OTHER);
    const stolen = { ...bo.context, session: ada.context.session, seat: bo.context.seat! };
    // A session is read from the seat at each call, so one that was handed over names its own seat.
    expect((await createRouterClient(host.router, { context: () => stolen }).operators.me())?.name).toBe(
      'Bo Lind',
    );
    bo.context.seat?.leave();
    expect(await outcomeOf(['keys', 'runDue'], bo.context)).toBe('NOT_SIGNED_IN');
    expect(await ada.client.operators.me()).toMatchObject({ name: 'Ada Weiss' });
  });

  it('an auditor reads, looks, and every other command is refused', async () => {
    const amir = connect('electron');
    await signIn(amir, 'Audit Amir', SECRET);
    const commands = guarded.filter(({ meta }) => meta.command && !meta.looks && !meta.own);
    expect(commands.length).toBeGreaterThan(30);
    for (const { path } of commands)
      expect(await outcomeOf(path, amir.context), path.join('.')).toBe('NOT_PERMITTED');
    const looks = guarded.filter(({ meta }) => meta.looks).map(({ path }) => path.join('.'));
    expect(looks.sort()).toEqual([
      'audit.checkpoint',
      'audit.exportTiles',
      'audit.receipt',
      'audit.takeCosigned',
      'audit.witness',
      'breaks.attachment',
      'breaks.exportProof',
      'connectors.deadLetterRaw',
      'privacy.unmask',
    ]);
    await expect(amir.client.audit.receipt({ seq: 1n })).resolves.toMatchObject({ path: null });
    await expect(amir.client.ledger.accounts()).resolves.toBeDefined();
    await expect(amir.client.system.verify()).resolves.toMatchObject({ verified: true });
  });

  it.each(['cli', 'socket'] as const)('%s is the service account, until it signs in', async (door) => {
    const script = connect(door);
    expect([...(await script.client.session.current()).permissions].sort()).toEqual(
      ['demo', 'import', 'match', 'read', 'see-parties', 'verify'].sort(),
    );
    await expect(script.client.keys.runDue()).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await expect(script.client.reconciliation.run()).resolves.toBeDefined();
    await script.client.session.signIn({ name: 'Nightly', passphrase: PASSPHRASE });
    expect([...(await script.client.session.current()).permissions].sort()).toEqual(['backup', 'read']);
    await expect(script.client.reconciliation.run()).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    expect(await script.client.session.signOut()).toMatchObject({ operator: null });
  });

  it('records who acted', async () => {
    await ada.client.keys.runDue();
    const bo = connect('loopback');
    await signIn(bo, 'Bo Lind', OTHER);
    const [record] = (await bo.client.audit.records({ kind: 'session.sign-in', limit: 1 })).rows;
    expect(record).toMatchObject({ actor: 'operator-2' });
  });

  it('the session lock ends the sessions at the windows and no others', async () => {
    const script = connect('socket');
    await signIn(script, 'Bo Lind', OTHER);
    expect(await ada.client.vault.lockSession()).toMatchObject({ state: 'open', sessionLocked: false });
    await expect(ada.client.dashboard.figures()).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
    await expect(script.client.dashboard.figures()).resolves.toBeDefined();
    await signIn(ada, 'Ada Weiss', SECRET);
    await expect(ada.client.dashboard.figures()).resolves.toBeDefined();
  });

  it('a connection that closes takes its session along', async () => {
    const gone = connect('loopback');
    await signIn(gone, 'Bo Lind', OTHER);
    gone.context.seat?.leave();
    expect(gone.context.session).toBeNull();
  });

  it('a rekey of the vault leaves people signed in', async () => {
    const bo = connect('loopback');
    await signIn(bo, 'Bo Lind', OTHER);
    const proof = { passphrase: VAULT };
    const add = () => ada.client.vault.slots.add({ proof, slot: { kind: 'recovery-key' } });
    const { slot } = await countersigned(add, [bo]);
    await countersigned(() => ada.client.vault.slots.revoke({ proof, slotId: slot.id }), [bo]);
    expect(await bo.client.operators.me()).toMatchObject({ name: 'Bo Lind' });
    bo.context.seat?.leave();
    expect(await ada.client.operators.me()).toMatchObject({ name: 'Ada Weiss' });
  });

  it('nobody is signed in after the vault was locked and opened', async () => {
    await ada.client.vault.lock();
    expect(await ada.client.session.current()).toMatchObject({ required: false, permissions: [] });
    await ada.client.vault.open({ directory: join(folder, 'desk.vault'), passphrase: VAULT });
    expect(await ada.client.session.current()).toMatchObject({ required: true, operator: null });
    await expect(ada.client.audit.records({})).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
    await signIn(ada, 'Ada Weiss', SECRET);
    expect((await ada.client.system.verify()).verified).toBe(true);
  });
});
