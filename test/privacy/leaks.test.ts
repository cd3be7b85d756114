import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, createRouterClient, traverseContractProcedures } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcedureMeta } from '../../src/contract/common.ts';
import { contract } from '../../src/contract/index.ts';
import type { RoleId } from '../../src/contract/operators.ts';
import { type CallContext, createLogger } from '../../src/main/base/index.ts';
import { sha256 } from '../../src/main/crypto/index.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type DoorName, type EngineHost } from '../../src/main/engine/index.ts';
import { permissionsOf, ROLES } from '../../src/main/operators/roles.ts';
import { fromBase32, hotp, stepAt, toBase32 } from '../../src/main/operators/totp.ts';
import { inChunks } from '../support/desks.ts';
import { countersigned } from '../support/people.ts';
import { fixedClockRuntime } from '../support/vault.ts';

const PASSPHRASE = 'violet anchors drift past seven lanterns';
const DEMO = 'resources/demo';

/** Every IBAN of the sample data, and every name of a customer. */
const customers = readFileSync(join(DEMO, 'customers.csv'), 'utf8').trim().split('\n').slice(1);
const customerNames = customers.map((line) =>
  /^[^,]*,("(?:[^"]|"")*"|[^,]*)/.exec(line)![1]!.replace(/^"|"$/g, '').replaceAll('""', '"'),
);
const ibans = new Set(
  readdirSync(DEMO)
    .filter((name) => /\.(csv|xml|sta)$/.test(name))
    .flatMap(
      (name) => readFileSync(join(DEMO, name), 'latin1').match(/\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b/g) ?? [],
    )
    .filter((text) => /^(?!RF)[A-Z]{2}\d{2}[A-Z]{0,4}\d{8,}/.test(text)),
);

interface Connected {
  readonly client: Client;
  readonly context: CallContext;
}
let folder: string;
let host: EngineHost;
const logged: string[] = [];
const clock = fixedClockRuntime(Date.UTC(2026, 10, 21, 8));

function connect(door: DoorName): Connected {
  const context = host.contextFor(door);
  return { context, client: createRouterClient(host.router, { context: () => context }) };
}
const secretOf = (name: string) => toBase32(sha256(Buffer.from(name)).subarray(0, 20));
const codeOf = (name: string) => hotp(fromBase32(secretOf(name))!, stepAt(clock.nowMs()));
async function signIn(name: string): Promise<Connected> {
  const one = connect('loopback');
  clock.advance(30_000);
  await one.client.session.signIn({ name, passphrase: PASSPHRASE, code: codeOf(name) });
  return one;
}

const MASKED: RoleId[] = [
  'auditor',
  'administrator',
  'security-officer',
  'custody-officer',
  'trader',
  'risk-manager',
];

const queries: { path: readonly string[]; meta: ProcedureMeta }[] = [];
traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure, path }) => {
  const { meta } = procedure['~orpc'] as { meta: ProcedureMeta };
  if (!meta.command && path.join('.') !== 'jobs.watch') queries.push({ path, meta });
});

/** Inputs that answer something, where a procedure asks for one. */
const inputs: Record<string, unknown[]> = {};

async function ask(path: readonly string[], input: unknown, context: CallContext): Promise<string> {
  const procedure = path.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], host.router);
  const answer: unknown = await call(procedure as Parameters<typeof call>[0], input, { context, path });
  return (
    JSON.stringify(answer, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)) ??
    ''
  );
}

/** What of the sample data stands in a text. */
const told = (text: string) => [
  ...[...ibans].filter((iban) => text.includes(iban)),
  ...customerNames.filter((name) => text.includes(JSON.stringify(name).slice(1, -1))),
];

/** Files that break off in the middle, under a name that tells an account. */
async function takeBrokenFiles(client: Client): Promise<void> {
  const files = readdirSync(DEMO)
    .filter((name) => /camt053\.xml$|mt940\.sta$/.test(name))
    .slice(0, 4);
  for (const name of files) {
    const text = readFileSync(join(DEMO, name), 'latin1');
    const broken = Buffer.from(text.slice(0, Math.floor(text.length * 0.7)), 'latin1');
    const { uploadId } = await client.intake.begin({
      fileName: `${[...ibans][0]}-${name}`,
      sizeBytes: null,
    });
    let offset = 0;
    for await (const chunk of inChunks(broken)) {
      await client.intake
        .write({ uploadId, offset, bytes: new Blob([new Uint8Array(chunk)]) })
        .catch(() => undefined);
      offset += chunk.byteLength;
    }
    const result = await client.intake.finish({ uploadId });
    expect(result.outcome).toBe('refused');
    const { file: _file, details, ...rest } = result;
    expect(told(JSON.stringify({ ...rest, details: { ...details, file: '' } }))).toEqual([]);
  }
}

/** A payment at once from a customer of the sample data, with its name and account wherever one may stand. */
async function instantOf(client: Client, payer: { name: string; ibans: readonly string[] }): Promise<Blob> {
  const own = (await client.statements.bankAccounts()).find(({ currency }) => currency === 'EUR')!;
  const account = payer.ibans[0] ?? [...ibans][0]!;
  return new Blob([
    JSON.stringify({
      FIToFICstmrCdtTrf: {
        GrpHdr: { MsgId: 'LEAK-1', CreDtTm: '2026-11-20T10:00:00Z', NbOfTxs: '1' },
        CdtTrfTxInf: [
          {
            PmtId: { EndToEndId: `E2E ${account}`.slice(0, 35) },
            IntrBkSttlmAmt: { Ccy: 'EUR', value: '31.50' },
            IntrBkSttlmDt: '2026-11-20',
            Dbtr: { Nm: payer.name },
            DbtrAcct: { Id: { IBAN: account } },
            Cdtr: { Nm: 'Demo Treasury' },
            CdtrAcct: { Id: { IBAN: own.number } },
            RmtInf: { Ustrd: [`from ${payer.name}, ${account}`] },
          },
        ],
      },
    }),
  ]);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-leaks-'));
  const log = createLogger((line) => logged.push(line), clock.nowMs);
  host = createEngineHost({ dataFolder: folder, version: 'test', runtime: clock, log });
  const owner = connect('loopback');
  await owner.client.vault.create({ name: 'desk', passphrase: 'seven quiet herons on a ledge' });
  await connect('cli').client.system.demo();
  const officer = (name: string) => ({
    ...{ name, passphrase: PASSPHRASE },
    secondFactor: { secret: secretOf(name), code: codeOf(name) },
  });
  await owner.client.operators.nameOfficers({ officers: [officer('Ada Weiss'), officer('Bo Lind')] });
  const ada = await signIn('Ada Weiss');
  const bo = await signIn('Bo Lind');
  for (const role of [...MASKED, 'compliance-officer', 'treasury-analyst'] as RoleId[]) {
    clock.advance(30_000);
    const person = { kind: 'person' as const, ...officer(`The ${role}`), roles: [role] };
    await countersigned(() => ada.client.operators.create(person), [bo]);
  }
  const analyst = (await signIn('The treasury-analyst')).client;
  await takeBrokenFiles(analyst);
  const damaged = `{"Document":{"${[...ibans][0]}":"${customerNames[0]}"}}`;
  const dead = await analyst.connectors.submit({ message: new Blob([damaged]) });
  const inbox = await ada.client.connectors.add({
    label: 'inbox',
    settings: { kind: 'http', port: 0, ratePerSecond: 1 },
  });
  const [transaction] = (await analyst.statements.transactions({ limit: 1 })).rows;
  const matched = (await analyst.reconciliation.queue({ limit: 5, status: 'auto' })).rows;
  const [item] = (await analyst.receivables.openItems({ limit: 1 })).rows;
  const [statement] = (await analyst.statements.list({ limit: 1 })).rows;
  const [entry] = (await analyst.ledger.entries({ limit: 1 })).rows;
  const [account] = await analyst.ledger.accounts();
  const records = (await analyst.audit.records({ limit: 100 })).rows;
  await analyst.breaks.sweep();
  const reviewer = (await signIn('The compliance-officer')).client;
  const [incident] = (await reviewer.incidents.list({ limit: 1 })).rows;
  await reviewer.incidents.assign({ id: incident!.id, owner: 'Bo Lind' });
  await reviewer.incidents.escalate({
    id: incident!.id,
    reason: `call ${customerNames[0]}, ${[...ibans][0]}`,
  });
  const broken = (await analyst.breaks.list({ limit: 20, kind: 'unmatched' })).rows;
  await analyst.breaks.note({ id: broken[0]!.id, note: `ask ${customerNames[0]}, ${[...ibans][0]}` });
  const payer = (await analyst.receivables.customers({ limit: 1 })).rows[0]!;
  const told = await analyst.connectors.submit({ message: await instantOf(analyst, payer) });
  expect(told).toMatchObject({ result: 'taken', received: 1 });
  const [paid] = (await analyst.instant.payments({ limit: 1 })).rows;
  Object.assign(inputs, {
    'statements.get': [{ id: statement!.id }],
    'statements.transaction': matched.map(({ id }) => ({ id })),
    'statements.transactions': [{ limit: 500 }, { limit: 500, statementId: statement!.id }],
    'statements.list': [{ limit: 200 }],
    'statements.source': [{ transactionId: transaction!.id }],
    'receivables.openItem': [{ id: item!.id }],
    'receivables.customers': [{ limit: 500 }, { text: payer.name.slice(0, 5) }],
    'receivables.openItems': [{ limit: 500 }, { text: payer.name.slice(0, 5) }],
    'reconciliation.item': matched.map(({ id }) => ({ bankTransactionId: id })),
    'reconciliation.queue': [{ limit: 500 }],
    'instant.payments': [{ limit: 500 }, { limit: 100, text: payer.name.slice(0, 5) }],
    'instant.payment': [{ paymentId: paid!.id }],
    'instant.message': [{ messageNumber: told.messageNumber! }],
    'instant.messageSource': [{ messageNumber: told.messageNumber! }],
    'breaks.list': [{ limit: 500 }, { limit: 100, text: payer.name.slice(0, 5) }],
    'incidents.get': [{ id: incident!.id }],
    'breaks.get': broken.map(({ id }) => ({ id })),
    'breaks.proofs': [{ date: '2026-11-20' }],
    'breaks.proof': [{ bankAccountId: '1', date: '2026-11-20' }],
    'reconciliation.learned': [{ limit: 500 }],
    'reconciliation.matches': [{ limit: 500 }],
    'ledger.entry': [{ id: entry!.id }],
    'ledger.entries': [{ limit: 500 }],
    'ledger.accountStatement': [{ accountId: account!.id, limit: 100 }],
    'audit.record': records.map(({ seq }) => ({ seq })),
    'audit.records': [{ limit: 500 }],
    'audit.consistency': [{ from: 1n, to: 2n }],
    'intake.imports': [{ limit: 500 }],
    'search.query': [
      { text: payer.name, limit: 100 },
      { text: payer.ibans[0] ?? payer.name, limit: 100 },
      { text: 'GmbH', limit: 100 },
      { text: item!.invoiceNumber, limit: 100 },
    ],
    'connectors.deadLetters': [{ limit: 500 }],
    'connectors.deadLetter': [{ id: dead.deadLetterId! }],
    'connectors.keys': [{ id: inbox.id }],
    'keys.get': [{ keyId: 'kek-1' }],
    'keys.loss': [{ keyId: 'kek-1' }],
    'operators.newSecondFactor': [{ name: 'Ada' }],
  });
}, 240_000);
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the sample data', () => {
  it('holds names and account numbers to look for', () => {
    expect(ibans.size).toBeGreaterThan(30);
    expect(customerNames.length).toBeGreaterThan(20);
  });

  it('is told to whoever works with it', async () => {
    const { context } = await signIn('The treasury-analyst');
    let seen = 0;
    for (const { path } of queries) {
      for (const input of inputs[path.join('.')] ?? [{}]) {
        seen += told(await ask(path, input, context).catch(() => '')).length;
      }
    }
    expect(seen).toBeGreaterThan(100);
  });

  it.each(MASKED)('is told to a %s by no query of the contract', async (role) => {
    const { context } = await signIn(`The ${role}`);
    let answered = 0;
    let masked = 0;
    for (const { path, meta } of queries) {
      const name = path.join('.');
      for (const input of inputs[name] ?? [{}]) {
        const answer = await ask(path, input, context).catch((error: unknown) => {
          const { code: failed } = error as { code: string };
          // Nothing else may fail: an answer that was not seen was not looked at.
          const mayFail =
            /^(NOT_PERMITTED|INPUT_INVALID|NOT_FOUND|BACKUP_\w+|COMPLIANCE_\w+|INCIDENT_UNKNOWN|BREAK_UNKNOWN|ROTATION_UNKNOWN|KEY_UNKNOWN|HSM_UNAVAILABLE)$/;
          expect(failed, name).toMatch(mayFail);
          if (failed === 'NOT_PERMITTED')
            expect(permissionsOf([role]).has(meta.permission as never), name).toBe(false);
          return '';
        });
        if (answer !== '') answered += 1;
        if (answer.includes('•')) masked += 1;
        expect(told(answer), name).toEqual([]);
      }
    }
    expect(answered).toBeGreaterThan(80);
    expect(masked).toBeGreaterThan(20);
  });

  it('is in no receipt for a role that may neither see nor unmask', async () => {
    const trader = await signIn('The trader');
    await expect(trader.client.audit.receipt({ seq: 1n })).rejects.toMatchObject({ code: 'PRIVACY_MASKED' });
  });

  it('is shown by an unmasking, which leaves a record with the reason', async () => {
    const { client } = await signIn('The auditor');
    const [row] = (await client.receivables.customers({ limit: 1 })).rows;
    expect(row!.name).toMatch(/^\S•••••/);
    const shown = await client.privacy.unmask({
      kind: 'customer',
      id: row!.id,
      reason: 'sampling of the year',
    });
    expect(customerNames).toContain(shown.values.find(({ path }) => path[0] === 'name')!.value);
    const { record, detail } = await client.audit.record({ seq: shown.record });
    expect(record).toMatchObject({ kind: 'privacy.unmask', subjects: [{ kind: 'customer', id: row!.id }] });
    expect(told(detail!)).toEqual([]);
    const looks = await client.privacy.looks({});
    expect(looks.rows[0]).toMatchObject({
      kind: 'customer',
      thingId: row!.id,
      reason: 'sampling of the year',
    });
    await expect(
      client.privacy.unmask({ kind: 'customer', id: '999999', reason: 'sampling' }),
    ).rejects.toMatchObject({ code: 'PRIVACY_THING_UNKNOWN' });
  });

  it.each(['bank-transaction', 'open-item', 'statement', 'account', 'audit-record'] as const)(
    'is shown of a %s, and nothing is left masked',
    async (kind) => {
      const { client } = await signIn('The auditor');
      const { values } = await client.privacy.unmask({ kind, id: '1', reason: 'sampling of the year' });
      expect(values.length).toBeGreaterThan(0);
      expect(JSON.stringify(values)).not.toContain('•');
    },
  );

  it('is masked in what people wrote of an incident, and in nothing else of it', async () => {
    const { client } = await signIn('The security-officer');
    const { id } = (inputs['incidents.get'] as { id: string }[])[0]!;
    const noteOf = async (action: string) =>
      (await client.incidents.get({ id })).timeline.find((event) => event.action === action)?.note;
    expect(await noteOf('assigned')).toBe('Bo Lind');
    expect(await noteOf('escalated')).toBe('•••');
    const { values } = await client.privacy.unmask({ kind: 'incident', id, reason: 'working on it' });
    expect(values.map(({ value }) => value)).toEqual([`call ${customerNames[0]}, ${[...ibans][0]}`]);
  });

  it('is unmasked for nobody else', async () => {
    const { client } = await signIn('The trader');
    const look = client.privacy.unmask({ kind: 'customer', id: '1', reason: 'just so' });
    await expect(look).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    expect(Object.values(ROLES).filter(({ permissions }) => permissions.includes('unmask'))).toHaveLength(3);
  });

  it('is in no line of the log, though files were refused', () => {
    expect(told(logged.join('\n'))).toEqual([]);
  });
});
