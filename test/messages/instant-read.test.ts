import { describe, expect, it } from 'vitest';
import {
  type InstantItem,
  type InstantPayment,
  parseBytes,
  type RailId,
} from '../../src/main/messages/index.ts';
import {
  CREDITOR,
  DEBTOR,
  document,
  notification,
  notificationEntry,
  PARTIES,
  pacs008,
  pacs008Document,
  pacs008Json,
  read,
  readJson,
  transfer,
  UETR,
  valuesOf,
} from './instant-support.ts';
import { bytesOf, transactionsOf } from './support.ts';

const onlyItem = (text: string): InstantItem => {
  const { items } = read(text);
  expect(items).toHaveLength(1);
  return items[0] as InstantItem;
};
const payment = (text: string): InstantPayment => {
  const item = onlyItem(text);
  if (item.kind !== 'payment') throw new Error(item.kind);
  return item;
};

describe('a pacs.008', () => {
  it('tells of a payment as seen by the creditor, then by the debtor', () => {
    const item = payment(pacs008Document());
    expect(item.accounts).toEqual([
      { account: { iban: CREDITOR, ownerName: 'Werft GmbH' }, direction: 'credit' },
      { account: { iban: DEBTOR, ownerName: 'Fjord Handel AS' }, direction: 'debit' },
    ]);
    expect(item.transaction).toMatchObject({
      amountMinor: 12_050n,
      currency: 'EUR',
      direction: 'credit',
      status: 'booked',
      bookingDate: '2026-11-21',
      valueDate: '2026-11-21',
      endToEndId: 'E2E-1',
      creditor: { name: 'Werft GmbH', account: CREDITOR },
      debtor: { name: 'Fjord Handel AS', account: DEBTOR },
    });
    expect(item.keys).toEqual({ endToEndId: 'E2E-1' });
  });

  it('is seen by the debtor where no other account is named', () => {
    const parties = `<DbtrAcct><Id><IBAN>${DEBTOR}</IBAN></Id></DbtrAcct>`;
    const item = payment(pacs008Document({ parties }));
    expect(item.accounts).toEqual([{ account: { iban: DEBTOR }, direction: 'debit' }]);
    expect(item.transaction.direction).toBe('debit');
  });

  it('keeps every key, and knows that NOTPROVIDED is none', () => {
    const ids = `<InstrId>I</InstrId><EndToEndId>NOTPROVIDED</EndToEndId><TxId>T</TxId>
<UETR>${UETR.toUpperCase()}</UETR><ClrSysRef>C</ClrSysRef>`;
    expect(payment(pacs008Document({ ids })).keys).toEqual({
      instructionId: 'I',
      transactionId: 'T',
      uetr: UETR,
      clearingSystemReference: 'C',
    });
  });

  it('keeps instructed amount, rate, charges, ultimate parties, purpose and remittance', () => {
    const parties = `<InstdAmt Ccy="USD">140.00</InstdAmt><XchgRate>0.8607</XchgRate>
<ChrgsInf><Amt Ccy="EUR">1.50</Amt><Agt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></Agt></ChrgsInf>
<UltmtDbtr><Nm>Nord Reederei</Nm></UltmtDbtr>${PARTIES}<UltmtCdtr><Nm>Werft Holding</Nm></UltmtCdtr>`;
    const rest = `<Purp><Cd>SUPP</Cd></Purp><RmtInf><Ustrd>Invoice 77</Ustrd><Strd>
<RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>77</Nb><RltdDt>2026-11-01</RltdDt></RfrdDocInf>
<RfrdDocAmt><DuePyblAmt Ccy="EUR">123.00</DuePyblAmt><DscntApldAmt><Amt Ccy="EUR">2.50</Amt></DscntApldAmt>
<RmtdAmt Ccy="EUR">120.50</RmtdAmt></RfrdDocAmt>
<CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>RF18 5390 0754 7034</Ref></CdtrRefInf>
</Strd></RmtInf>`;
    expect(payment(pacs008Document({ parties, rest })).transaction).toMatchObject({
      instructed: { amountMinor: 14_000n, currency: 'USD' },
      exchange: { sourceCurrency: 'USD', targetCurrency: 'EUR', rate: '0.8607' },
      charges: [{ amountMinor: 150n, currency: 'EUR', direction: 'debit' }],
      ultimateDebtor: { name: 'Nord Reederei' },
      ultimateCreditor: { name: 'Werft Holding' },
      purpose: 'SUPP',
      remittance: {
        unstructured: ['Invoice 77'],
        structured: [
          {
            reference: 'RF18539007547034',
            referenceType: 'SCOR',
            documents: [
              { number: '77', type: 'CINV', date: '2026-11-01', dueMinor: 12_300n, discountMinor: 250n },
            ],
          },
        ],
      },
    });
  });

  it.each([
    ['its own', '<IntrBkSttlmDt>2026-11-20</IntrBkSttlmDt>', '', '2026-11-20'],
    ['that of the group', '', '<IntrBkSttlmDt>2026-11-19</IntrBkSttlmDt>', '2026-11-19'],
    ['the day of acceptance', '<AccptncDtTm>2026-11-18T23:59:00+01:00</AccptncDtTm>', '', '2026-11-18'],
    ['the day of the message', '', '', '2026-11-21'],
  ])('is booked on %s', (_, date, head, expected) => {
    expect(payment(pacs008Document({ date, head })).transaction.bookingDate).toBe(expected);
  });

  it('says where each of its transfers stands', () => {
    const text = document(
      'pacs.008',
      'FIToFICstmrCdtTrf',
      pacs008({ count: '<NbOfTxs>2</NbOfTxs>' }, `${transfer()}\n${transfer()}`),
    );
    const places = read(text).items.map((item) => (item as InstantPayment).transaction.position);
    expect(places.map(({ path }) => path)).toEqual(['CdtTrfTxInf[1]', 'CdtTrfTxInf[2]']);
    for (const { byteStart, byteEnd } of places) {
      expect(bytesOf(text).subarray(byteStart, byteEnd).toString()).toBe(transfer());
    }
    expect(places.map(({ line }) => line)).toEqual([1, 3]);
  });

  it('warns of an account that is no IBAN although it claims to be one', () => {
    const parties = '<CdtrAcct><Id><IBAN>DE00370400440532013000</IBAN></Id></CdtrAcct>';
    const message = read(pacs008Document({ parties }));
    expect(message.warnings?.map(({ code }) => code)).toEqual(['IBAN_CHECK_DIGITS']);
    expect((message.items[0] as InstantPayment).accounts[0]?.account).toEqual({
      other: 'DE00370400440532013000',
    });
  });
});

describe('the answers', () => {
  const original = `<OrgnlInstrId>I</OrgnlInstrId><OrgnlEndToEndId>E</OrgnlEndToEndId><OrgnlTxId>T</OrgnlTxId>
<OrgnlUETR>${UETR}</OrgnlUETR>`;
  const keys = { instructionId: 'I', endToEndId: 'E', transactionId: 'T', uetr: UETR };
  const header = '<GrpHdr><MsgId>S-1</MsgId><CreDtTm>2026-11-21T10:00:00Z</CreDtTm></GrpHdr>';
  const status = (content: string) =>
    document('pacs.002', 'FIToFIPmtStsRpt', `${header}${content}`, '001.10');

  it('say what became of a payment, and why', () => {
    const item = onlyItem(
      status(`<TxInfAndSts><OrgnlGrpInf><OrgnlMsgId>M-1</OrgnlMsgId></OrgnlGrpInf>${original}<TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf><AcctSvcrRef>A</AcctSvcrRef><ClrSysRef>C</ClrSysRef>
<OrgnlTxRef><IntrBkSttlmAmt Ccy="USD">5.00</IntrBkSttlmAmt></OrgnlTxRef></TxInfAndSts>`),
    );
    expect(item).toMatchObject({
      kind: 'status',
      status: 'RJCT',
      reason: 'AC04',
      originalMessageId: 'M-1',
      original: { ...keys, accountServicerReference: 'A', clearingSystemReference: 'C' },
      originalAmount: { amountMinor: 500n, currency: 'USD' },
      position: { path: 'TxInfAndSts[1]' },
    });
  });

  it('speak of a group for a transaction that does not say for itself', () => {
    const group = `<OrgnlGrpInfAndSts><OrgnlMsgId>M-1</OrgnlMsgId><GrpSts>RJCT</GrpSts>
<StsRsnInf><Rsn><Prtry>TM01</Prtry></Rsn></StsRsnInf></OrgnlGrpInfAndSts>`;
    const item = onlyItem(status(`${group}<TxInfAndSts>${original}</TxInfAndSts>`));
    expect(item).toMatchObject({ status: 'RJCT', reason: 'TM01', originalMessageId: 'M-1', original: keys });
    const whole = onlyItem(status(group));
    expect(whole).toMatchObject({ status: 'RJCT', originalMessageId: 'M-1', original: {} });
    expect(whole).toMatchObject({ position: { path: 'OrgnlGrpInfAndSts[1]' } });
  });

  const returned = (head: string, content: string) =>
    document(
      'pacs.004',
      'PmtRtr',
      `<GrpHdr><MsgId>R-1</MsgId><CreDtTm>2026-11-21T10:00:00Z</CreDtTm>${head}</GrpHdr>${content}`,
      '001.09',
    );

  it('send money back', () => {
    const content = `<TxInf><RtrId>RT-1</RtrId>${original}<OrgnlClrSysRef>C</OrgnlClrSysRef>
<RtrdIntrBkSttlmAmt Ccy="EUR">120.50</RtrdIntrBkSttlmAmt><IntrBkSttlmDt>2026-11-21</IntrBkSttlmDt>
<ClrSysRef>C2</ClrSysRef><RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf></TxInf>`;
    expect(onlyItem(returned('<NbOfTxs>1</NbOfTxs>', content))).toMatchObject({
      kind: 'return',
      original: { ...keys, clearingSystemReference: 'C' },
      keys: { transactionId: 'RT-1', clearingSystemReference: 'C2' },
      returned: { amountMinor: 12_050n, currency: 'EUR' },
      settlementDate: '2026-11-21',
      reason: 'AC04',
    });
  });

  it('send a whole message back', () => {
    const head = `<NbOfTxs>3</NbOfTxs><GrpRtr>true</GrpRtr>
<TtlRtrdIntrBkSttlmAmt Ccy="EUR">30.00</TtlRtrdIntrBkSttlmAmt>`;
    const content = `<OrgnlGrpInf><OrgnlMsgId>M-1</OrgnlMsgId>
<RtrRsnInf><Rsn><Cd>FOCR</Cd></Rsn></RtrRsnInf></OrgnlGrpInf>`;
    expect(onlyItem(returned(head, content))).toMatchObject({
      originalMessageId: 'M-1',
      returned: { amountMinor: 3_000n, currency: 'EUR' },
      reason: 'FOCR',
      position: { path: 'OrgnlGrpInf[1]' },
    });
  });

  const recalled = (content: string) =>
    document(
      'camt.056',
      'FIToFIPmtCxlReq',
      `<Assgnmt><Id>A-1</Id><CreDtTm>2026-11-21T10:00:00Z</CreDtTm></Assgnmt><Case><Id>CASE</Id></Case>${content}`,
    );

  it('ask for money back', () => {
    const message = read(
      recalled(`<Undrlyg><OrgnlGrpInfAndCxl><OrgnlMsgId>M-1</OrgnlMsgId></OrgnlGrpInfAndCxl><TxInf>
<CxlId>X</CxlId>${original}<OrgnlIntrBkSttlmAmt Ccy="EUR">120.50</OrgnlIntrBkSttlmAmt>
<CxlRsnInf><Rsn><Cd>FRAD</Cd></Rsn></CxlRsnInf></TxInf></Undrlyg>`),
    );
    expect(message).toMatchObject({ kind: 'camt.056', messageId: 'A-1', createdAt: '2026-11-21T10:00:00Z' });
    expect(message.items).toMatchObject([
      {
        kind: 'recall',
        original: keys,
        originalMessageId: 'M-1',
        caseId: 'CASE',
        reason: 'FRAD',
        originalAmount: { amountMinor: 12_050n },
      },
    ]);
  });

  it('ask for all the money of a message back', () => {
    const group = (id: string) => `<Undrlyg><OrgnlGrpInfAndCxl><OrgnlMsgId>${id}</OrgnlMsgId>
<CxlRsnInf><Rsn><Cd>DUPL</Cd></Rsn></CxlRsnInf></OrgnlGrpInfAndCxl></Undrlyg>`;
    expect(read(recalled(group('M-1') + group('M-2'))).items).toMatchObject([
      { kind: 'recall', originalMessageId: 'M-1', reason: 'DUPL', position: { path: 'Undrlyg[1]' } },
      { kind: 'recall', originalMessageId: 'M-2', reason: 'DUPL', position: { path: 'Undrlyg[2]' } },
    ]);
  });
});

describe('a camt.054', () => {
  const details = `<AcctSvcrRef>A-9</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E</EndToEndId>
<UETR>${UETR}</UETR><ClrSysRef>C</ClrSysRef></Refs><RmtInf><Ustrd>Invoice 77</Ustrd></RmtInf></TxDtls></NtryDtls>`;

  it('gives the transactions that the file reader gives', () => {
    const text = notification(notificationEntry(details) + notificationEntry());
    const message = read(text);
    const file = transactionsOf(parseBytes(bytesOf(text), 'file'));
    expect(message.items.map((item) => (item as InstantPayment).transaction)).toEqual(file);
    expect(message.items[0]).toMatchObject({
      accounts: [{ account: { iban: CREDITOR, currency: 'EUR' }, direction: 'credit' }],
      keys: { accountServicerReference: 'A-9', endToEndId: 'E', uetr: UETR, clearingSystemReference: 'C' },
    });
  });

  it('takes the day of the message for an entry without dates', () => {
    const entry = `<Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts></Ntry>`;
    const item = payment(notification(entry));
    expect(item.transaction.bookingDate).toBe('2026-11-21');
    expect(item.accounts[0]?.direction).toBe('debit');
  });
});

describe('JSON', () => {
  const expected = valuesOf(read(pacs008Document()));
  const amounts: readonly (readonly [string, unknown])[] = [
    ['Ccy and value', { Ccy: 'EUR', value: '120.50' }],
    ['Ccy and Value', { Value: '120.50', Ccy: 'EUR' }],
    ['a number', { Ccy: 'EUR', value: 120.5 }],
    ['@Ccy and #text', { '@Ccy': 'EUR', '#text': '120.50' }],
    ['@Ccy and $', { '@Ccy': 'EUR', $: '120.50' }],
    ['Ccy and amt', { Ccy: 'EUR', amt: '120.50' }],
    ['currency and amount', { currency: 'EUR', amount: '120.50' }],
    ["the type's own name", { Ccy: 'EUR', ActiveCurrencyAndAmount: '120.50' }],
    ['an amount in an amount', { Amt: { Amt: 120.5, Ccy: 'EUR' } }],
  ];
  it.each(amounts)('takes an amount as %s', (_, IntrBkSttlmAmt) => {
    const { version: _version, ...same } = expected as { version: string };
    expect(valuesOf(readJson(pacs008Json({ IntrBkSttlmAmt })))).toEqual(same);
  });

  it('keeps every digit of a number, which a float would not', () => {
    const text = JSON.stringify(pacs008Json()).replace('"120.50"', '9007199254740993.17');
    expect((read(text).items[0] as InstantPayment).transaction.amountMinor).toBe(900_719_925_474_099_317n);
  });

  it('takes the long names, in snake_case and camelCase, as the short tags', () => {
    const long = (change: (name: string) => string) => ({
      document: {
        [change('fi_to_fi_customer_credit_transfer')]: {
          [change('group_header')]: {
            [change('message_identification')]: 'M-1',
            [change('creation_date_time')]: '2026-11-21T10:00:00Z',
            [change('number_of_transactions')]: 1,
          },
          [change('credit_transfer_transaction_information')]: {
            [change('payment_identification')]: { [change('end_to_end_identification')]: 'E2E-1' },
            [change('interbank_settlement_amount')]: { currency: 'EUR', amount: '120.50' },
            [change('interbank_settlement_date')]: '2026-11-21',
            debtor: { name: 'Fjord Handel AS' },
            [change('debtor_account')]: { identification: { iban: DEBTOR } },
            creditor: { name: 'Werft GmbH' },
            [change('creditor_account')]: { identification: { IBAN: CREDITOR } },
          },
        },
      },
    });
    const { version: _version, ...same } = expected as { version: string };
    const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    expect(valuesOf(readJson(long((name) => name)))).toEqual(same);
    expect(valuesOf(readJson(long(camel)))).toEqual(same);
  });

  it('has no order of members', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, one]) => [name, reversed(one)]),
      );
    };
    expect(valuesOf(readJson(reversed(pacs008Json())))).toEqual(valuesOf(readJson(pacs008Json())));
  });

  it('takes null for an element that is not there', () => {
    expect(valuesOf(readJson(pacs008Json({ Purp: null, RmtInf: null })))).toEqual(
      valuesOf(readJson(pacs008Json())),
    );
  });

  it.each([
    [
      'a namespace',
      { Document: { '@xmlns': 'urn:iso:std:iso:20022:tech:xsd:pacs.008.001.10', ...pacs008Json() } },
    ],
    ['a header', { AppHdr: { MsgDefIdr: 'pacs.008.001.10' }, Document: pacs008Json() }],
    ['a type beside it', { TxTp: 'pacs.008.001.10', ...pacs008Json() }],
    [
      'a long header',
      { business_application_header: { message_definition_identifier: 'pacs.008.001.10' }, ...pacs008Json() },
    ],
  ])('tells its version by %s', (_, value) => {
    expect(readJson(value).version).toBe('001.10');
  });

  it('says where each of its transfers stands', () => {
    const text = JSON.stringify(pacs008Json({ Dbtr: { Nm: 'Ærø “Skibe” ApS' } }), null, 1);
    const { position } = (read(text).items[0] as InstantPayment).transaction;
    const stretch = bytesOf(text).subarray(position.byteStart, position.byteEnd).toString();
    expect(JSON.parse(stretch)).toMatchObject({ Dbtr: { Nm: 'Ærø “Skibe” ApS' } });
    expect(position.line).toBe(text.slice(0, text.indexOf('{\n    "PmtId"')).split('\n').length);
  });
});

describe('the envelope and the rail', () => {
  const body = `<FIToFICstmrCdtTrf>${pacs008()}</FIToFICstmrCdtTrf>`;
  const iso = 'urn:iso:std:iso:20022:tech:xsd:';
  const inDocument = `<Document xmlns="${iso}pacs.008.001.08">${body}</Document>`;
  const header = (inner = '') =>
    `<AppHdr xmlns="${iso}head.001.001.02"><BizMsgIdr>B</BizMsgIdr><MsgDefIdr>pacs.008.001.08</MsgDefIdr>${inner}</AppHdr>`;
  const clearing = (system: string) =>
    pacs008Document({ head: `<SttlmInf><ClrSys><Cd>${system}</Cd></ClrSys></SttlmInf>` });
  const typed = (inner: string) => pacs008Document({ head: `<PmtTpInf>${inner}</PmtTpInf>` });
  const pixId = 'E00038166202611211200A1b2C3d4E5f';
  const cases: readonly (readonly [string, string, RailId | undefined])[] = [
    ['nothing that tells', inDocument, undefined],
    ['a plain envelope', `<BizMsgEnvlp>${header()}${inDocument}</BizMsgEnvlp>`, undefined],
    [
      "FedNow's envelope",
      `<FedNowOutgoing xmlns="urn:fednow:outgoing:v001"><FedNowOutgoingMessage><FedNowCustomerCreditTransfer>
${header()}${inDocument}</FedNowCustomerCreditTransfer></FedNowOutgoingMessage></FedNowOutgoing>`,
      'fednow',
    ],
    [
      "FedNow's market practice",
      `<Envelope>${header('<MktPrctc><Regy>r</Regy><Id>frb.fednow.01</Id></MktPrctc>')}${inDocument}</Envelope>`,
      'fednow',
    ],
    [
      "RTP's envelope",
      `<Message xmlns="urn:tch" xmlns:head="${iso}head.001.001.01" xmlns:ct="${iso}pacs.008.001.08">
<AppHdr><head:MsgDefIdr>pacs.008.001.08</head:MsgDefIdr></AppHdr>
<CreditTransfer>${body.replace(/<(\/?)/g, '<$1ct:')}</CreditTransfer></Message>`,
      'rtp',
    ],
    [
      "Pix's envelope",
      `<Envelope xmlns="https://www.bcb.gov.br/pi/pacs.008/1.13"><AppHdr><MsgDefIdr>pacs.008.spi.1.13</MsgDefIdr></AppHdr>
<Document>${body}</Document></Envelope>`,
      'pix',
    ],
    ["Pix's number", pacs008Document({ ids: `<EndToEndId>${pixId}</EndToEndId>` }), 'pix'],
    ['FedNow as clearing system', clearing('FDN'), 'fednow'],
    ['RTP as clearing system', clearing('TCH'), 'rtp'],
    ['Fedwire as clearing system', clearing('FDW'), 'fedwire'],
    ['FPS in euro, which is not the British one', clearing('FPS'), undefined],
    [
      'SEPA and INST',
      typed('<SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>INST</Cd></LclInstrm>'),
      'sepa-instant',
    ],
    ['SEPA alone', typed('<SvcLvl><Cd>SEPA</Cd></SvcLvl>'), undefined],
    ['a service level of gpi', typed('<SvcLvl><Cd>G001</Cd></SvcLvl>'), 'swift-gpi'],
  ];
  it.each(cases)('by %s', (_, text, rail) => {
    const message = read(text);
    expect(message.kind).toBe('pacs.008');
    expect(message.items).toHaveLength(1);
    expect(message.rail).toBe(rail);
  });

  it('is Faster Payments where FPS pays in pounds', () => {
    const amount = '<IntrBkSttlmAmt Ccy="GBP">120.50</IntrBkSttlmAmt>';
    const head = '<SttlmInf><ClrSys><Cd>FPS</Cd></ClrSys></SttlmInf>';
    expect(read(pacs008Document({ amount, head })).rail).toBe('faster-payments');
  });

  it('takes the rail of the source only where the message does not tell', () => {
    expect(read(inDocument, { rail: 'rtp' }).rail).toBe('rtp');
    expect(read(clearing('FDN'), { rail: 'rtp' }).rail).toBe('fednow');
  });

  it.each([
    [
      'FedNow',
      {
        FedNowOutgoing: {
          FedNowOutgoingMessage: { FedNowCustomerCreditTransfer: { AppHdr: {}, Document: pacs008Json() } },
        },
      },
      'fednow',
    ],
    ['RTP', { Message: { '@xmlns': 'urn:tch', AppHdr: {}, CreditTransfer: pacs008Json() } }, 'rtp'],
    [
      'a market practice',
      { AppHdr: { MktPrctc: { Id: 'frb.fednow.01' } }, Document: pacs008Json() },
      'fednow',
    ],
    ['nobody', { BizMsgEnvlp: { AppHdr: { BizSvc: 'other' }, Document: pacs008Json() } }, undefined],
  ])('of %s in JSON', (_, value, rail) => {
    expect(readJson(value).rail).toBe(rail);
  });

  it('reads a body of the first version, which is called like the message', () => {
    const text = `<Document xmlns="${iso}pacs.008.001.01"><pacs.008.001.01>${pacs008()}</pacs.008.001.01></Document>`;
    expect(read(text)).toMatchObject({ kind: 'pacs.008', version: '001.01' });
  });
});
