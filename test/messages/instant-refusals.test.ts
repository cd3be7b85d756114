import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES, readInstant } from '../../src/main/messages/index.ts';
import {
  CREDITOR,
  document,
  NOW_MS,
  notification,
  notificationEntry,
  PARTIES,
  pacs008,
  pacs008Document,
  pacs008Json,
  read,
  readJson,
  transfer,
} from './instant-support.ts';
import { type Refusal, refusalOf } from './support.ts';

type Case = readonly [what: string, text: string, refusal: Refusal];

const amount = (text: string, currency = 'EUR') =>
  pacs008Document({ amount: `<IntrBkSttlmAmt Ccy="${currency}">${text}</IntrBkSttlmAmt>` });
const IN_TRANSFER = 'Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]';
const jsonAmount = (text: string) => JSON.stringify(pacs008Json()).replace('"120.50"', text);
const iso = 'urn:iso:std:iso:20022:tech:xsd:';

const cases: readonly Case[] = [
  // What it is at all
  ['nothing', '', { code: 'MESSAGE_TYPE_UNKNOWN' }],
  ['a text', 'hello', { code: 'MESSAGE_TYPE_UNKNOWN' }],
  [
    'a pain.001',
    document('pain.001', 'CstmrCdtTrfInitn', ''),
    { code: 'INSTANT_KIND_UNKNOWN', path: 'Document' },
  ],
  ['a camt.053', document('camt.053', 'BkToCstmrStmt', ''), { code: 'INSTANT_KIND_UNKNOWN' }],
  ['another namespace', '<Document xmlns="urn:example:pacs.008.001.08"/>', { code: 'INSTANT_NAMESPACE' }],
  ['no namespace', '<Document/>', { code: 'INSTANT_NAMESPACE' }],
  ['a namespace without a version', `<Document xmlns="${iso}pacs.008"/>`, { code: 'INSTANT_NAMESPACE' }],
  [
    'a namespace of another message than the body',
    `<Document xmlns="${iso}pacs.004.001.08"><FIToFICstmrCdtTrf>${pacs008()}</FIToFICstmrCdtTrf></Document>`,
    { code: 'INSTANT_KIND_UNKNOWN' },
  ],
  ['an envelope without a message', '<BizMsgEnvlp><Other/></BizMsgEnvlp>', { code: 'INSTANT_KIND_UNKNOWN' }],
  [
    'two messages',
    `<Envelope>${pacs008Document()}${pacs008Document()}</Envelope>`,
    { code: 'CAMT_FIELD_INVALID' },
  ],
  [
    'a header of another message',
    `<E><AppHdr xmlns="${iso}head.001.001.02"><MsgDefIdr>pacs.004.001.09</MsgDefIdr></AppHdr>${pacs008Document()}</E>`,
    { code: 'INSTANT_NAMESPACE' },
  ],
  ['a JSON array', '[]', { code: 'JSON_FORM' }],
  ['a JSON object of something else', '{"amount": 5}', { code: 'INSTANT_KIND_UNKNOWN' }],
  ['a body that is no object', '{"FIToFICstmrCdtTrf": "x"}', { code: 'INSTANT_KIND_UNKNOWN' }],
  [
    'a JSON type of another message',
    JSON.stringify({ TxTp: 'pacs.002.001.10', ...pacs008Json() }),
    { code: 'INSTANT_NAMESPACE' },
  ],
  [
    'two messages in JSON',
    JSON.stringify({ a: pacs008Json(), b: pacs008Json() }),
    { code: 'CAMT_FIELD_INVALID' },
  ],
  // Amounts
  ['a minus', amount('-5.00'), { code: 'AMOUNT_INVALID', path: `${IN_TRANSFER}/IntrBkSttlmAmt` }],
  ['a plus', amount('+5.00'), { code: 'AMOUNT_INVALID' }],
  ['no digits', amount(''), { code: 'AMOUNT_INVALID' }],
  ['an exponent', amount('1e5'), { code: 'AMOUNT_INVALID' }],
  ['a comma', amount('5,00'), { code: 'AMOUNT_INVALID' }],
  ['nineteen digits', amount('1234567890123456789'), { code: 'AMOUNT_INVALID' }],
  ['zero', amount('0.00'), { code: 'AMOUNT_ZERO' }],
  ['too many decimals', amount('5.001'), { code: 'AMOUNT_SCALE' }],
  ['a decimal of yen', amount('5.1', 'JPY'), { code: 'AMOUNT_SCALE' }],
  ['a currency that does not exist', amount('5.00', 'EUX'), { code: 'CURRENCY_UNKNOWN' }],
  ['a currency in small letters', amount('5.00', 'eur'), { code: 'CURRENCY_UNKNOWN' }],
  [
    'no currency',
    pacs008Document({ amount: '<IntrBkSttlmAmt>5.00</IntrBkSttlmAmt>' }),
    { code: 'CAMT_FIELD_MISSING', expected: 'the attribute Ccy' },
  ],
  ['no amount', pacs008Document({ amount: '' }), { code: 'CAMT_FIELD_MISSING', expected: 'IntrBkSttlmAmt' }],
  [
    'the amount twice',
    pacs008Document({
      amount: '<IntrBkSttlmAmt Ccy="EUR">1</IntrBkSttlmAmt><IntrBkSttlmAmt Ccy="EUR">2</IntrBkSttlmAmt>',
    }),
    { code: 'CAMT_FIELD_INVALID', expected: 'IntrBkSttlmAmt once' },
  ],
  ['a minus in JSON', jsonAmount('-5'), { code: 'AMOUNT_INVALID', path: `${IN_TRANSFER}/IntrBkSttlmAmt` }],
  ['an exponent in JSON', jsonAmount('1e5'), { code: 'AMOUNT_INVALID' }],
  ['NaN in JSON', jsonAmount('NaN'), { code: 'JSON_MALFORMED', expected: 'a value' }],
  ['NaN as a text in JSON', jsonAmount('"NaN"'), { code: 'AMOUNT_INVALID' }],
  ['a leading zero in JSON', jsonAmount('05.00'), { code: 'JSON_MALFORMED' }],
  ['true in JSON', jsonAmount('true'), { code: 'AMOUNT_INVALID' }],
  [
    'a number alone in JSON',
    JSON.stringify(pacs008Json({ IntrBkSttlmAmt: 5 })),
    { code: 'CAMT_FIELD_MISSING' },
  ],
  [
    'an amount of another form',
    JSON.stringify(pacs008Json({ IntrBkSttlmAmt: { cur: 'EUR', val: 5 } })),
    { code: 'JSON_FORM' },
  ],
  [
    'an amount with two values',
    JSON.stringify(pacs008Json({ IntrBkSttlmAmt: { Ccy: 'EUR', value: 5, amount: 6 } })),
    { code: 'JSON_FORM' },
  ],
  // Dates
  [
    'a settlement date beyond tomorrow',
    pacs008Document({ date: '<IntrBkSttlmDt>2026-11-23</IntrBkSttlmDt>' }),
    { code: 'DATE_IN_FUTURE', path: 'CdtTrfTxInf[1]', expected: 'at the latest 2026-11-22' },
  ],
  [
    'a booking date beyond tomorrow',
    notification(notificationEntry().replace('2026-11-21', '2027-01-01')),
    { code: 'DATE_IN_FUTURE', path: 'Ntfctn[1]/Ntry[1]' },
  ],
  [
    'a date that does not exist',
    pacs008Document({ date: '<IntrBkSttlmDt>2026-02-30</IntrBkSttlmDt>' }),
    { code: 'DATE_INVALID', path: `${IN_TRANSFER}/IntrBkSttlmDt` },
  ],
  [
    'a time of the message that is none',
    pacs008Document().replace('2026-11-21T10:00:00Z', 'yesterday'),
    { code: 'DATE_INVALID' },
  ],
  // The group header
  [
    'a count that differs',
    pacs008Document({ count: '<NbOfTxs>2</NbOfTxs>' }),
    { code: 'GROUP_HEADER_MISMATCH', path: 'GrpHdr/NbOfTxs', expected: '1' },
  ],
  [
    'a count that is none',
    pacs008Document({ count: '<NbOfTxs>one</NbOfTxs>' }),
    { code: 'CAMT_FIELD_INVALID' },
  ],
  ['no count', pacs008Document({ count: '' }), { code: 'CAMT_FIELD_MISSING', path: 'GrpHdr/NbOfTxs' }],
  [
    'a control sum that differs',
    pacs008Document({ head: '<CtrlSum>120.51</CtrlSum>' }),
    { code: 'GROUP_HEADER_MISMATCH', path: 'GrpHdr/CtrlSum' },
  ],
  [
    'a total that differs',
    pacs008Document({ head: '<TtlIntrBkSttlmAmt Ccy="EUR">120.00</TtlIntrBkSttlmAmt>' }),
    { code: 'GROUP_HEADER_MISMATCH', path: 'GrpHdr' },
  ],
  [
    'a total in another currency',
    pacs008Document({ head: '<TtlIntrBkSttlmAmt Ccy="USD">120.50</TtlIntrBkSttlmAmt>' }),
    { code: 'GROUP_HEADER_MISMATCH' },
  ],
  [
    'the same in JSON',
    JSON.stringify(pacs008Json({}, { NbOfTxs: 3 })),
    { code: 'GROUP_HEADER_MISMATCH', path: 'GrpHdr/NbOfTxs' },
  ],
  // What must be there
  [
    'no identification',
    pacs008Document().replace('<MsgId>M-1</MsgId>', ''),
    { code: 'CAMT_FIELD_MISSING', expected: 'GrpHdr/MsgId' },
  ],
  [
    'no transfer',
    document('pacs.008', 'FIToFICstmrCdtTrf', pacs008({ count: '<NbOfTxs>0</NbOfTxs>' }, '')),
    { code: 'CAMT_FIELD_MISSING', expected: 'CdtTrfTxInf' },
  ],
  ['no account', pacs008Document({ parties: '' }), { code: 'CAMT_FIELD_MISSING' }],
  ['no entry', notification(''), { code: 'CAMT_FIELD_MISSING', expected: 'Ntry' }],
  [
    'an answer to nothing',
    document(
      'pacs.002',
      'FIToFIPmtStsRpt',
      '<GrpHdr><MsgId>S</MsgId></GrpHdr><TxInfAndSts><TxSts>RJCT</TxSts></TxInfAndSts>',
    ),
    { code: 'CAMT_FIELD_MISSING' },
  ],
  [
    'an answer that says nothing',
    document(
      'pacs.002',
      'FIToFIPmtStsRpt',
      '<GrpHdr><MsgId>S</MsgId></GrpHdr><TxInfAndSts><OrgnlTxId>T</OrgnlTxId></TxInfAndSts>',
    ),
    { code: 'CAMT_FIELD_MISSING', expected: 'TxSts or GrpSts' },
  ],
  [
    'a status that is no code',
    document(
      'pacs.002',
      'FIToFIPmtStsRpt',
      '<GrpHdr><MsgId>S</MsgId></GrpHdr><TxInfAndSts><OrgnlTxId>T</OrgnlTxId><TxSts>ok</TxSts></TxInfAndSts>',
    ),
    { code: 'CAMT_FIELD_INVALID' },
  ],
  [
    'a return of nothing',
    document(
      'pacs.004',
      'PmtRtr',
      '<GrpHdr><MsgId>R</MsgId><NbOfTxs>1</NbOfTxs></GrpHdr><TxInf><OrgnlTxId>T</OrgnlTxId><RtrdIntrBkSttlmAmt Ccy="EUR">0</RtrdIntrBkSttlmAmt></TxInf>',
    ),
    { code: 'AMOUNT_ZERO' },
  ],
  [
    'a recall of nothing',
    document('camt.056', 'FIToFIPmtCxlReq', '<Assgnmt><Id>A</Id></Assgnmt>'),
    { code: 'CAMT_FIELD_MISSING' },
  ],
  // The form of JSON
  [
    'an empty array',
    JSON.stringify({ FIToFICstmrCdtTrf: { ...pacs008Json().FIToFICstmrCdtTrf, CdtTrfTxInf: [] } }),
    { code: 'JSON_FORM' },
  ],
  [
    'two of what there is one',
    JSON.stringify(pacs008Json({ Dbtr: [{ Nm: 'A' }, { Nm: 'B' }] })),
    { code: 'JSON_FORM' },
  ],
  [
    'an array in an array',
    JSON.stringify(pacs008Json({ RmtInf: { Ustrd: [['x']] } })),
    { code: 'JSON_FORM' },
  ],
  [
    'a text for an object',
    JSON.stringify(pacs008Json({ Dbtr: 'Fjord' })),
    { code: 'JSON_FORM', path: `${IN_TRANSFER}/Dbtr` },
  ],
  [
    'an object for a text',
    JSON.stringify(pacs008Json({ IntrBkSttlmDt: { year: 2026 } })),
    { code: 'JSON_FORM' },
  ],
  [
    'a name twice',
    JSON.stringify(pacs008Json()).replace(
      '"IntrBkSttlmDt":',
      '"IntrBkSttlmDt":"2026-11-20","IntrBkSttlmDt":',
    ),
    { code: 'JSON_DUPLICATE_KEY', path: 'FIToFICstmrCdtTrf/CdtTrfTxInf/IntrBkSttlmDt' },
  ],
  [
    'an element under two names',
    JSON.stringify(pacs008Json({ interbank_settlement_date: '2026-11-20' })),
    { code: 'JSON_DUPLICATE_KEY' },
  ],
  ['trailing data', `${JSON.stringify(pacs008Json())} {}`, { code: 'JSON_MALFORMED' }],
  ['trailing data in XML', `${pacs008Document()}<Document/>`, { code: 'XML_MALFORMED' }],
  ['a cut message', JSON.stringify(pacs008Json()).slice(0, -1), { code: 'MESSAGE_TRUNCATED' }],
  ['a cut message in XML', pacs008Document().slice(0, -1), { code: 'MESSAGE_TRUNCATED' }],
  [
    'a comma too many',
    '{"FIToFICstmrCdtTrf": {},}',
    { code: 'JSON_MALFORMED', expected: 'a name in quotes' },
  ],
  ['a comment', '{/* */}', { code: 'JSON_MALFORMED' }],
  ['a bad escape', '{"a": "\\x"}', { code: 'JSON_MALFORMED' }],
  ['half of a character', '{"a": "\\ud800"}', { code: 'JSON_MALFORMED' }],
  ['a control character', '{"a": "\u0001"}', { code: 'JSON_MALFORMED' }],
  ['an escaped control character', '{"a": "\\u0000"}', { code: 'JSON_MALFORMED' }],
  ['deep objects', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, { code: 'JSON_FORBIDDEN' }],
  ['deep arrays', `{"a":${'['.repeat(65)}`, { code: 'JSON_FORBIDDEN' }],
  ['too many values', `{"a":[${'0,'.repeat(200_001)}0]}`, { code: 'JSON_FORBIDDEN' }],
  ['deep elements', '<a>'.repeat(65), { code: 'XML_FORBIDDEN' }],
  ['a DTD', `<!DOCTYPE d>${pacs008Document()}`, { code: 'XML_FORBIDDEN' }],
  ['an entity', pacs008Document().replace('Fjord', '&fjord;'), { code: 'XML_FORBIDDEN' }],
];

describe('what is refused', () => {
  it.each(cases)('%s', (_, text, refusal) => {
    expect(refusalOf(() => read(text))).toMatchObject(refusal);
  });

  it('knows no time by itself', () => {
    const text = pacs008Document({ date: '<IntrBkSttlmDt>2099-01-01</IntrBkSttlmDt>' });
    expect(readInstant(Buffer.from(text)).items).toHaveLength(1);
  });

  it('takes tomorrow, and an entry that says that it lies ahead', () => {
    expect(read(pacs008Document({ date: '<IntrBkSttlmDt>2026-11-22</IntrBkSttlmDt>' })).items).toHaveLength(
      1,
    );
    const ahead = notificationEntry().replace('2026-11-21', '2027-01-01').replace('BOOK', 'FUTR');
    expect(read(notification(ahead)).items).toHaveLength(1);
  });

  it('takes a control sum written with other zeros', () => {
    const head = '<CtrlSum>120.500</CtrlSum><TtlIntrBkSttlmAmt Ccy="EUR">120.5</TtlIntrBkSttlmAmt>';
    expect(read(pacs008Document({ head })).items).toHaveLength(1);
  });

  it.each([
    ['bytes that are not UTF-8', [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], 'MESSAGE_ENCODING'],
    [
      'a character that is cut off',
      [0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc3, 0x22, 0x7d],
      'MESSAGE_ENCODING',
    ],
    ['a long form of a character', [0x7b, 0x22, 0xc0, 0xa2, 0x22, 0x7d], 'MESSAGE_ENCODING'],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00], 'MESSAGE_ENCODING'],
    ['XML that is not UTF-8', [0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e], 'MESSAGE_ENCODING'],
  ])('%s', (_, bytes, code) => {
    expect(refusalOf(() => readInstant(Uint8Array.from(bytes))).code).toBe(code);
  });

  it('100 MB of remittance text, before a byte of it is looked at', () => {
    const bytes = Buffer.alloc(100_000_000, 0x78);
    bytes.write('{"RmtInf":{"Ustrd":["');
    const before = process.memoryUsage();
    const cpu = process.cpuUsage();
    expect(refusalOf(() => readInstant(bytes))).toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      expected: `at most ${MAX_MESSAGE_BYTES} bytes`,
    });
    const { user, system } = process.cpuUsage(cpu);
    expect(user + system).toBeLessThan(20_000);
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(20_000_000);
  });

  it('takes a message of the largest size, whatever it is filled with', () => {
    const { FIToFICstmrCdtTrf } = pacs008Json({ RmtInf: { Ustrd: ['x'.repeat(1_000_000)] } });
    expect(readJson({ FIToFICstmrCdtTrf }).items).toHaveLength(1);
    expect(refusalOf(() => readJson({ FIToFICstmrCdtTrf }, { maxBytes: 1_000_000 })).code).toBe(
      'MESSAGE_TOO_LARGE',
    );
  });

  it('tells no name, account or amount', () => {
    const secrets = ['Fjord', 'Werft', CREDITOR, '120.51'];
    const text = pacs008Document({ head: '<CtrlSum>120.51</CtrlSum>' });
    const json = JSON.stringify(pacs008Json({ Dbtr: { 'Fjord Handel': 1, Nm: { Fjord: 1 } } }));
    for (const given of [text, json, `{"Fjord Handel AS": {"Werft": }}`, `{"${CREDITOR} x": {"a": tru`]) {
      try {
        read(given);
      } catch (error) {
        const told = JSON.stringify([error, (error as Error).message]);
        for (const secret of secrets) expect(told).not.toContain(secret);
        continue;
      }
      throw new Error('It was not refused.');
    }
  });

  it('tells file, line, byte and path', () => {
    const text = JSON.stringify(pacs008Json({ Dbtr: 'x' }), null, 1);
    try {
      readInstant(Buffer.from(text), { nowMs: NOW_MS, name: 'inbox/1.json' });
      throw new Error('It was not refused.');
    } catch (error) {
      const at = text.indexOf('"x"');
      expect(error).toMatchObject({
        details: {
          file: 'inbox/1.json',
          byte: at,
          line: text.slice(0, at).split('\n').length,
          path: `${IN_TRANSFER}/Dbtr`,
        },
      });
    }
  });

  it('reads no twice what stands twice, in a group of its own', () => {
    const strd = '<Strd><CdtrRefInf><Ref>A</Ref></CdtrRefInf></Strd>';
    const rest = `<RmtInf><Ustrd>a</Ustrd><Ustrd>b</Ustrd>${strd}${strd}</RmtInf>`;
    expect(read(pacs008Document({ rest })).items).toHaveLength(1);
    expect(refusalOf(() => read(pacs008Document({ rest: `${rest}${rest}` }))).code).toBe(
      'CAMT_FIELD_INVALID',
    );
    const two = document(
      'pacs.008',
      'FIToFICstmrCdtTrf',
      pacs008({ count: '<NbOfTxs>2</NbOfTxs>' }, transfer() + transfer()),
    );
    expect(read(two).items).toHaveLength(2);
    expect(refusalOf(() => read(pacs008Document({ parties: `${PARTIES}${PARTIES}` }))).code).toBe(
      'CAMT_FIELD_INVALID',
    );
  });
});
