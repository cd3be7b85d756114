/** Write-offs at the approval gate, attacked: by the maker alone, by another amount, by a cause that vanishes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BreakRow } from '../../src/contract/breaks.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import { agree, heldBy, takeFile } from '../support/gate.ts';
import {
  cheapStretch,
  connectTo,
  movableRuntime,
  namePeople,
  type People,
  type Person,
} from '../support/people.ts';
import { codeOfCall } from '../support/refusal.ts';
import { camt053 } from '../support/statement-files.ts';

let folder: string;
let host: EngineHost;
let people: People;
let cleo: Client;
let sem: Client;
let dov: Client;
let ada: Client;

const statement = (number: string, day: number, opening: string, closing: string, amount: string) =>
  camt053({
    ...{
      number,
      id: `ST-${number}`,
      opening: [`2024-02-0${day}`, opening],
      closing: [`2024-02-0${day}`, closing],
    },
    lines: [{ date: `2024-02-0${day}`, amount, text: `nobody knows ${number}` }],
  });

async function breakOf(kind: BreakRow['kind']): Promise<BreakRow> {
  await cleo.breaks.sweep();
  return (await cleo.breaks.list({ kind, status: 'to-do' })).rows[0]!;
}

const writeOffOf = ({ id, amountMinor, currency }: BreakRow, reason = 'bank-error' as const) => ({
  ...{ id, amountMinor, currency, reason, note: 'the bank will not answer' },
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-breaks-'));
  const runtime = movableRuntime();
  host = createEngineHost({
    ...{ dataFolder: folder, version: 'test', runtime, stretchOfOperatorsInTests: cheapStretch },
  });
  const connect = connectTo(host);
  const owner = await connect();
  await owner.client.vault.create({ name: 'desk', passphrase: 'seven quiet herons on a ledge' });
  people = await namePeople(connect, runtime);
  const at = async (person: Person) => (await people.seatOf(person)).client;
  cleo = await at(await people.hire('Cleo Analyst', ['treasury-analyst']));
  sem = await at(await people.hire('Sem Settler', ['settlement-officer']));
  dov = await at(await people.hire('Dov Approver', ['treasury-approver']));
  ada = await at(people.officers[0]);
  await takeFile(cleo, '1.xml', statement('1', 1, '100.00', '150.00', '50.00'));
  await takeFile(cleo, '3.xml', statement('3', 5, '400.00', '390.00', '-10.00'));
}, 240_000);
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a write-off', () => {
  it('waits for a second person, who sees what it moves, and nothing is posted before', async () => {
    const opening = await breakOf('opening');
    const { requestId } = await heldBy(cleo.breaks.writeOff(writeOffOf(opening)));
    const { rendered, policyTitle, state } = await dov.approvals.get({ requestId });
    expect([state, policyTitle]).toEqual(['pending', 'Write-offs of breaks']);
    expect(rendered).toMatchObject({ title: 'Write off a break', obstacle: null });
    expect(rendered.lines.map(({ label, before, after }) => [label, before, after])).toEqual([
      ['Written off', null, '100.00 EUR'],
      ['Reason', null, 'bank error'],
      ['Note', null, 'the bank will not answer'],
      ['Break', null, opening.id],
      ['Kind', null, 'Opening balance'],
      ['Amount', null, '100.00 EUR'],
      ['Stands since', null, '2024-02-01'],
      ['Balance 2300.EUR Statement differences EUR', '350.00 EUR credit', '250.00 EUR credit'],
      ['Balance write-offs EUR, a new account', '0.00 EUR', '100.00 EUR credit'],
    ]);
    expect(rendered.sources.map(({ label }) => label)).toEqual(['Break', 'Statement']);
    expect((await cleo.breaks.get({ id: opening.id })).status).toBe('open');

    expect(await codeOfCall(() => agree(cleo, requestId))).toBe('APPROVAL_SELF');
    expect(await codeOfCall(() => agree(sem, requestId))).toMatch(/^APPROVAL_NOT_CHECKER$/);
    expect(await codeOfCall(() => agree(ada, requestId))).toMatch(/^APPROVAL_NOT_CHECKER$/);
    expect((await agree(dov, requestId)).state).toBe('executed');

    const written = await cleo.breaks.get({ id: opening.id });
    expect(written).toMatchObject({ status: 'written-off', writeOff: { actorName: 'Cleo Analyst' } });
    const { executedRecord } = await dov.approvals.get({ requestId });
    expect(executedRecord).not.toBeNull();
  });

  it('runs as it was approved: a changed byte of it voids the answer', async () => {
    const gap = await breakOf('gap');
    const { requestId } = await heldBy(cleo.breaks.writeOff(writeOffOf(gap)));
    const vote = { requestId, commandHash: '0'.repeat(64), decision: 'approve' } as const;
    expect(await codeOfCall(() => dov.approvals.vote(vote))).toBe('APPROVAL_ALTERED');
    expect((await cleo.breaks.get({ id: gap.id })).status).toBe('open');
    await cleo.approvals.withdraw({ requestId });
  });

  it.each([1n, 24_999n, -25_000n])(
    'of %s instead of the amount of the break is refused when it runs',
    async (minor) => {
      const gap = await breakOf('gap');
      const input = { ...writeOffOf(gap), amountMinor: minor };
      const { requestId } = await heldBy(cleo.breaks.writeOff(input));
      expect((await dov.approvals.get({ requestId })).rendered.obstacle).toMatch(/another/);
      await agree(dov, requestId);
      expect(await dov.approvals.get({ requestId })).toMatchObject({
        ...{ state: 'failed', failure: { code: 'BREAK_CHANGED' } },
      });
      expect((await cleo.breaks.get({ id: gap.id })).status).toBe('open');
    },
  );

  it('is nobody’s to ask for who keeps no books', async () => {
    const gap = await breakOf('gap');
    for (const client of [dov, ada]) {
      expect(await codeOfCall(() => client.breaks.writeOff(writeOffOf(gap)))).toBe('NOT_PERMITTED');
    }
  });

  it('is refused at its run where the cause vanished after it was approved of', async () => {
    const gap = await breakOf('gap');
    const { requestId } = await heldBy(sem.breaks.writeOff(writeOffOf(gap)));
    await takeFile(cleo, '2.xml', statement('2', 2, '150.00', '400.00', '250.00'));
    await agree(dov, requestId);
    const { state, failure } = await dov.approvals.get({ requestId });
    expect([state, failure?.code]).toEqual(['failed', expect.stringMatching(/^BREAK_(GONE|OVER)$/)]);
    await cleo.breaks.sweep();
    expect((await cleo.breaks.get({ id: gap.id })).status).toBe('closed');
  });

  it('is taken back by two as well', async () => {
    const [written] = (await cleo.breaks.list({ status: 'written-off' })).rows;
    const input = { id: written!.id, note: 'the bank has answered' };
    const { requestId } = await heldBy(sem.breaks.undoWriteOff(input));
    expect((await dov.approvals.get({ requestId })).rendered).toMatchObject({
      ...{ title: 'Take back a write-off', obstacle: null },
    });
    expect((await agree(dov, requestId)).state).toBe('executed');
    expect(await cleo.breaks.get({ id: written!.id })).toMatchObject({ status: 'open', writeOff: null });
    expect(await codeOfCall(() => cleo.breaks.undoWriteOff(input))).toBe('APPROVAL_REQUIRED');
  });

  it('of an unmatched line keeps its money from being matched, until it is taken back', async () => {
    await cleo.reconciliation.run();
    const line = await breakOf('unmatched');
    expect(line.counterparty).toBeNull();
    const { requestId } = await heldBy(cleo.breaks.writeOff(writeOffOf(line)));
    expect((await agree(dov, requestId)).state).toBe('executed');
    const confirm = {
      bankTransactionId: line.source.id,
      allocations: [{ openItemId: '1', allocatedMinor: 1n }],
    };
    expect(await codeOfCall(() => cleo.reconciliation.confirm(confirm))).toBe('MATCH_WRITTEN_OFF');
    await cleo.reconciliation.run();
    expect((await cleo.breaks.get({ id: line.id })).status).toBe('written-off');
    const undo = await heldBy(cleo.breaks.undoWriteOff({ id: line.id, note: 'the customer has called' }));
    await agree(dov, undo.requestId);
    expect(await codeOfCall(() => cleo.reconciliation.confirm(confirm))).not.toBe('MATCH_WRITTEN_OFF');
  });
});

describe('the books afterwards', () => {
  it('verify, breaks among them', async () => {
    const { verified, checks } = await dov.ledger.verify();
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks.map(({ name }) => name)).toContain('breaks stand as their history says');
    expect(verified).toBe(true);
  });

  it('are proven for every day, and the proof adds up', async () => {
    for (const date of ['2024-01-31', '2024-02-01', '2024-02-03', '2024-02-05', '2024-03-01']) {
      for (const row of await dov.breaks.proofs({ date })) {
        const { lines, ...figures } = await dov.breaks.proof({ bankAccountId: row.bankAccountId, date });
        const sum = lines.reduce((total, { amountMinor }) => total + amountMinor, 0n);
        expect(sum).toBe(figures.explainedMinor);
        expect([date, figures.unexplainedMinor]).toEqual([date, date < '2024-02-01' ? null : 0n]);
      }
    }
  });

  it('refuse a proof of no account and of no day', async () => {
    const { bankAccountId } = (await dov.breaks.proofs({ date: '2024-02-05' }))[0]!;
    const proof = (id: string, date: string) =>
      codeOfCall(() => dov.breaks.proof({ bankAccountId: id, date }));
    expect(await proof('99', '2024-02-05')).toBe('PROOF_ACCOUNT_UNKNOWN');
    expect(await proof(bankAccountId, '2024-02-30')).toBe('PROOF_DATE_INVALID');
    expect(await proof(bankAccountId, '2999-01-01')).toBe('PROOF_DATE_INVALID');
    expect(await proof(bankAccountId, 'today')).toBe('INPUT_INVALID');
  });

  it('are exported with sealed account numbers, which leaves a record', async () => {
    const { fileName, csv } = await dov.breaks.exportProof({ bankAccountId: '1', date: '2024-02-05' });
    expect(fileName).toBe('proof-1-2024-02-05.csv');
    const rows = csv.trim().split('\r\n');
    expect(rows[0]).toBe('account,currency,day,row,date,amount,source,id');
    expect(rows.slice(1).every((row) => row.startsWith('csv1:'))).toBe(true);
    expect(csv).not.toContain('DE02120300000000202051');
    expect(rows.map((row) => row.split(',').slice(3, 6).join(' ')).slice(1)).toEqual(
      expect.arrayContaining(['bank 2024-02-05 390.00', 'unexplained 2024-02-05 0.00']),
    );
    const mei = (await people.seatOf(await people.hire('Mei Officer', ['compliance-officer']))).client;
    const { transferId } = await mei.compliance.begin({ kind: 'open-columns', fileName });
    const first = await mei.compliance.write({ transferId, offset: 0, bytes: new Blob([csv]) });
    const { bytes } = await mei.compliance.finish({ transferId });
    const opened = (await first.bytes.text()) + (await bytes.text());
    expect(opened).toContain('DE02120300000000202051,EUR,2024-02-05,bank,2024-02-05,390.00,statement');
    const { rows: records } = await dov.audit.records({ limit: 20 });
    expect(records.map(({ kind }) => kind)).toContain('breaks.export-proof');
  });
});
