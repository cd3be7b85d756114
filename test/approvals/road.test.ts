import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoleId } from '../../src/contract/operators.ts';
import type { CallContext } from '../../src/main/base/index.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt } from '../../src/main/operators/totp.ts';
import { cheapStretch } from '../support/people.ts';
import { fixedClockRuntime } from '../support/vault.ts';

const VAULT = 'seven quiet herons on a ledge';
const PASSPHRASE = 'violet anchors drift past seven lanterns';
const SECRETS: Record<string, string> = {
  'Ada Weiss': 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  'Bo Lind': 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR',
  'Cleo Maas': 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJS',
  'Dov Perl': 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJT',
};

let folder: string;
let host: EngineHost;
const clock = fixedClockRuntime(Date.UTC(2026, 2, 2, 8));

interface Connected {
  readonly client: Client;
  readonly context: CallContext;
}
function connect(): Connected {
  const context = host.contextFor('loopback');
  return { context, client: createRouterClient(host.router, { context: () => context }) };
}
const codeOf = (name: string) => hotp(fromBase32(SECRETS[name]!)!, stepAt(clock.nowMs()));
const factor = (name: string) => ({ secret: SECRETS[name]!, code: codeOf(name) });
async function signedIn(name: string): Promise<Connected> {
  clock.advance(30_000);
  const connected = connect();
  await connected.client.session.signIn({ name, passphrase: PASSPHRASE, code: codeOf(name) });
  return connected;
}
const person = (name: string, roles: RoleId[]) => {
  clock.advance(30_000);
  return { kind: 'person', name, passphrase: PASSPHRASE, roles, secondFactor: factor(name) } as const;
};
/** Asks, has another agree, and asks again with what no request holds. */
async function inTwo<T>(run: () => Promise<T>, checker: Connected): Promise<T> {
  const error = await run().then(
    () => undefined,
    (thrown: unknown) => thrown as { code: string; data: { requestId: string } },
  );
  expect(error?.code).toBe('APPROVAL_REQUIRED');
  const { requestId } = error!.data;
  const { commandHash } = await checker.client.approvals.get({ requestId });
  const voted = await checker.client.approvals.vote({ requestId, commandHash, decision: 'approve' });
  expect(voted).toMatchObject({ state: 'approved', bringsAnew: true });
  return run();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-approvals-'));
  host = createEngineHost({
    dataFolder: folder,
    version: 'test',
    runtime: clock,
    stretchOfOperatorsInTests: cheapStretch,
  });
  const { client } = connect();
  await client.vault.create({ name: 'desk', passphrase: VAULT });
  await client.operators.nameOfficers({
    officers: ['Ada Weiss', 'Bo Lind'].map((name) => ({
      name,
      passphrase: PASSPHRASE,
      secondFactor: factor(name),
    })),
  });
}, 60_000);
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the road through two people, in the whole console', () => {
  let ada: Connected;
  let bo: Connected;

  it('people are named by two', async () => {
    ada = await signedIn('Ada Weiss');
    bo = await signedIn('Bo Lind');
    const cleo = person('Cleo Maas', ['treasury-analyst']);
    const line = await inTwo(() => ada.client.operators.create(cleo), bo);
    expect(line).toMatchObject({ name: 'Cleo Maas' });
    const again = ada.client.operators.create(cleo);
    await expect(again).rejects.toMatchObject({ code: 'APPROVAL_REQUIRED' });
    const dov = person('Dov Perl', ['treasury-approver']);
    await inTwo(() => ada.client.operators.create(dov), bo);
  });

  it('an adjustment is asked for, agreed to, posted once, and its record shows who', async () => {
    const cleo = await signedIn('Cleo Maas');
    const dov = await signedIn('Dov Perl');
    const cash = await cleo.client.ledger.createAccount({
      code: '9001',
      name: 'Cash',
      kind: 'asset',
      currency: 'EUR',
    });
    const fees = await cleo.client.ledger.createAccount({
      code: '9002',
      name: 'Fees',
      kind: 'income',
      currency: 'EUR',
    });
    const entry = {
      id: '01890000-0000-7000-8000-000000000001',
      effectiveDate: '2026-03-01',
      narrative: 'because',
      postings: [
        { accountId: cash.id, amountMinor: 90_071_992_547_409_931n, currency: 'EUR' },
        { accountId: fees.id, amountMinor: -90_071_992_547_409_931n, currency: 'EUR' },
      ],
    };
    const ask = () => cleo.client.ledger.post({ entries: [entry] });
    const error = await ask().catch((thrown: { code: string; data: { requestId: string } }) => thrown);
    expect(error).toMatchObject({ code: 'APPROVAL_REQUIRED', data: { state: 'pending', quorum: 1 } });
    const { requestId } = (error as { data: { requestId: string } }).data;
    const head = (await dov.client.audit.head())!.seq;
    await expect(ask()).rejects.toMatchObject({ code: 'APPROVAL_REQUIRED', data: { requestId } });
    expect((await dov.client.audit.head())!.seq).toBe(head);

    const inbox = await dov.client.approvals.list({ box: 'to-answer' });
    expect(inbox.rows).toHaveLength(1);
    expect(inbox.rows[0]).toMatchObject({ id: requestId, mine: 'answer', makerName: 'Cleo Maas' });
    expect(await dov.client.approvals.waiting()).toEqual({ toAnswer: 1, mine: 0 });
    const shown = await dov.client.approvals.get({ requestId });
    expect(shown.raw).toContain('"90071992547409931"');
    const { commandHash } = shown;
    await expect(
      cleo.client.approvals.vote({ requestId, commandHash, decision: 'approve' }),
    ).rejects.toMatchObject({ code: 'APPROVAL_SELF' });
    const done = await dov.client.approvals.vote({
      requestId,
      commandHash,
      decision: 'approve',
      reason: 'looked',
    });
    expect(done).toMatchObject({ state: 'executed', failure: null, agreed: 1 });
    const posted = await cleo.client.ledger.entry({ id: entry.id });
    expect(posted).toMatchObject({ id: entry.id });

    const record = await dov.client.audit.record({ seq: done.executedRecord! });
    expect(record.record.kind).toBe('approvals.execute');
    const detail = JSON.parse(record.detail!);
    expect(detail.maker).toMatchObject({ name: 'Cleo Maas' });
    expect(detail.checkers).toMatchObject([{ name: 'Dov Perl', reason: 'looked' }]);
    const command = await dov.client.audit.record({ seq: BigInt(detail.commandRecord) });
    expect(command.record).toMatchObject({ kind: 'ledger.post', actor: 'operator-3' });
    expect(command.record.traceId).toBe(record.record.traceId);
    await expect(
      dov.client.approvals.vote({ requestId, commandHash, decision: 'approve' }),
    ).rejects.toMatchObject({ code: 'APPROVAL_RUN_ALREADY' });
    expect((await dov.client.system.verify()).verified).toBe(true);
  });

  it('what is small enough by the contract crosses it: a lent right, and many answers at once', async () => {
    const dov = await signedIn('Dov Perl');
    const nowMs = clock.nowMs();
    const times = { fromMs: nowMs, untilMs: nowMs + 3_600_000 };
    const lent = { toId: '4', policyIds: ['journal'], reason: 'away', ...times };
    await expect(dov.client.approvals.delegate(lent)).rejects.toMatchObject({
      code: 'APPROVAL_DELEGATION_INVALID',
    });
    expect(await dov.client.approvals.delegations()).toEqual([]);
    const requests = [{ requestId: 'none', commandHash: 'a'.repeat(64) }];
    await expect(dov.client.approvals.voteMany({ requests, decision: 'approve' })).rejects.toMatchObject({
      code: 'APPROVAL_UNKNOWN',
    });
  });

  it('the program asks by itself for a new wrapping key, and two people agree to it', async () => {
    clock.advance(370 * 86_400_000);
    ada = await signedIn('Ada Weiss');
    bo = await signedIn('Bo Lind');
    const { waiting } = await ada.client.keys.runDue();
    expect(waiting).toContain('kek-1');
    await ada.client.keys.runDue();
    const open = await ada.client.approvals.list({ box: 'open', procedure: 'keys.rotate' });
    const keys = open.rows.filter(({ makerId }) => makerId === 'system');
    expect(keys).toHaveLength(waiting.length);
    const shown = await Promise.all(keys.map(({ id }) => ada.client.approvals.get({ requestId: id })));
    const { id: requestId, commandHash, quorum } = shown.find(({ raw }) => raw.includes('"kek-1"'))!;
    expect(quorum).toBe(2);
    const answer = { requestId, commandHash, decision: 'approve' } as const;
    expect(await ada.client.approvals.vote(answer)).toMatchObject({ state: 'pending', agreed: 1 });
    expect(await bo.client.approvals.vote(answer)).toMatchObject({ state: 'executed', agreed: 2 });
    expect((await ada.client.keys.get({ keyId: 'kek-1' })).key.state).not.toBe('active');
    expect((await ada.client.keys.runDue()).waiting).not.toContain('kek-1');
  });
});
