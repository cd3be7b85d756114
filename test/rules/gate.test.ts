/** Rules at the approval gate, attacked: by one person alone, with made-up figures, with a changed byte. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuleChange, RuleDefinition } from '../../src/contract/rules.ts';
import { readArguments } from '../../src/main/doors/cli/arguments.ts';
import { UsageError } from '../../src/main/doors/cli/exit-codes.ts';
import { rulesCommand } from '../../src/main/doors/cli/rules.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import { CUSTOMERS, camt053, INVOICES } from '../reconciliation/support.ts';
import { agree, heldBy, takeFile } from '../support/gate.ts';
import { cheapStretch, connectTo, movableRuntime, namePeople, type Person } from '../support/people.ts';
import { codeOfCall } from '../support/refusal.ts';

let folder: string;
let host: EngineHost;
let cleo: Client;
let sem: Client;
let dov: Client;
let ada: Client;
let audrey: Client;

const SPAN = { from: '2026-10-20', to: '2026-11-19' };
const ASK: RuleDefinition = {
  name: 'Muster disputes',
  conditions: { payerName: { test: 'starts', text: 'Muster' }, currency: 'EUR', leastMinor: 100_000n },
  action: { kind: 'ask', reason: 'deliveries are disputed' },
};
const create = (definition: RuleDefinition): RuleChange => ({ kind: 'create', definition });

async function ask(client: Client, change: RuleChange): Promise<string> {
  const { trial } = await client.rules.dryRun({ change, ...SPAN });
  return (await heldBy(client.rules.change({ change, trial }))).requestId;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-rules-'));
  const runtime = movableRuntime();
  host = createEngineHost({
    ...{ dataFolder: folder, version: 'test', runtime, stretchOfOperatorsInTests: cheapStretch },
  });
  const connect = connectTo(host);
  const owner = await connect();
  await owner.client.vault.create({ name: 'desk', passphrase: 'seven quiet herons on a ledge' });
  const people = await namePeople(connect, runtime);
  const at = async (person: Person) => (await people.seatOf(person)).client;
  cleo = await at(await people.hire('Cleo Analyst', ['treasury-analyst']));
  sem = await at(await people.hire('Sem Settler', ['settlement-officer']));
  dov = await at(await people.hire('Dov Approver', ['treasury-approver']));
  audrey = await at(await people.hire('Audrey Auditor', ['auditor']));
  ada = await at(people.officers[0]);
  await takeFile(cleo, 'customers.csv', CUSTOMERS);
  await takeFile(cleo, 'invoices.csv', INVOICES);
  const lines = [
    { name: 'Muster Handels GmbH', iban: 'DE89370400440532013000', amount: '1190.17', text: 'INV-2026-1001' },
  ];
  await takeFile(cleo, 's.xml', camt053({ id: 'S', date: '2026-11-02', openingMinor: 0n, lines }).xml);
}, 240_000);
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a rule', () => {
  it('waits for a second person, who sees its terms and what the dry run found', async () => {
    await cleo.reconciliation.run();
    const requestId = await ask(cleo, create(ASK));
    const { rendered, policyTitle } = await dov.approvals.get({ requestId });
    expect(policyTitle).toBe('Rules of the desk');
    expect(rendered).toMatchObject({ title: 'Write a rule of the desk', obstacle: null });
    expect(rendered.lines.map(({ label, before, after }) => [label, before, after])).toEqual([
      ['Name', null, 'Muster disputes'],
      ['Currency', null, 'EUR'],
      ['Amount from', null, '1000.00 EUR'],
      ['Name starts', null, 'Muster'],
      ['Action', null, 'a person decides: deliveries are disputed'],
      ['Dry run from', null, '2026-10-20'],
      ['Dry run to', null, '2026-11-19'],
      ['Lines looked at', null, '1'],
      ['Conditions hold on', null, '1'],
      ['Lines that would go to a person', null, '1 · 1190.17 EUR'],
    ]);
    expect((await cleo.rules.list()).rules).toEqual([]);
    expect(await codeOfCall(() => agree(cleo, requestId))).toBe('APPROVAL_SELF');
    expect(await codeOfCall(() => agree(sem, requestId))).toBe('APPROVAL_NOT_CHECKER');
    expect(await codeOfCall(() => agree(ada, requestId))).toBe('APPROVAL_NOT_CHECKER');
    const vote = { requestId, commandHash: '0'.repeat(64), decision: 'approve' } as const;
    expect(await codeOfCall(() => dov.approvals.vote(vote))).toBe('APPROVAL_ALTERED');
    expect((await cleo.rules.list()).rules).toEqual([]);
    expect((await agree(dov, requestId)).state).toBe('executed');
    expect((await cleo.rules.list()).rules).toMatchObject([{ number: 1, state: 'on', definition: ASK }]);
    await cleo.reconciliation.run();
    const [row] = (await cleo.reconciliation.queue({})).rows;
    expect(row).toMatchObject({ status: 'suggested', reason: 'rule 1 (version 1) asks a person' });
    expect(await cleo.rules.acted()).toMatchObject({ rules: [{ number: 1, count: 1 }] });
  });

  it('shows what is another, part by part, when it is changed', async () => {
    const definition = { ...ASK, conditions: { ...ASK.conditions, leastMinor: 120_000n } };
    const requestId = await ask(sem, { kind: 'edit', number: 1, baseVersion: 1, definition });
    const { lines } = (await dov.approvals.get({ requestId })).rendered;
    expect(lines.filter(({ before }) => before !== null)).toEqual([
      { label: 'Amount from', before: '1000.00 EUR', after: '1200.00 EUR' },
    ]);
    expect(lines).toContainEqual({
      ...{ label: 'Lines that would be matched by the machine', before: null, after: '1 · 1190.17 EUR' },
    });
    await agree(dov, requestId);
    const { versions } = await dov.rules.get({ number: 1 });
    expect(versions.map(({ version, changedBy }) => [version, changedBy === versions[1]!.changedBy])).toEqual(
      [
        [2, false],
        [1, true],
      ],
    );
  });

  it('is refused when it runs where it was changed since it was asked for', async () => {
    const off: RuleChange = { kind: 'switch', number: 1, baseVersion: 2, on: false };
    const first = await ask(cleo, off);
    const second = await ask(sem, { kind: 'retire', number: 1, baseVersion: 2 });
    expect((await agree(dov, second)).state).toBe('executed');
    const { rendered } = await dov.approvals.get({ requestId: first });
    expect(rendered.obstacle).toMatch(/no such rule/i);
    expect(rendered.lines.at(-1)).toMatchObject({ label: 'Since the dry run' });
    await agree(dov, first);
    expect(await dov.approvals.get({ requestId: first })).toMatchObject({
      ...{ state: 'failed', failure: { code: 'RULE_UNKNOWN' } },
    });
  });

  it('with figures that no dry run found is told of to the checker, and never runs', async () => {
    const change = create({ ...ASK, name: 'quiet' });
    const { trial } = await cleo.rules.dryRun({ change, ...SPAN });
    const quiet = { ...trial, figures: [], holds: 0 };
    const { requestId } = await heldBy(cleo.rules.change({ change, trial: quiet }));
    expect((await dov.approvals.get({ requestId })).rendered.obstacle).toMatch(/dry run/);
    await agree(dov, requestId);
    expect(await dov.approvals.get({ requestId })).toMatchObject({ failure: { code: 'RULE_TRIAL' } });
    expect((await cleo.rules.list()).rules.map(({ state }) => state)).toEqual(['retired']);
  });

  it('is nobody’s to write who keeps no books, and is told to others without names', async () => {
    const change = create({ ...ASK, name: 'other' });
    const { trial } = await dov.rules.dryRun({ change, ...SPAN });
    for (const client of [dov, ada, audrey]) {
      expect(await codeOfCall(() => client.rules.change({ change, trial }))).toMatch(
        /^(NOT_PERMITTED|ROLE_READS_ONLY)$/,
      );
    }
    expect(await codeOfCall(() => audrey.rules.dryRun({ change }))).toBe('NOT_PERMITTED');
    const told = (await ada.rules.list()).rules[0]!.definition!;
    expect(JSON.stringify([told.name, told.conditions.payerName?.text])).not.toMatch(/Muster/);
  });

  it('shows no account number in full to whoever reads the request', async () => {
    const payerAccount = 'DE89370400440532013000';
    const requestId = await ask(cleo, create({ ...ASK, name: 'by account', conditions: { payerAccount } }));
    const shown = await ada.approvals.get({ requestId });
    expect(JSON.stringify(shown.rendered.lines)).toContain('Account of the other side');
    expect(JSON.stringify([shown.rendered, shown.raw])).not.toContain(payerAccount);
    await agree(dov, requestId);
    const { rules } = await cleo.rules.list();
    expect(rules.find(({ definition }) => definition?.name === 'by account')?.definition?.conditions).toEqual(
      {
        payerAccount,
      },
    );
    const { number } = rules.find(({ definition }) => definition?.name === 'by account')!;
    await agree(dov, await ask(cleo, { kind: 'retire', number, baseVersion: 1 }));
  });

  it.each<[string, RuleDefinition, string]>([
    ['everything', { ...ASK, conditions: {}, action: { kind: 'payer', customerId: 'C1' } }, 'RULE_TOO_BROAD'],
    ['nobody', { ...ASK, action: { kind: 'payer', customerId: 'C9' } }, 'RULE_CUSTOMER_UNKNOWN'],
    [
      'no account',
      { ...ASK, action: { kind: 'book', accountId: '999', mostMinor: 1n } },
      'RULE_ACCOUNT_UNKNOWN',
    ],
    ['a bad range', { ...ASK, conditions: { currency: 'EUR', leastMinor: -1n } }, 'RULE_RANGE'],
    ['no currency', { ...ASK, conditions: { currency: 'QQQ' } }, 'RULE_CURRENCY'],
  ])('about %s is refused before anybody is asked', async (_, definition, code) => {
    expect(await codeOfCall(() => cleo.rules.dryRun({ change: create(definition) }))).toBe(code);
  });

  it('whose words are patterns or too many is no rule at all', async () => {
    const remittance = Array.from({ length: 9 }, () => 'word');
    const change = create({ ...ASK, conditions: { remittance } });
    expect(await codeOfCall(() => cleo.rules.dryRun({ change }))).toBe('INPUT_INVALID');
  });
});

describe('what a rule did', () => {
  it('is told by the receipt of the line, rebuilt from the log, and verifies', async () => {
    const { id } = await cleo.ledger.createAccount({
      ...{ code: '5900.EUR', name: 'Account fees EUR', kind: 'expense', currency: 'EUR' },
    });
    const fee = { amount: '12.50', direction: 'debit' as const, text: 'account fee' };
    await takeFile(
      cleo,
      'f.xml',
      camt053({ id: 'F', date: '2026-11-03', openingMinor: 119_017n, lines: [fee] }).xml,
    );
    const requestId = await ask(
      cleo,
      create({
        name: 'fees',
        conditions: { direction: 'debit', currency: 'EUR', remittance: ['account fee'] },
        action: { kind: 'book', accountId: id, mostMinor: 5_000n },
      }),
    );
    await agree(dov, requestId);
    await cleo.reconciliation.run();
    const booked = (await cleo.reconciliation.queue({ direction: 'debit' })).rows[0]!;
    expect(booked).toMatchObject({ status: 'auto', reason: 'rule 3 (version 1) books it to an account' });
    const file = await cleo.audit.receipt({ bankTransactionId: booked.id });
    expect(file.text).toContain('desk-rule-book 3 version 1');
    expect((await dov.audit.replay({})).agrees).toBe(true);
    expect((await dov.ledger.verify()).verified).toBe(true);
    await cleo.reconciliation.undo({ bankTransactionId: booked.id });
    expect((await dov.audit.replay({})).agrees).toBe(true);
  });
});

describe('countersign rules', () => {
  const read = (...argv: string[]) => {
    const args = readArguments(['rules', ...argv]);
    if (typeof args === 'string') throw new Error(args);
    return args;
  };
  const file = () => {
    const path = join(folder, 'rule.json');
    const { conditions } = ASK;
    const given = { ...ASK, name: 'from a file', conditions: { ...conditions, leastMinor: '100000' } };
    writeFileSync(path, JSON.stringify(given));
    return path;
  };

  it('lists, shows, tries and asks', async () => {
    const path = file();
    const tried = await rulesCommand(cleo, read('dry-run', '--file', path));
    expect(tried.json).toMatchObject({ trial: { considered: 1, holds: 1 } });
    expect(tried.text).toMatch(/to-person +1 +1190\.17 +EUR/);
    const { requestId } = await heldBy(rulesCommand(cleo, read('add', '--file', path)));
    await agree(dov, requestId);
    const list = await rulesCommand(cleo, read('list'));
    expect(list.text).toMatch(/2 +4 +1 +on +ask +from a file/);
    const off = await heldBy(rulesCommand(cleo, read('off', '4')));
    await agree(dov, off.requestId);
    expect((await rulesCommand(cleo, read('show', '4'))).text).toMatch(/^Rule 4, version 1, off/);
  });

  it.each([
    [[]],
    [['nothing']],
    [['show']],
    [['off']],
    [['add']],
    [['off', '2', '--file', 'x']],
    [['dry-run', 'list']],
    [['order']],
    [['show', 'x']],
    [['list', '--file', 'x']],
  ])('%j makes no sense', (argv) => {
    expect(() => read(...argv)).toThrow(UsageError);
  });

  it('says of a file that holds no rule what is wrong with it', async () => {
    const path = join(folder, 'none.json');
    writeFileSync(
      path,
      JSON.stringify({ name: 'x', conditions: { regexp: '.*' }, action: { kind: 'ask', reason: 'x' } }),
    );
    await expect(rulesCommand(cleo, read('add', '--file', path))).rejects.toThrow(/is no rule/);
    await expect(rulesCommand(cleo, read('add', '--file', join(folder, 'none')))).rejects.toThrow(UsageError);
  });
});
