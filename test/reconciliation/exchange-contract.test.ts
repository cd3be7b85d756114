/** Dollars on a euro account through the contract: files and messages in, a person's decision, the proofs at the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import { cheapStretch, injectedClient, movableRuntime } from '../support/people.ts';

const IBAN = 'CH9300762011623852957';
const DAY = '2026-11-20';
const CUSTOMERS = `customer_id,name,country,ibans,aliases
C-1,Hüttenrauch Werkzeugbau OHG,DE,DE89370400440532013000,
`;
const INVOICES = `invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until
US-2026-1001,C-1,invoice,2026-10-01,2026-10-31,USD,1000.00,,,
US-2026-1002,C-1,invoice,2026-10-01,2026-10-31,USD,2500.50,,,
GB-2026-1001,C-1,invoice,2026-10-01,2026-10-31,GBP,300.00,,,
CH-2026-1001,C-1,invoice,2026-10-01,2026-10-31,CHF,120.00,,,
`;

/** An entry of a foreign payment as Swiss banks write it: the rate beside the counter value. */
const entry = (
  reference: string,
  amount: string,
  text: string,
  details: string,
) => `<Ntry><NtryRef>${reference}</NtryRef>
<Amt Ccy="CHF">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>false</RvslInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>${DAY}</Dt></BookgDt><ValDt><Dt>${DAY}</Dt></ValDt><AcctSvcrRef>${reference}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>XBCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="CHF">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>${details}
<RltdPties><Dbtr><Pty><Nm>Huettenrauch Werkzeugbau OHG</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;

const balance = (code: string, amount: string) =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="CHF">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${DAY}</Dt></Dt></Bal>`;

const STATEMENT = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>S-1</MsgId><CreDtTm>${DAY}T18:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>S-1</Id><CreDtTm>${DAY}T18:00:00Z</CreDtTm><Acct><Id><IBAN>${IBAN}</IBAN></Id><Ccy>CHF</Ccy></Acct>
${balance('OPBD', '0.00')}${balance('CLBD', '1175.00')}
${entry(
  'A-1',
  '920.00',
  'Invoice US-2026-1001',
  `<AmtDtls><InstdAmt><Amt Ccy="USD">1000.00</Amt></InstdAmt><TxAmt><Amt Ccy="CHF">925.00</Amt></TxAmt><CntrValAmt><Amt Ccy="CHF">925.00</Amt><CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>CHF</TrgtCcy><XchgRate>0.925</XchgRate></CcyXchg></CntrValAmt></AmtDtls>
<Chrgs><TtlChrgsAndTaxAmt Ccy="CHF">5.00</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy="CHF">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>`,
)}
${entry('A-2', '255.00', 'on account', '')}
</Stmt></BkToCstmrStmt></Document>`;

const PACS = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>
<GrpHdr><MsgId>M-FX-1</MsgId><CreDtTm>${DAY}T10:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>
<CdtTrfTxInf><PmtId><EndToEndId>E-FX</EndToEndId><UETR>8a562c67-ca16-48ba-b074-65581be6f0aa</UETR></PmtId>
<IntrBkSttlmAmt Ccy="CHF">2312.96</IntrBkSttlmAmt><IntrBkSttlmDt>${DAY}</IntrBkSttlmDt><InstdAmt Ccy="USD">2500.50</InstdAmt><XchgRate>0.925</XchgRate><ChrgBr>SHAR</ChrgBr>
<Dbtr><Nm>Hüttenrauch Werkzeugbau OHG</Nm></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct>
<DbtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></DbtrAgt><CdtrAgt><FinInstnId><BICFI>UBSWCHZHXXX</BICFI></FinInstnId></CdtrAgt>
<Cdtr><Nm>Countersign AG</Nm></Cdtr><CdtrAcct><Id><IBAN>${IBAN}</IBAN></Id></CdtrAcct>
<RmtInf><Ustrd>US-2026-1002</Ustrd></RmtInf></CdtTrfTxInf></FIToFICstmrCdtTrf></Document>`;

let folder: string;
let host: EngineHost;
let client: Client;

async function take(fileName: string, text: string): Promise<void> {
  const bytes = new Blob([text]);
  const { uploadId } = await client.intake.begin({ fileName, sizeBytes: bytes.size });
  await client.intake.write({ uploadId, offset: 0, bytes });
  expect(await client.intake.finish({ uploadId })).toMatchObject({ outcome: 'imported' });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-exchange-'));
  host = createEngineHost({
    dataFolder: folder,
    version: 'test',
    runtime: movableRuntime(),
    stretchOfOperatorsInTests: cheapStretch,
  });
  client = injectedClient(host);
  await client.vault.create({ name: 'desk', passphrase: 'seven quiet herons on a ledge' });
  await take('customers.csv', CUSTOMERS);
  await take('invoices.csv', INVOICES);
  await take('statement.xml', STATEMENT);
}, 60_000);
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

const balances = async () => {
  const { rows } = await client.ledger.trialBalance({});
  return Object.fromEntries(
    rows
      .filter(({ balanceMinor }) => balanceMinor !== 0n)
      .map(({ code, balanceMinor }) => [code, balanceMinor]),
  );
};

test('a statement and a message pay dollars, a person pays pounds, and everything proves', async () => {
  await client.reconciliation.run({});
  const [first, second] = (await client.reconciliation.matches({ limit: 10 })).rows;
  expect(first).toMatchObject({
    status: 'auto',
    amount: '920.00',
    currency: 'CHF',
    items: [{ invoiceNumber: 'US-2026-1001', allocated: '1000.00' }],
    exchange: { amount: '920.00', charges: '5.00', rate: '0.925', unitCurrency: 'USD' },
  });
  const answer = await client.connectors.submit({ message: new Blob([PACS]) });
  expect(answer).toMatchObject({ result: 'taken', prePosted: 1 });

  const { told } = await client.reconciliation.item({ bankTransactionId: second!.bankTransactionId });
  expect(told).toBeNull();
  const { rows: items } = await client.receivables.openItems({ limit: 10 });
  const pounds = items.find(({ invoiceNumber }) => invoiceNumber === 'GB-2026-1001')!;
  const allocations = [{ openItemId: pounds.id, allocatedMinor: 25_000n }];
  const id = second!.bankTransactionId;
  await expect(client.reconciliation.confirm({ bankTransactionId: id, allocations })).rejects.toMatchObject({
    code: 'MATCH_CURRENCY',
  });
  await expect(
    client.reconciliation.confirm({ bankTransactionId: id, allocations, exchange: { rate: '0' } }),
  ).rejects.toMatchObject({ code: 'MATCH_CURRENCY_RATE' });
  await client.reconciliation.confirm({ bankTransactionId: id, allocations, exchange: { rate: '1.02' } });
  expect((await client.reconciliation.item({ bankTransactionId: id })).match).toMatchObject({
    exchange: { currency: 'GBP', moneyMinor: 25_500n, rate: '1.02', unitCurrency: 'GBP', rateFrom: 'person' },
    remainderMinor: 0n,
  });
  expect(await balances()).toMatchObject({
    '1200.CHF': 12_000n,
    '1200.GBP': 5_000n,
    '1300.CHF': 231_296n,
    '1400.USD': 350_050n,
    '1400.GBP': 25_000n,
    '1400.CHF': -(92_500n + 231_296n + 25_500n),
    '5200.CHF': 500n,
  });
  expect(await balances()).not.toHaveProperty('1200.USD');
  const ledger = await client.ledger.verify({});
  expect(ledger.checks.filter(({ ok }) => !ok)).toEqual([]);
  // No figure of the first screen adds amounts of two currencies, and the proof of the day is the account's own.
  const figures = await client.dashboard.figures();
  const texts = (amounts: { currency: string; amountMinor: bigint }[]) =>
    amounts
      .filter(({ amountMinor }) => amountMinor !== 0n)
      .map(({ currency, amountMinor }) => `${currency} ${amountMinor}`)
      .sort();
  expect(texts(figures.openItems.value)).toEqual(['CHF 12000', 'GBP 5000']);
  expect(texts(figures.reconciledValue)).toEqual(['CHF 348796']);
  expect(texts(figures.unappliedCash)).toEqual([]);
  const [proof] = await client.breaks.proofs({ date: DAY });
  expect(proof).toMatchObject({ currency: 'CHF', bankMinor: 117_500n, unexplainedMinor: 0n });
  const { rows: queued } = await client.reconciliation.queue({ limit: 10, currency: 'USD' });
  expect(queued).toEqual([]);
  // What a receipt of the match would carry.
  const { rows: records } = await client.audit.records({ limit: 50, kind: 'reconciliation.match' });
  const { detail } = await client.audit.record({ seq: records.at(-1)!.seq });
  const { changes } = JSON.parse(detail!) as { changes: { exchange?: unknown }[] };
  expect(changes.map(({ exchange }) => exchange).filter(Boolean)).toEqual([
    { currency: 'USD', money: '92000', charges: '500', rate: '0.925', unit: 'USD', from: 'entry' },
  ]);
  await client.reconciliation.undo({ bankTransactionId: id });
  await client.reconciliation.undo({ bankTransactionId: first!.bankTransactionId });
  expect(await balances()).toMatchObject({
    '1200.USD': 100_000n,
    '1200.GBP': 30_000n,
    '1400.CHF': -231_296n,
  });
  expect(await balances()).not.toHaveProperty('1400.GBP');
});
