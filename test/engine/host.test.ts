import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, createRouterClient, type RouterClient, traverseContractProcedures } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Permission, type ProcedureMeta, permissions } from '../../src/contract/common.ts';
import { contract } from '../../src/contract/index.ts';
import type { ApprovalGate, CallContext, GatedCommand } from '../../src/main/base/index.ts';
import {
  createEngineHost,
  DEMO_PASSPHRASE,
  type EngineHost,
  type EngineRouter,
} from '../../src/main/engine/index.ts';
import { cheapStretch, connectTo, demoStaffOf, movableRuntime, type Staff } from '../support/people.ts';
import { OF_NO_EFFECT } from './no-effect.ts';

type Client = RouterClient<EngineRouter>;

let folder: string;
let host: EngineHost;
const clock = movableRuntime();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-engine-'));
  host = createEngineHost({
    ...{ dataFolder: folder, version: 'test', runtime: clock },
    stretchOfOperatorsInTests: cheapStretch,
  });
});

afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

const clientOf = (change: Partial<CallContext> = {}): Client =>
  createRouterClient(host.router, { context: () => ({ ...host.contextFor('loopback'), ...change }) });

/** The procedure at a dotted path of the router. */
function procedureAt(path: readonly string[]): Parameters<typeof call>[0] {
  return path.reduce<unknown>(
    (router, name) => (router as Record<string, unknown>)[name],
    host.router,
  ) as Parameters<typeof call>[0];
}

const everyProcedure: { path: readonly string[]; meta: ProcedureMeta }[] = [];
traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure, path }) => {
  everyProcedure.push({ path, meta: procedure['~orpc'].meta });
});

/** A valid input: without one, validation would answer before authorisation is asked. */
const inputFor = (path: string) => OF_NO_EFFECT[path] ?? {};

const guarded = everyProcedure
  .filter(({ meta }) => meta.permission !== 'open')
  .map(({ path, meta }) => ({ name: path.join('.'), path, meta }));

describe('the pipeline', () => {
  it.each(guarded)('$name is refused without a session', async ({ name, path }) => {
    const context = { ...host.contextFor('loopback'), session: null };
    await expect(call(procedureAt(path), inputFor(name), { context, path })).rejects.toMatchObject({
      code: 'NOT_SIGNED_IN',
    });
  });

  it.each(guarded)('$name is refused to a session without its permission', async ({ name, path, meta }) => {
    const others = new Set<Permission>(permissions);
    others.delete(meta.permission!);
    const context = { ...host.contextFor('loopback'), session: { actor: 'other', permissions: others } };
    await expect(call(procedureAt(path), inputFor(name), { context, path })).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    });
  });

  it('validates before it authorises, and says where', async () => {
    const client = clientOf({ session: null });
    await expect(client.ledger.closePeriod({ through: 'tomorrow' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      data: { path: 'through' },
    });
  });

  it('answers VAULT_CLOSED where the permission is there and the vault is not', async () => {
    const session = { actor: 'owner', permissions: new Set<Permission>(['read']) };
    await expect(clientOf({ session }).ledger.accounts()).rejects.toMatchObject({ code: 'VAULT_CLOSED' });
  });
});

describe('a vault through the contract', () => {
  it('is created, locked, refused a wrong passphrase, opened by passphrase and by recovery key', async () => {
    const client = clientOf();
    expect(await client.vault.status()).toMatchObject({ state: 'closed', name: null });
    const { recoveryKey, status } = await client.vault.create({
      name: 'Desk 2',
      passphrase: 'a long enough passphrase',
    });
    expect(status).toMatchObject({ state: 'open', name: 'Desk 2', demo: false });
    expect(await client.ledger.trialBalance({})).toMatchObject({ rows: [], balanced: true });
    expect(await client.vault.lock()).toMatchObject({ state: 'closed' });
    const { vaults } = await client.vault.list();
    expect(vaults.map(({ name }) => name)).toEqual(['Desk 2']);
    const directory = vaults[0]!.directory;
    await expect(client.vault.open({ directory, passphrase: 'a wrong passphrase' })).rejects.toMatchObject({
      code: 'VAULT_PASSPHRASE_WRONG',
    });
    expect(await client.vault.status()).toMatchObject({ state: 'closed' });
    expect(await client.vault.open({ directory, recoveryKey })).toMatchObject({ state: 'open' });
    await client.vault.lock();
    expect(await client.vault.open({ directory, passphrase: 'a long enough passphrase' })).toMatchObject({
      name: 'Desk 2',
    });
    expect((await client.vault.verify()).ok).toBe(true);
    await client.vault.lock();
  });

  it.each([
    ['a path outside the data folder', { directory: '/etc' }, 'VAULT_MISSING'],
    ['a path that climbs out', { directory: '/tmp/../etc/x.vault' }, 'VAULT_MISSING'],
  ])('refuses %s', async (_, where, code) => {
    await expect(clientOf().vault.open({ ...where, passphrase: 'whatever it is' })).rejects.toMatchObject({
      code,
    });
  });

  it.each(['../evil', 'a/b', '', ' ', '.hidden', 'ends.'])('refuses the name %j', async (name) => {
    await expect(
      clientOf().vault.create({ name, passphrase: 'a long enough passphrase' }),
    ).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});

describe('the demo', () => {
  let staff: Staff;
  /** Every call of the demo is made by one of its people. */
  const clientOf = () => staff.client as Client;
  beforeAll(async () => {
    staff = await demoStaffOf(connectTo(host), clock);
  });

  it('runs the main job once, verifies, and a second time changes nothing', {
    timeout: 120_000,
  }, async () => {
    const client = clientOf();
    const opened = await client.vault.openDemo();
    expect(opened).toMatchObject({ created: true, passphrase: DEMO_PASSPHRASE, status: { demo: true } });
    const first = await client.system.demo();
    expect(first.verified).toBe(true);
    expect(first.imported).toBeGreaterThan(1000);
    expect(first.matched + first.suggested + first.unmatched).toBe(first.imported);
    expect(first.matched / first.imported).toBeGreaterThan(0.8);
    const head = await client.audit.head();
    expect(await client.system.demo()).toEqual(first);
    expect(await client.audit.head()).toEqual(head);
  });

  it('gives receipts of its largest matches that fit 32 KB and say by which rule', async () => {
    const client = clientOf();
    const sizes: { seq: bigint; length: number }[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Client['audit']['records']>> = await client.audit.records({
        ...{ kind: 'reconciliation.match', limit: 100 },
        ...(cursor === null ? {} : { cursor }),
      });
      for (const { seq } of page.rows) {
        const { detail } = await client.audit.record({ seq });
        sizes.push({ seq, length: detail!.length });
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
    const largest = sizes.sort((one, other) => other.length - one.length).slice(0, 3);
    expect(largest.length).toBeGreaterThan(0);
    for (const { seq } of largest) {
      const { text } = await client.audit.receipt({ seq });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(32 * 1024);
      const { changes } = JSON.parse(JSON.parse(text).detail.text) as { changes: object[] };
      expect(changes.length).toBeGreaterThan(0);
      for (const change of changes) {
        expect(change).toMatchObject({
          by: 'machine',
          engine: expect.anything(),
          reasons: expect.any(Array),
        });
        expect((change as { reasons: string[] }).reasons.length).toBeGreaterThan(0);
      }
    }
  });

  it('shows figures that agree with the books', async () => {
    const client = clientOf();
    const figures = await client.dashboard.figures();
    const accounts = await client.statements.bankAccounts();
    for (const { currency, amountMinor } of figures.cashNow) {
      const booked = accounts.filter((account) => account.currency === currency);
      expect(booked.reduce((sum, { ledgerMinor }) => sum + ledgerMinor, 0n)).toBe(amountMinor);
      const lastDay = figures.cashByDay.filter((day) => day.currency === currency).at(-1);
      expect(lastDay?.balanceMinor).toBe(amountMinor);
    }
    expect(figures.matchRate.transactions).toBe((await client.reconciliation.counts()).all);
    expect(figures.lastVerified?.verified).toBe(true);
  });

  it('finds a customer by a part of the name, and an invoice by its number', async () => {
    const client = clientOf();
    const { rows } = await client.receivables.customers({ limit: 1 });
    const customer = rows[0]!;
    await expect
      .poll(async () => (await client.search.query({ text: customer.name })).hits.map(({ id }) => id), {
        timeout: 15_000,
      })
      .toContain(customer.id);
    const items = await client.receivables.openItems({ limit: 1 });
    const number = items.rows[0]!.invoiceNumber;
    await expect
      .poll(async () => (await client.search.query({ text: number })).hits[0]?.title, { timeout: 15_000 })
      .toBe(number);
  });

  it('sends every command past the gate, with the validated input, and none where it refuses', async () => {
    const seen: GatedCommand[] = [];
    const gate: ApprovalGate = (command) => {
      seen.push(command);
      throw Object.assign(new Error('held'), { name: 'held' });
    };
    const all = clientOf();
    const { context } = await staff.seatOf(await staff.holder('close-period'));
    const client: Client = createRouterClient(host.router, {
      context: () => ({ ...context!, session: context!.session, traceId: 't', gate }),
    });
    const before = await client.audit.head();
    await expect(client.ledger.closePeriod({ through: '2026-10-31' })).rejects.toMatchObject({
      code: 'INTERNAL',
    });
    expect(seen).toMatchObject([
      { procedure: 'ledger.closePeriod', input: { through: '2026-10-31' }, session: { actor: 'operator-4' } },
    ]);
    expect(await all.audit.head()).toEqual(before);
    await client.ledger.trialBalance({});
    expect(seen).toHaveLength(1);
  });

  it('tells who watches which rooms changed', async () => {
    const client = clientOf();
    const controller = new AbortController();
    const events = await client.jobs.watch(undefined, { signal: controller.signal });
    const changed = (async () => {
      for await (const event of events)
        if (event.type === 'changed' && event.rooms.includes('ledger')) return event;
      return undefined;
    })();
    await client.ledger.createAccount({ code: '7000', name: 'Suspense', kind: 'asset', currency: 'EUR' });
    expect(await changed).toMatchObject({ rooms: expect.arrayContaining(['ledger', 'audit']) });
    controller.abort();
  });

  it('is healthy and measured', async () => {
    const client = clientOf();
    expect(await client.system.health()).toMatchObject({ ok: true, version: 'test' });
    const text = await client.system.metrics();
    for (const series of [
      'transactions_total',
      'transactions_duration_seconds',
      'account_balance_updates_total',
      'reconciliation_discrepancies_total',
      'audit_trail_integrity_checks_total',
      'event_loop_delay_p99_seconds',
    ]) {
      expect(text).toContain(series);
    }
    expect(text).toMatch(/transactions_total\{[^}]*\} [1-9]/);
    expect(text).toMatch(/account_balance_updates_total [1-9]/);
    expect(text).toMatch(/audit_trail_integrity_checks_total\{outcome="[a-z]+"\} [1-9]/);
    await client.vault.lock();
    expect(await client.system.health()).toMatchObject({ ok: false });
  });
});
