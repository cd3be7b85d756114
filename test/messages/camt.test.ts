import { describe, expect, it } from 'vitest';
import { makeRfReference, parseBytes } from '../../src/main/messages/index.ts';
import {
  ACCOUNT,
  balance,
  bytesOf,
  camt,
  detail,
  entry,
  eventsOf,
  onlyTransaction,
  parseText,
  refusalOf,
  statement,
  transactionsOf,
  warningsOf,
} from './support.ts';

const one = (options: Parameters<typeof entry>[0] = {}, file: Parameters<typeof camt>[1] = {}) =>
  onlyTransaction(
    parseText(
      camt(
        statement(entry(options), {
          name: { '052': 'Rpt', '053': 'Stmt', '054': 'Ntfctn' }[file.type ?? '053'],
        }),
        file,
      ),
    ),
  );

const party = (role: string, inner: string) => detail(`<RltdPties><${role}>${inner}</${role}></RltdPties>`);
const remittance = (inner: string) => detail(`<RmtInf>${inner}</RmtInf>`);
const reference = (code: string, text: string) =>
  remittance(
    `<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Ref>${text}</Ref></CdtrRefInf></Strd>`,
  );
const refs = (inner: string) => detail(`<Refs>${inner}</Refs>`);

describe('camt files', () => {
  const versions = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12', '13'];
  it.each(
    versions.flatMap((version) => (['052', '053', '054'] as const).map((type) => [type, version] as const)),
  )('reads camt.%s.001.%s', (type, version) => {
    const name = { '052': 'Rpt', '053': 'Stmt', '054': 'Ntfctn' }[type];
    const events = parseText(camt(statement(entry(), { name }), { type, version }));
    expect(events[0]).toEqual({
      kind: 'file-start',
      type: `camt.${type}`,
      version: `001.${version}`,
      encoding: 'utf-8',
    });
    expect(transactionsOf(events)).toHaveLength(1);
    expect(events.at(-1)).toEqual({
      kind: 'file-end',
      encoding: 'utf-8',
      statements: 1,
      transactions: 1,
      rows: 0,
    });
  });

  it.each(['camt.053.001.14', 'camt.060.001.02', 'pacs.008.001.08', 'camt.053.002.08'])(
    'refuses %s',
    (name) => {
      const text = camt(statement(entry())).replace('camt.053.001.08', name);
      expect(refusalOf(() => parseText(text)).code).toBe('CAMT_NAMESPACE');
    },
  );

  it('reads prefixed namespaces, and skips elements of another namespace', () => {
    const prefixed = parseText(camt(statement(entry()), { prefix: 'ns2' }));
    expect(onlyTransaction(prefixed).amountMinor).toBe(1000n);
    const foreign = entry().replace('<Sts>', '<Amt xmlns="urn:other" Ccy="EUR">99.00</Amt><Sts>');
    expect(onlyTransaction(parseText(camt(statement(foreign)))).amountMinor).toBe(1000n);
  });

  it('reads a message inside an envelope with a business header, and every message of the envelope', () => {
    const document = camt(statement(entry())).replace(/<\?.*\?>/, '');
    const header =
      '<h:AppHdr xmlns:h="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><h:BizMsgIdr>1</h:BizMsgIdr></h:AppHdr>';
    const events = parseText(`<Envelope><Body>${header}${document}${document}</Body></Envelope>`);
    expect(eventsOf(events, 'file-start')).toHaveLength(1);
    expect(transactionsOf(events).map(({ position }) => position.path)).toEqual([
      'Stmt[1]/Ntry[1]',
      'Stmt[2]/Ntry[1]',
    ]);
    const mixed = `<Envelope>${document}${document.replace('camt.053', 'camt.054')}</Envelope>`;
    expect(refusalOf(() => parseText(mixed)).code).toBe('CAMT_NAMESPACE');
    expect(refusalOf(() => parseText(`<Envelope>${header}</Envelope>`)).code).toBe('CAMT_NAMESPACE');
  });

  it('reads ISO-8859-1 where it is declared, and refuses it where it is not', () => {
    const text = camt(statement(entry({ details: party('Dbtr', '<Nm>Müller</Nm>') })), {
      encoding: 'ISO-8859-1',
    });
    const read = parseBytes(bytesOf(text, 'latin1'), 'f');
    expect(onlyTransaction(read).debtor?.name).toBe('Müller');
    const wrong = bytesOf(text.replace('ISO-8859-1', 'UTF-8'), 'latin1');
    expect(refusalOf(() => parseBytes(wrong, 'f'))).toMatchObject({ code: 'MESSAGE_ENCODING', line: 2 });
  });

  it('reads several statements of a file, each with its own header, sums and indexes', () => {
    const second = statement(
      `${balance('OPBD', '5.00', '2025-03-10')}${balance('CLBD', '2.00', '2025-03-11')}${entry({ amount: '3', sign: 'DBIT' })}`,
    )
      .replace('<Id>S1</Id>', '<Id>S2</Id>')
      .replace(
        '<ElctrncSeqNb>7</ElctrncSeqNb>',
        '<StmtPgntn><PgNb>2</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><ElctrncSeqNb>8</ElctrncSeqNb><LglSeqNb>3</LglSeqNb>',
      );
    const events = parseText(camt(statement(entry() + entry()) + second));
    const headers = eventsOf(events, 'statement-end').map(({ header }) => header);
    expect(
      headers.map(({ index, statementId, sequenceNumber, page, lastPage }) => [
        index,
        statementId,
        sequenceNumber,
        page,
        lastPage,
      ]),
    ).toEqual([
      [0, 'S1', '7', undefined, undefined],
      [1, 'S2', '3', '2', false],
    ]);
    expect(transactionsOf(events).map(({ index, position }) => [index, position.path])).toEqual([
      [0, 'Stmt[1]/Ntry[1]'],
      [1, 'Stmt[1]/Ntry[2]'],
      [0, 'Stmt[2]/Ntry[1]'],
    ]);
    const end = eventsOf(events, 'statement-end')[1];
    expect(end?.totals).toEqual([
      { currency: 'EUR', bookedCreditMinor: 0n, bookedDebitMinor: 300n, bookedCount: 1, otherCount: 0 },
    ]);
    expect(end?.balanceChecks).toMatchObject([{ outcome: 'balanced', differenceMinor: 0n }]);
  });

  it('reads every kind of balance, signed', () => {
    const codes = ['OPBD', 'CLBD', 'OPAV', 'CLAV', 'FWAV', 'ITBD', 'ITAV', 'PRCD', 'XPCD'];
    const events = parseText(
      camt(
        statement(
          codes.map((code, at) => balance(code, `${at}.5`, '2025-03-10', at % 2 ? 'DBIT' : 'CRDT')).join(''),
        ),
      ),
    );
    expect(
      eventsOf(events, 'balance').map(({ balance: { kind, amountMinor } }) => [kind, amountMinor]),
    ).toEqual([
      ['opening-booked', 50n],
      ['closing-booked', -150n],
      ['opening-available', 250n],
      ['closing-available', -350n],
      ['forward-available', 450n],
      ['interim-booked', -550n],
      ['interim-available', 650n],
      ['previously-closed', -750n],
      ['other', 850n],
    ]);
  });

  it('takes the account currency from the booked balance, else from the entries', () => {
    const account = '<Acct><Id><Othr><Id>123/456</Id></Othr></Id></Acct>';
    const chf = parseText(camt(statement(balance('OPBD', '1', '2025-03-10', 'CRDT', 'CHF'), { account })));
    expect(eventsOf(chf, 'statement-start')[0]?.header.account).toEqual({
      other: '123/456',
      currency: 'CHF',
    });
    const usd = parseText(camt(statement(entry({ currency: 'USD' }), { account })));
    expect(eventsOf(usd, 'statement-end')[0]?.header.account.currency).toBe('USD');
  });

  it.each([
    [
      '<Acct><Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id></Acct>',
      { iban: 'DE89370400440532013000' },
      [],
    ],
    [
      '<Acct><Id><Othr><Id>DE89370400440532013000</Id></Othr></Id></Acct>',
      { iban: 'DE89370400440532013000' },
      [],
    ],
    [
      '<Acct><Id><IBAN>DE88370400440532013000</IBAN></Id></Acct>',
      { other: 'DE88370400440532013000' },
      ['IBAN_CHECK_DIGITS'],
    ],
    [
      '<Acct><Id><PrtryAcct><Id>77</Id></PrtryAcct></Id><Ownr><Pty><Nm>Wir</Nm></Pty></Ownr><Svcr><FinInstnId><BICFI>COBADEFF</BICFI></FinInstnId></Svcr></Acct>',
      { other: '77', ownerName: 'Wir', servicerBic: 'COBADEFF' },
      [],
    ],
  ])('reads the account %s', (account, expected, warnings) => {
    const events = parseText(camt(statement('', { account })));
    expect(eventsOf(events, 'statement-start')[0]?.header.account).toEqual(expected);
    expect(warningsOf(events)).toEqual(warnings);
  });
});

describe('camt entries', () => {
  it.each([
    ['status as text', { status: '<Sts>BOOK</Sts>' }, { status: 'booked' }],
    ['status as a code', { status: '<Sts><Cd>PDNG</Cd></Sts>' }, { status: 'pending' }],
    ['information', { status: '<Sts>INFO</Sts>' }, { status: 'info' }],
    ['future', { status: '<Sts><Cd>FUTR</Cd></Sts>' }, { status: 'future' }],
    ['a status of the bank', { status: '<Sts><Prtry>XX</Prtry></Sts>' }, { status: 'info' }],
    ['a debit', { sign: 'DBIT' }, { direction: 'debit', amountMinor: 1000n }],
    [
      'a reversal, whose mark is that of the booking',
      { sign: 'DBIT', extra: '<RvslInd>true</RvslInd>' },
      { direction: 'debit', reversal: true },
    ],
    ['zeros beyond the scale', { amount: '8.85000' }, { amountMinor: 885n }],
    [
      'a currency without decimals',
      { amount: '2700', currency: 'JPY' },
      { amountMinor: 2700n, currency: 'JPY' },
    ],
    ['three decimals', { amount: '1.234', currency: 'BHD' }, { amountMinor: 1234n }],
    ['an amount of zero', { amount: '0' }, { amountMinor: 0n }],
    ['no decimals', { amount: '12' }, { amountMinor: 1200n }],
    ['a point at the start', { amount: '.5' }, { amountMinor: 50n }],
    [
      'date-times',
      {
        dates:
          '<BookgDt><DtTm>2025-03-10T23:59:00+01:00</DtTm></BookgDt><ValDt><DtTm>2025-03-11T00:00:00.000Z</DtTm></ValDt>',
      },
      { bookingDate: '2025-03-10', valueDate: '2025-03-11' },
    ],
    [
      'a date with a zone',
      { dates: '<BookgDt><Dt>2025-03-10+01:00</Dt></BookgDt>' },
      { bookingDate: '2025-03-10' },
    ],
    [
      'the value date where there is no booking date',
      { dates: '<ValDt><Dt>2025-03-11</Dt></ValDt>' },
      { bookingDate: '2025-03-11' },
    ],
    ['the date of the statement where there is none', { dates: '' }, { bookingDate: '2025-03-10' }],
    [
      'references',
      { extra: '<NtryRef>N1</NtryRef><AcctSvcrRef>A1</AcctSvcrRef>' },
      { entryReference: 'N1', accountServicerReference: 'A1' },
    ],
    [
      'a code by domain',
      {
        extra:
          '<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>166</Cd></Prtry></BkTxCd>',
      },
      { bankTransactionCode: 'PMNT/RCDT/ESCT' },
    ],
    [
      'a proprietary code',
      { extra: '<BkTxCd><Prtry><Cd>NTRF+166</Cd></Prtry></BkTxCd>' },
      { bankTransactionCode: 'NTRF+166' },
    ],
    ['further information', { extra: '<AddtlNtryInf>SEPA</AddtlNtryInf>' }, { additionalInfo: 'SEPA' }],
    [
      'charges of version 2',
      {
        extra:
          '<Chrgs><Amt Ccy="EUR">0.31</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Chrgs>',
      },
      { charges: [{ amountMinor: 31n, currency: 'EUR', direction: 'debit', included: true }] },
    ],
    [
      'charges by record',
      {
        extra:
          '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">0.50</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy="EUR">0.30</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd><Rcrd><Amt Ccy="EUR">0.20</Amt><Tp><Cd>CHRG</Cd></Tp></Rcrd></Chrgs>',
      },
      {
        charges: [
          { amountMinor: 30n, currency: 'EUR', direction: 'debit' },
          { amountMinor: 20n, currency: 'EUR', direction: 'debit', type: 'CHRG' },
        ],
      },
    ],
    [
      'a total of charges',
      { extra: '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">0.50</TtlChrgsAndTaxAmt></Chrgs>' },
      { charges: [{ amountMinor: 50n, currency: 'EUR', direction: 'debit' }] },
    ],
    [
      'what was instructed, and the rate',
      {
        extra:
          '<AmtDtls><InstdAmt><Amt Ccy="USD">12.00</Amt></InstdAmt><CntrValAmt><Amt Ccy="EUR">10.00</Amt><CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>EUR</TrgtCcy><UnitCcy>USD</UnitCcy><XchgRate>0.83333</XchgRate></CcyXchg></CntrValAmt></AmtDtls>',
      },
      {
        instructed: { amountMinor: 1200n, currency: 'USD' },
        exchange: { sourceCurrency: 'USD', targetCurrency: 'EUR', unitCurrency: 'USD', rate: '0.83333' },
      },
    ],
  ])('reads %s', (_, options, expected) => {
    expect(one(options)).toMatchObject(expected);
  });

  it('leaves out what the message does not say', () => {
    const transaction = one();
    expect(Object.values(transaction)).not.toContain(undefined);
    expect(Object.keys(transaction).sort()).toEqual([
      'amountMinor',
      'bookingDate',
      'currency',
      'direction',
      'entryIndex',
      'index',
      'position',
      'remittance',
      'reversal',
      'status',
      'valueDate',
    ]);
  });

  it.each([
    [
      'references',
      refs(
        '<EndToEndId>E</EndToEndId><UETR>255AE394-9965-4438-AC86-F406FEADA396</UETR><TxId>T</TxId><InstrId>I</InstrId><MndtId>M</MndtId><ChqNb>C</ChqNb>',
      ),
      {
        endToEndId: 'E',
        uetr: '255ae394-9965-4438-ac86-f406feada396',
        transactionId: 'T',
        instructionId: 'I',
        mandateId: 'M',
        chequeNumber: 'C',
      },
    ],
    [
      'a debtor of version 2',
      party('Dbtr', '<Nm>A</Nm><PstlAdr><Ctry>NL</Ctry></PstlAdr>'),
      { debtor: { name: 'A', country: 'NL' } },
    ],
    [
      'a debtor of version 8',
      party('Dbtr', '<Pty><Nm>A</Nm><CtryOfRes>NL</CtryOfRes></Pty>'),
      { debtor: { name: 'A', country: 'NL' } },
    ],
    [
      'a bank as creditor',
      party('Cdtr', '<Agt><FinInstnId><BICFI>COBADEFF</BICFI><Nm>B</Nm></FinInstnId></Agt>'),
      { creditor: { bic: 'COBADEFF', name: 'B' } },
    ],
    [
      'ultimate parties',
      detail(
        '<RltdPties><UltmtDbtr><Nm>U</Nm></UltmtDbtr><UltmtCdtr><Pty><Nm>V</Nm></Pty></UltmtCdtr></RltdPties>',
      ),
      { ultimateDebtor: { name: 'U' }, ultimateCreditor: { name: 'V' } },
    ],
    [
      'accounts and agents',
      detail(
        '<RltdPties><DbtrAcct><Id><IBAN>NL91 ABNA 0417 1643 00</IBAN></Id></DbtrAcct><CdtrAcct><Id><Othr><Id>99</Id></Othr></Id></CdtrAcct></RltdPties><RltdAgts><DbtrAgt><FinInstnId><BIC>ABNANL2A</BIC></FinInstnId></DbtrAgt><CdtrAgt><FinInstnId><ClrSysMmbId><MmbId>10020030</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt></RltdAgts>',
      ),
      {
        debtor: { account: 'NL91ABNA0417164300', bic: 'ABNANL2A' },
        creditor: { account: '99', bankCode: '10020030' },
      },
    ],
    [
      'a SEPA creditor identifier',
      party(
        'Cdtr',
        '<Nm>A</Nm><Id><PrvtId><Othr><Id>DE98ZZZ09999999999</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id>',
      ),
      { creditorId: 'DE98ZZZ09999999999' },
    ],
    [
      'free remittance',
      remittance('<Ustrd>one</Ustrd><Ustrd>two &amp; three</Ustrd>'),
      { remittance: { unstructured: ['one', 'two & three'], structured: [] } },
    ],
    [
      'an RF reference',
      reference('SCOR', 'RF18 5390 0754 7034'),
      { remittance: { structured: [{ reference: 'RF18539007547034', referenceType: 'SCOR' }] } },
    ],
    [
      'a QR reference',
      reference('QRR', '210000000003139471430009017'),
      { remittance: { structured: [{ reference: '210000000003139471430009017', referenceType: 'QRR' }] } },
    ],
    [
      'a reference that is no RF',
      reference('SCOR', '4654654654654654'),
      { remittance: { structured: [{ reference: '4654654654654654', referenceType: 'SCOR' }] } },
    ],
    [
      'a document and its amounts',
      remittance(
        '<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>R-1</Nb><RltdDt>2025-02-01</RltdDt></RfrdDocInf><RfrdDocAmt><DuePyblAmt Ccy="EUR">10.20</DuePyblAmt><DscntApldAmt><Amt Ccy="EUR">0.20</Amt></DscntApldAmt><RmtdAmt Ccy="EUR">10.00</RmtdAmt></RfrdDocAmt></Strd>',
      ),
      {
        remittance: {
          structured: [
            {
              documents: [
                {
                  number: 'R-1',
                  type: 'CINV',
                  date: '2025-02-01',
                  currency: 'EUR',
                  dueMinor: 1020n,
                  discountMinor: 20n,
                  amountMinor: 1000n,
                },
              ],
            },
          ],
        },
      },
    ],
    [
      'two documents and one amount',
      remittance(
        '<Strd><RfrdDocInf><Nb>1</Nb></RfrdDocInf><RfrdDocInf><Nb>2</Nb><RltdDt><Dt>2025-01-02</Dt></RltdDt></RfrdDocInf><RfrdDocAmt><RmtdAmt Ccy="EUR">10</RmtdAmt></RfrdDocAmt></Strd>',
      ),
      {
        remittance: {
          structured: [
            {
              documents: [
                { number: '1' },
                { number: '2', date: '2025-01-02' },
                { currency: 'EUR', amountMinor: 1000n },
              ],
            },
          ],
        },
      },
    ],
    [
      'a return',
      detail('<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf><Purp><Cd>SALA</Cd></Purp>'),
      { returnReason: 'AC04', purpose: 'SALA' },
    ],
    [
      'a foreign amount in the only detail',
      detail('<Amt Ccy="USD">12</Amt>'),
      { amountMinor: 1000n, currency: 'EUR', instructed: { amountMinor: 1200n, currency: 'USD' } },
    ],
    ['a detail of zero', detail('<Amt Ccy="SEK">0</Amt>'), { amountMinor: 1000n, currency: 'EUR' }],
  ])('reads %s from a detail', (_, details, expected) => {
    expect(one({ details })).toMatchObject(expected);
  });

  it('takes NOTPROVIDED for no reference', () => {
    expect(one({ details: refs('<EndToEndId>NOTPROVIDED</EndToEndId>') })).not.toHaveProperty('endToEndId');
  });

  it('keeps a reference with wrong check digits as plain text, and says so', () => {
    const good = makeRfReference('539007547034');
    const wrong = good.replace('RF18', 'RF19');
    const events = parseText(camt(statement(entry({ details: reference('SCOR', wrong) }))));
    expect(onlyTransaction(events).remittance).toEqual({ unstructured: [wrong], structured: [] });
    expect(warningsOf(events)).toEqual(['RF_CHECK_DIGITS']);
  });
});

describe('entry or details', () => {
  const part = (amount: string, id: string, sign = '') =>
    detail(
      `<Refs><AcctSvcrRef>D${id}</AcctSvcrRef><EndToEndId>${id}</EndToEndId></Refs><Amt Ccy="EUR">${amount}</Amt>${sign}<RmtInf><Ustrd>r${id}</Ustrd></RmtInf>`,
    );
  const own = '<AcctSvcrRef>E</AcctSvcrRef>';

  it.each([
    [
      'two that add up',
      part('4', 'a') + part('6', 'b'),
      [
        ['a', 400n, 'credit', 0],
        ['b', 600n, 'credit', 1],
      ],
      [],
    ],
    [
      'one of the other direction',
      part('12', 'a', '<CdtDbtInd>CRDT</CdtDbtInd>') + part('2', 'b', '<CdtDbtInd>DBIT</CdtDbtInd>'),
      [
        ['a', 1200n, 'credit', 0],
        ['b', 200n, 'debit', 1],
      ],
      [],
    ],
    [
      'two that do not',
      part('4', 'a') + part('5', 'b'),
      [[undefined, 1000n, 'credit', undefined]],
      ['DETAILS_DO_NOT_ADD_UP'],
    ],
    ['one that does not, which lends its fields', part('4', 'a'), [['a', 1000n, 'credit', undefined]], []],
    [
      'one without an amount among two',
      part('10', 'a') + detail('<Refs><EndToEndId>b</EndToEndId></Refs>'),
      [[undefined, 1000n, 'credit', undefined]],
      ['DETAILS_DO_NOT_ADD_UP'],
    ],
    [
      'amounts in AmtDtls',
      detail('<AmtDtls><TxAmt><Amt Ccy="EUR">3</Amt></TxAmt></AmtDtls>') +
        detail(
          '<AmtDtls><InstdAmt><Amt Ccy="USD">9</Amt></InstdAmt><CntrValAmt><Amt Ccy="EUR">7</Amt></CntrValAmt></AmtDtls>',
        ),
      [
        [undefined, 300n, 'credit', 0],
        [undefined, 700n, 'credit', 1],
      ],
      [],
    ],
    [
      'another currency',
      part('4', 'a').replaceAll('EUR', 'USD') + part('6', 'b'),
      [[undefined, 1000n, 'credit', undefined]],
      ['DETAILS_DO_NOT_ADD_UP'],
    ],
  ])('splits by %s', (_, details, expected, warnings) => {
    const events = parseText(camt(statement(entry({ details, extra: own }))));
    expect(
      transactionsOf(events).map(({ endToEndId, amountMinor, direction, detailIndex }) => [
        endToEndId,
        amountMinor,
        direction,
        detailIndex,
      ]),
    ).toEqual(expected);
    expect(warningsOf(events)).toEqual(warnings);
    expect(eventsOf(events, 'statement-end')[0]?.counts).toEqual({
      entries: 1,
      transactions: expected.length,
    });
  });

  it('gives a part of a batch its own reference, and the whole the reference and remittance of all', () => {
    const split = transactionsOf(
      parseText(camt(statement(entry({ details: part('4', 'a') + part('6', 'b'), extra: own })))),
    );
    expect(split.map(({ accountServicerReference }) => accountServicerReference)).toEqual(['Da', 'Db']);
    const whole = onlyTransaction(
      parseText(camt(statement(entry({ details: part('4', 'a') + part('5', 'b'), extra: own })))),
    );
    expect(whole).toMatchObject({
      accountServicerReference: 'E',
      detailCount: 2,
      remittance: { unstructured: ['ra', 'rb'] },
    });
  });

  it('puts its finger on the bytes of an entry, a part and its head', () => {
    const text = camt(
      statement(
        entry({ details: party('Dbtr', '<Nm>Ä</Nm>') }) + entry({ details: part('4', 'a') + part('6', 'b') }),
      ),
    );
    const bytes = bytesOf(text);
    const cut = ({ byteStart, byteEnd }: { byteStart: number; byteEnd: number }) =>
      bytes.subarray(byteStart, byteEnd).toString();
    const [first, , second] = transactionsOf(parseText(text));
    expect(cut(first!.position)).toBe(entry({ details: party('Dbtr', '<Nm>Ä</Nm>') }));
    expect(cut(second!.position)).toBe(part('6', 'b'));
    expect(second!.position).toMatchObject({ path: 'Stmt[1]/Ntry[2]/TxDtls[2]', line: 2 });
    expect(cut(second!.position.entryHead!)).toBe(entry().replace('</Ntry>', ''));
  });

  it('sends transactions of many bytes in smaller batches, split or whole', () => {
    const heavy = (id: string) =>
      detail(`<Amt Ccy="EUR">1</Amt><RmtInf><Ustrd>${id.repeat(900_000)}</Ustrd></RmtInf>`);
    const sizes = (text: string) =>
      eventsOf(parseText(text), 'transactions').map(({ transactions }) => transactions.length);
    const ids = [...'abcdefg'];
    const parts = ids.map(heavy);
    expect(sizes(camt(statement(parts.map((details) => entry({ details })).join(''))))).toEqual([3, 3, 1]);
    // Five are put aside when their bytes reach the bound, in two batches; the rest follow.
    const batch = camt(statement(entry({ amount: '7', details: parts.join('') })));
    expect(sizes(batch).reduce((sum, size) => sum + size, 0)).toBe(7);
    expect(Math.max(...sizes(batch))).toBeLessThanOrEqual(3);
    const read = transactionsOf(parseText(batch));
    expect(read.map(({ index, remittance }) => [index, remittance.unstructured[0]?.[0]])).toEqual(
      ids.map((id, at) => [at, id]),
    );
  });

  it.each([
    ['adds up', 0, 5_001],
    ['does not add up', 1, 1],
  ])('puts the details of a very long entry aside until it is known that it %s', (_, surplus, count) => {
    const parts = Array.from({ length: 5_001 }, (__, at) => part('1.00', String(at))).join('\n');
    const text = camt(statement(entry({ amount: `${5_001 + surplus}.00`, details: parts }) + entry()));
    const events = parseText(text);
    const transactions = transactionsOf(events);
    expect(transactions).toHaveLength(count + 1);
    expect(transactions.map(({ index }) => index)).toEqual(transactions.map((__, at) => at));
    if (surplus === 0) {
      expect(transactions[4_999]).toMatchObject({
        endToEndId: '4999',
        detailIndex: 4_999,
        amountMinor: 100n,
      });
      expect(eventsOf(events, 'statement-end')[0]?.totals[0]?.bookedCreditMinor).toBe(501_100n);
    } else {
      expect(transactions[0]).toMatchObject({ amountMinor: 500_200n, detailCount: 5_001 });
    }
  });
});

describe('camt refusals', () => {
  const file = (inner: string, account = ACCOUNT) => camt(statement(`\n${inner}`, { account }));
  const ntry = 'Document/BkToCstmrStmt/Stmt[1]/Ntry[1]';
  it.each([
    ['no statement', camt(''), 'CAMT_FIELD_MISSING', 'Document/BkToCstmrStmt/Stmt'],
    ['no account', file('', ''), 'CAMT_FIELD_MISSING', 'Document/BkToCstmrStmt/Stmt[1]'],
    [
      'a statement without an identification',
      camt(`<Stmt>${ACCOUNT}</Stmt>`),
      'CAMT_FIELD_MISSING',
      'Document/BkToCstmrStmt/Stmt[1]',
    ],
    ['digits beyond the scale', file(entry({ amount: '1.234' })), 'AMOUNT_SCALE', `${ntry}/Amt`],
    ['cents of a yen', file(entry({ amount: '1.5', currency: 'JPY' })), 'AMOUNT_SCALE', `${ntry}/Amt`],
    ['a sign', file(entry({ amount: '-1.00' })), 'AMOUNT_INVALID', `${ntry}/Amt`],
    ['a comma', file(entry({ amount: '1,00' })), 'AMOUNT_INVALID', `${ntry}/Amt`],
    ['no amount', file(entry({ amount: '' })), 'AMOUNT_INVALID', `${ntry}/Amt`],
    ['19 digits', file(entry({ amount: '1234567890123456789' })), 'AMOUNT_INVALID', `${ntry}/Amt`],
    ['a currency that does not exist', file(entry({ currency: 'XXQ' })), 'CURRENCY_UNKNOWN', `${ntry}/Amt`],
    [
      'an amount without a currency',
      file(entry().replace(' Ccy="EUR"', '')),
      'CAMT_FIELD_MISSING',
      `${ntry}/Amt`,
    ],
    ['an entry without an amount', file(entry().replace(/<Amt.*?<\/Amt>/, '')), 'CAMT_FIELD_MISSING', ntry],
    [
      'an entry without a mark',
      file(entry().replace(/<CdtDbtInd>.*?<\/CdtDbtInd>/, '')),
      'CAMT_FIELD_MISSING',
      ntry,
    ],
    ['an entry without a status', file(entry({ status: '' })), 'CAMT_FIELD_MISSING', ntry],
    ['an unknown status', file(entry({ status: '<Sts>XXXX</Sts>' })), 'CAMT_FIELD_INVALID', `${ntry}/Sts`],
    ['an unknown mark', file(entry({ sign: 'C' })), 'CAMT_FIELD_INVALID', `${ntry}/CdtDbtInd`],
    [
      'a day that does not exist',
      file(entry({ dates: '<BookgDt><Dt>2025-02-29</Dt></BookgDt>' })),
      'DATE_INVALID',
      `${ntry}/BookgDt/Dt`,
    ],
    [
      'a date of another form',
      file(entry({ dates: '<BookgDt><Dt>10.03.2025</Dt></BookgDt>' })),
      'DATE_INVALID',
      `${ntry}/BookgDt/Dt`,
    ],
    [
      'a detail with a wrong amount',
      file(entry({ details: detail('<Amt Ccy="EUR">1</Amt>') + detail('<Amt Ccy="EUR">x</Amt>') })),
      'AMOUNT_INVALID',
      `${ntry}/NtryDtls/TxDtls[2]/Amt`,
    ],
    [
      'a balance without a date',
      file(balance('OPBD', '1', '2025-03-10').replace(/<Dt>.*<\/Dt>/, '')),
      'CAMT_FIELD_MISSING',
      'Document/BkToCstmrStmt/Stmt[1]/Bal[1]',
    ],
    [
      'a balance without an amount',
      file(balance('OPBD', '1', '2025-03-10').replace(/<Amt.*<\/Amt>/, '')),
      'CAMT_FIELD_MISSING',
      'Document/BkToCstmrStmt/Stmt[1]/Bal[1]',
    ],
    [
      'a rate that is no number',
      file(
        entry({
          extra:
            '<AmtDtls><InstdAmt><Amt Ccy="USD">1</Amt><CcyXchg><SrcCcy>USD</SrcCcy><XchgRate>x</XchgRate></CcyXchg></InstdAmt></AmtDtls>',
        }),
      ),
      'CAMT_FIELD_INVALID',
      `${ntry}/AmtDtls/InstdAmt/CcyXchg/XchgRate`,
    ],
    [
      'more text than a payment holds',
      file(entry({ details: remittance(`<Ustrd>${'x'.repeat(100_000)}</Ustrd>`.repeat(25)) })),
      'FIELD_TOO_LONG',
      undefined,
    ],
    ['a file cut short', file(entry()).slice(0, -20), 'MESSAGE_TRUNCATED', 'Document/BkToCstmrStmt'],
  ])('refuses %s with the path', (_, text, code, path) => {
    const refusal = refusalOf(() => parseText(text));
    expect(refusal.code).toBe(code);
    if (path !== undefined) expect(refusal.path).toBe(path);
    expect(refusal.line).toBeGreaterThan(1);
  });

  it('warns where entries are in another currency than the account, and where the bank counts otherwise', () => {
    const summary =
      '<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries><TtlCdtNtries><NbOfNtries>1</NbOfNtries></TtlCdtNtries></TxsSummry>';
    const events = parseText(camt(statement(summary + entry({ currency: 'USD' }))));
    expect(warningsOf(events)).toEqual(['ENTRY_CURRENCY', 'SUMMARY_MISMATCH']);
  });

  it('sends some warnings of a kind and counts the rest', () => {
    const events = parseText(camt(statement(entry({ currency: 'USD' }).repeat(30))));
    const warnings = eventsOf(events, 'warning');
    expect(warnings).toHaveLength(21);
    expect(warnings.at(-1)?.message).toContain('10 more');
  });
});
