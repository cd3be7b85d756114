import { describe, expect, it } from 'vitest';
import { parseBytes } from '../../src/main/messages/index.ts';
import { entryDateNear, readMtDate } from '../../src/main/messages/mt-fields.ts';
import {
  bytesOf,
  eventsOf,
  mt940,
  onlyTransaction,
  parseText,
  refusalOf,
  transactionsOf,
  warningsOf,
} from './support.ts';

const line = (content: string, details = '') =>
  `:61:${content}\r\n${details === '' ? '' : `:86:${details}\r\n`}`;
const one = (content: string, details = '') => onlyTransaction(parseText(mt940(line(content, details))));

const MT942 =
  ':20:I1\r\n:25:DE89370400440532013000\r\n:28C:12/1\r\n:34F:EURD1,\r\n:34F:EURC2,5\r\n:13D:2503101430+0100\r\n' +
  ':61:2503100310C10,NTRFNONREF//B1\r\n:86:plain\r\n:61:250311ED4,NTRFNONREF\r\n:90D:1EUR4,\r\n:90C:1EUR10,\r\n-\r\n';

describe('MT940', () => {
  it('reads the header, the balances and the check of a statement', () => {
    const events = parseText(
      mt940(line('2503100310CR10,NTRFREF7//B7'), {
        closing: 'C250310EUR110,00\r\n:64:C250310EUR110,00\r\n:65:C250311EUR100,\r\n:86:for the statement',
      }),
    );
    expect(events[0]).toEqual({ kind: 'file-start', type: 'mt940', encoding: 'utf-8' });
    const [end] = eventsOf(events, 'statement-end');
    expect(end?.header).toMatchObject({
      type: 'mt940',
      index: 0,
      statementId: 'REF1',
      sequenceNumber: '7',
      page: '1',
      account: { other: '37040044/0532013000', currency: 'EUR' },
      fromDate: '2025-03-09',
      toDate: '2025-03-10',
    });
    expect(end?.balances.map(({ kind, code, amountMinor, date }) => [kind, code, amountMinor, date])).toEqual(
      [
        ['opening-booked', '60F', 10_000n, '2025-03-09'],
        ['closing-booked', '62F', 11_000n, '2025-03-10'],
        ['closing-available', '64', 11_000n, '2025-03-10'],
        ['forward-available', '65', 10_000n, '2025-03-11'],
      ],
    );
    expect(end?.balanceChecks).toMatchObject([{ currency: 'EUR', outcome: 'balanced' }]);
    expect(warningsOf(events)).toEqual([]);
  });

  it.each([
    [
      'a credit',
      '2503100310CR10,NTRFREF//B',
      {
        direction: 'credit',
        reversal: false,
        amountMinor: 1000n,
        entryReference: 'REF',
        accountServicerReference: 'B',
        bankTransactionCode: 'NTRF',
      },
    ],
    ['a debit without funds code', '2503100310D10,5NTRFREF', { direction: 'debit', amountMinor: 1050n }],
    [
      'a credit that is taken back',
      '2503100310RCR10,NRTINONREF',
      { direction: 'debit', reversal: true, bankTransactionCode: 'NRTI' },
    ],
    ['a debit that is taken back', '2503100310RD10,NRTINONREF', { direction: 'credit', reversal: true }],
    ['no entry date', '250310C10,NTRFREF', { bookingDate: '2025-03-10', valueDate: '2025-03-10' }],
    ['an entry date', '2503100312C10,NTRFREF', { bookingDate: '2025-03-12', valueDate: '2025-03-10' }],
    [
      'an entry date of next year',
      '2512310102C10,NTRFREF',
      { bookingDate: '2026-01-02', valueDate: '2025-12-31' },
    ],
    [
      'an entry date of last year',
      '2501021231C10,NTRFREF',
      { bookingDate: '2024-12-31', valueDate: '2025-01-02' },
    ],
    ['an entry date of a leap day', '2402280229C10,NTRFREF', { bookingDate: '2024-02-29' }],
    ['an amount without a comma', '250310C10NTRFREF', { amountMinor: 1000n }],
    ['a numeric type', '250310C10,30N051NONREF', { bankTransactionCode: 'N051', amountMinor: 1030n }],
    ['a cheque', '250310D10,NCHK16703074', { chequeNumber: '16703074' }],
    [
      'a reference with spaces',
      '250310C10,NTRFTFNr 40005 MSGID//0724710345313905',
      { entryReference: 'TFNr 40005 MSGID', accountServicerReference: '0724710345313905' },
    ],
  ])('reads %s', (_, content, expected) => {
    expect(one(content)).toMatchObject(expected);
  });

  it('leaves NONREF and what is not said out', () => {
    const transaction = one('250310C10,NTRFNONREF');
    expect(transaction).not.toHaveProperty('entryReference');
    expect(transaction).not.toHaveProperty('accountServicerReference');
    expect(Object.values(transaction)).not.toContain(undefined);
  });

  it('reads the line under a line: original amount and charges, or text', () => {
    expect(one('250310C10,NTRFREF//B\r\n/OCMT/USD12,00//CHGS/EUR0,31/')).toMatchObject({
      instructed: { amountMinor: 1200n, currency: 'USD' },
      charges: [{ amountMinor: 31n, currency: 'EUR', direction: 'debit' }],
    });
    expect(one('250310C10,NTRFREF//B\r\nCard transaction').additionalInfo).toBe('Card transaction');
  });

  it('reads SWIFT blocks, several messages, blank lines and a last one without an end', () => {
    const message = mt940(line('250310C10,NTRFREF'), { end: '' });
    const blocks = `{1:F01AAAABB99BSMK3513951576}{2:O9400934081223BBBBAA33XXXX03592332770812230834N}{4:\r\n${message}-}{5:{CHK:0FEC1E4AEC53}}\r\n`;
    const events = parseText(`${blocks}\r\n${blocks}\n\n${message}`);
    expect(transactionsOf(events)).toHaveLength(3);
    expect(warningsOf(events)).toEqual(['MT_MISSING_END']);
    const sameLine = parseText(blocks.replace('{4:\r\n', '{4:'));
    expect(transactionsOf(sameLine)).toHaveLength(1);
  });

  it('reads bare line feeds and trailing spaces', () => {
    const text = mt940(line('2503100310C10,NTRFREF//B')).replaceAll('\r\n', ' \n');
    expect(transactionsOf(parseText(text))).toHaveLength(1);
    expect(transactionsOf(parseText(text.trimEnd().replace(/-$/, '')))).toHaveLength(1);
  });

  it('checks the balances of pages against their own entries', () => {
    const text = mt940(line('250310C10,NTRFREF')).replace(':60F:', ':60M:').replace(':62F:', ':62M:');
    const [end] = eventsOf(parseText(text), 'statement-end');
    expect(end?.balances.map(({ intermediate }) => intermediate)).toEqual([true, true]);
    expect(end?.balanceChecks[0]?.outcome).toBe('balanced');
  });

  it('finds what is missing of the closing balance', () => {
    const [end] = eventsOf(parseText(mt940(line('250310D10,NTRFREF'))), 'statement-end');
    expect(end?.balanceChecks).toEqual([
      {
        currency: 'EUR',
        outcome: 'difference',
        openingMinor: 10_000n,
        bookedMinor: -1_000n,
        closingMinor: 11_000n,
        differenceMinor: 2_000n,
      },
    ]);
  });

  it.each([
    ['DE89370400440532013000', { iban: 'DE89370400440532013000' }],
    ['DE89370400440532013000EUR', { iban: 'DE89370400440532013000', currency: 'EUR' }],
    ['COBADEFF/DE89370400440532013000', { iban: 'DE89370400440532013000', servicerBic: 'COBADEFF' }],
    ['51210600/9223382012EUR', { other: '51210600/9223382012', currency: 'EUR' }],
    ['BPHKPLPK/320000546101 ', { other: 'BPHKPLPK/320000546101' }],
  ])('reads the account %s', (account, expected) => {
    const text = mt940('', { closing: 'C250310EUR100,00' }).replace('37040044/0532013000', account);
    const header = eventsOf(parseText(text), 'statement-start')[0]?.header;
    expect(header?.account).toEqual({ currency: 'EUR', ...expected });
  });

  it('reads ISO-8859-1 where the bytes are not UTF-8, and says so', () => {
    const text = mt940(line('250310C10,NTRFREF', '166?00GUTSCHRIFT?20Überweisung?32Müller'));
    expect(onlyTransaction(parseText(text)).debtor?.name).toBe('Müller');
    const events = parseBytes(bytesOf(text, 'latin1'), 'f');
    expect(onlyTransaction(events).debtor?.name).toBe('Müller');
    expect(warningsOf(events)).toEqual(['ENCODING_FALLBACK']);
    expect(eventsOf(events, 'file-end')[0]?.encoding).toBe('iso-8859-1');
  });

  it('points at the bytes of a line and its details', () => {
    const content = line('250310C10,NTRFREF', 'Ä plain text');
    const text = mt940(line('250310C10,NTRFREF') + content, { closing: 'C250310EUR120,00' });
    const [, second] = transactionsOf(parseText(text));
    const { byteStart, byteEnd, path, line: lineNumber } = second!.position;
    expect(bytesOf(text).subarray(byteStart, byteEnd).toString()).toBe(content.trimEnd());
    expect([path, lineNumber]).toEqual(['msg[1]/:61:[2]', 6]);
  });

  it.each([
    ['a balance alone', ':60F:C100318EUR380115,12\r\n', 'MT_FIELD_MISSING', 1],
    ['an account alone', ':25:51210600/9223382012EUR\r\n', 'MT_FIELD_MISSING', 1],
    ['an entry alone', ':61:110701CN50,00NZ10NONREF\r\n-\r\n', 'MT_FIELD_MISSING', 1],
    ['a reference alone', '\r\n:20:TELEREPORTING\r\n', 'MT_FIELD_MISSING', 2],
    ['no account', mt940('').replace(/:25:.*\r\n/, ''), 'MT_FIELD_MISSING', 1],
    ['no opening balance', mt940('').replace(/:60F:.*\r\n/, ''), 'MT_FIELD_MISSING', 4],
    ['no closing balance', mt940('').replace(/:62F:.*\r\n/, ''), 'MT_FIELD_MISSING', 1],
    [
      'an end before the closing balance',
      mt940(line('250310C10,NTRFREF')).replace(/:62F:[\s\S]*/, ''),
      'MESSAGE_TRUNCATED',
      5,
    ],
    [
      'an end inside the closing balance',
      mt940('').replace(/:62F:[\s\S]*/, ':62F:C2503'),
      'MESSAGE_TRUNCATED',
      5,
    ],
    ['an account twice', mt940('').replace(':28C:', ':25:1\r\n:28C:'), 'MT_FIELD_INVALID', 3],
    [
      'an entry after the closing balance',
      mt940('', { end: ':61:250310C10,NTRFREF\r\n-' }),
      'MT_FIELD_INVALID',
      6,
    ],
    ['an entry of another form', mt940(line('250310X10,NTRFREF')), 'MT_FIELD_INVALID', 5],
    ['a balance of another form', mt940('', { opening: 'X250310EUR1,' }), 'MT_FIELD_INVALID', 4],
    ['a sequence of another form', mt940('').replace(':28C:7/1', ':28C:x'), 'MT_FIELD_INVALID', 3],
    ['a day that does not exist', mt940('', { opening: 'C250230EUR1,' }), 'DATE_INVALID', 4],
    ['a value date that does not exist', mt940(line('250230C10,NTRFREF')), 'DATE_INVALID', 5],
    ['an entry date that does not exist', mt940(line('2503100230C10,NTRFREF')), 'DATE_INVALID', 5],
    ['digits beyond the scale', mt940(line('250310C10,123NTRFREF')), 'AMOUNT_SCALE', 5],
    ['a currency that does not exist', mt940('', { opening: 'C250310XXQ1,' }), 'CURRENCY_UNKNOWN', 4],
    ['a line that belongs to nothing', `hello\r\n${mt940('')}`, 'MT_FIELD_INVALID', 1],
    ['a line without an end', `:20:${'x'.repeat(20_000)}`, 'FIELD_TOO_LONG', 1],
    [
      'a field without an end',
      mt940(line('250310C10,NTRFREF', `x\r\n${`${'y'.repeat(64)}\r\n`.repeat(1100)}`)),
      'FIELD_TOO_LONG',
      undefined,
    ],
  ])('refuses %s with its line', (_, text, code, lineNumber) => {
    const refusal = refusalOf(() => parseText(text));
    expect(refusal.code).toBe(code);
    if (lineNumber !== undefined) expect(refusal.line).toBe(lineNumber);
  });

  it('warns of tags it does not know, a missing sequence number and dates in the wrong order', () => {
    const text = mt940('', { opening: 'C250311EUR110,00' }).replace(':28C:7/1', ':77X:y');
    expect(warningsOf(parseText(text)).sort()).toEqual([
      'BALANCE_DATES',
      'MT_TAG_IGNORED',
      'SEQUENCE_MISSING',
    ]);
  });
});

describe('MT942', () => {
  it('reads an interim report: floor, time, expected entries and sums', () => {
    const events = parseText(MT942);
    expect(events[0]).toMatchObject({ kind: 'file-start', type: 'mt942' });
    const [end] = eventsOf(events, 'statement-end');
    expect(end?.header).toMatchObject({
      type: 'mt942',
      createdAt: '2025-03-10T14:30:00+01:00',
      account: { currency: 'EUR' },
    });
    expect(
      transactionsOf(events).map(({ direction, status, amountMinor }) => [direction, status, amountMinor]),
    ).toEqual([
      ['credit', 'booked', 1000n],
      ['debit', 'pending', 400n],
    ]);
    expect(end?.balances).toEqual([]);
    expect(warningsOf(events)).toEqual([]);
  });

  it('warns where the sums count otherwise', () => {
    expect(warningsOf(parseText(MT942.replace(':90C:1', ':90C:2')))).toEqual(['SUMMARY_MISMATCH']);
  });

  it.each([
    ['a floor of another form', MT942.replace('EURD1,', 'EUR'), 'MT_FIELD_INVALID'],
    ['a time of another form', MT942.replace('2503101430', '25031014'), 'MT_FIELD_INVALID'],
    ['a sum of another form', MT942.replace(':90D:1EUR4,', ':90D:x'), 'MT_FIELD_INVALID'],
    ['no floor and no time', MT942.replace(/:(34F|13D):.*\r\n/g, ''), 'MT_FIELD_MISSING'],
  ])('refuses %s', (_, text, code) => {
    expect(refusalOf(() => parseText(text)).code).toBe(code);
  });
});

describe('MT dates', () => {
  it.each([
    ['250310', '2025-03-10'],
    ['800101', '1980-01-01'],
    ['791231', '2079-12-31'],
    ['240229', '2024-02-29'],
    ['250229', undefined],
    ['25031', undefined],
  ])('%s is %s', (text, date) => {
    expect(readMtDate(text)).toBe(date);
  });

  it.each([
    ['0102', '2024-12-30', '2025-01-02'],
    ['1230', '2025-01-02', '2024-12-30'],
    ['0229', '2023-03-01', '2024-02-29'],
    ['0630', '2025-01-01', '2025-06-30'],
    ['0230', '2025-03-01', undefined],
  ])('%s near %s is %s', (monthDay, near, date) => {
    expect(entryDateNear(monthDay, near)).toBe(date);
  });
});
