import { describe, expect, it } from 'vitest';
import { readMt86 } from '../../src/main/messages/mt-86-dialects.ts';
import { mt940, onlyTransaction, parseText, warningsOf } from './support.ts';

/** Cuts a text into lines of 65 characters, as banks do. */
const wrap = (text: string): string[] => text.match(/.{1,65}/g) ?? [];

describe('field 86', () => {
  it.each([
    [
      'subfields with SEPA keywords',
      '166?00GUTSCHRIFT?100399?20EREF+E2E-1?21MREF+M-1?22CRED+DE98ZZZ09999999999?23SVWZ+Rechnung RE-1?24vom 1.3.?30COBADEFFXXX?31DE89370400440532013000?32MUELLER GMBH?33 UND CO',
      {
        gvc: '166',
        bookingText: 'GUTSCHRIFT',
        primaNota: '0399',
        endToEndId: 'E2E-1',
        mandateId: 'M-1',
        creditorId: 'DE98ZZZ09999999999',
        unstructured: ['Rechnung RE-1 vom 1.3.'],
        counterparty: { bic: 'COBADEFFXXX', account: 'DE89370400440532013000', name: 'MUELLER GMBH UND CO' },
      },
    ],
    [
      'a keyword broken by a subfield',
      '166?20SVWZ+Zahlung fuer RechnunER?21EF+E2E-2',
      // The letters before the break stand in a word, so only a cut at the subfield's end makes them a keyword.
      { unstructured: ['Zahlung fuer Rechnun'], endToEndId: 'E2E-2' },
    ],
    [
      'a value that runs on in the next subfield',
      '166?20EREF+EndToEndIdTFNR20004000?2101?22SVWZ+Text',
      { endToEndId: 'EndToEndIdTFNR2000400001', unstructured: ['Text'] },
    ],
    [
      'a short value that ends with its subfield',
      '159?20EREF+TFNR 40005 00005?21MTLG:Grund?34914',
      { endToEndId: 'TFNR 40005 00005', unstructured: ['MTLG:Grund'], returnReason: 'MS03' },
    ],
    [
      'another separator',
      '166@00GUTSCHRIFT@20SVWZ+RE 7@32ANNA',
      { bookingText: 'GUTSCHRIFT', unstructured: ['RE 7'], counterparty: { name: 'ANNA' } },
    ],
    [
      'the separator inside the text',
      '166?20SVWZ+Wer zahlt? Wir?32ANNA',
      { unstructured: ['Wer zahlt? Wir'], counterparty: { name: 'ANNA' } },
    ],
    ['remittance that goes on in 60', '166?20SVWZ+one?6000?61two', { unstructured: ['one 00 two'] }],
    [
      'a bank code and a national account',
      '051?20Miete?3010020030?311234567?32MUELLER',
      { counterparty: { bankCode: '10020030', account: '1234567', name: 'MUELLER' } },
    ],
    [
      'an IBAN in 38',
      '020?20X?31123?38DE89370400440532013000',
      { counterparty: { account: 'DE89370400440532013000' } },
    ],
    [
      'deviating parties',
      '166?20SVWZ+x?21ABWA+Tochter GmbH?22ABWE+Empfaenger AG',
      { ultimateDebtor: { name: 'Tochter GmbH' }, ultimateCreditor: { name: 'Empfaenger AG' } },
    ],
    [
      'an original amount',
      '166?20OAMT+USD 12,50?21SVWZ+x',
      { originalAmount: { currency: 'USD', amount: '12,50' } },
    ],
    [
      'a space before the code',
      ' 020?00Wyplata?20ZAPLATA',
      { gvc: '020', bookingText: 'Wyplata', unstructured: ['ZAPLATA'] },
    ],
    ['NOTPROVIDED', '166?20EREF+NOTPROVIDED?21SVWZ+x', { unstructured: ['x'] }],
    [
      'slash codes of Dutch banks',
      '/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/J. JANSEN/REMI/FACTUUR 17/EREF/E2E-3',
      {
        dialect: 'slashes',
        bookingText: 'SEPA OVERBOEKING',
        counterparty: { account: 'NL91ABNA0417164300', bic: 'ABNANL2A', name: 'J. JANSEN' },
        unstructured: ['FACTUUR 17'],
        endToEndId: 'E2E-3',
      },
    ],
    [
      'parties named before their names',
      '/EREF/E2E-4/ORDP//NAME/ACME BV/ID/77/BENM//NAME/ONS/REMI/RE 4711',
      {
        debtor: { name: 'ACME BV' },
        creditor: { name: 'ONS' },
        unstructured: ['RE 4711'],
        endToEndId: 'E2E-4',
      },
    ],
    [
      'a counterparty in one code, and marked remittance',
      '/EREF/E2E-5//CNTP/NL91ABNA0417164300/ABNANL2A/JANSEN/UTRECHT///REMI/USTD//KENMERK 5/',
      {
        endToEndId: 'E2E-5',
        counterparty: { account: 'NL91ABNA0417164300', bic: 'ABNANL2A', name: 'JANSEN' },
        unstructured: ['KENMERK 5'],
      },
    ],
    ['a structured reference', '/EREF/E/REMI/STRD/CUR/RF18539007547034/', { reference: 'RF18539007547034' }],
    ['a return', '/RTRN/AC04/REMI/x', { returnReason: 'AC04' }],
    [
      'plain text',
      'PAYMENT OF INVOICE 4711 FROM ACME',
      { dialect: 'plain', unstructured: ['PAYMENT OF INVOICE 4711 FROM ACME'] },
    ],
    [
      'plain text after a code',
      '999PN0911DAUERAUFTR.NR. 14',
      { dialect: 'plain', gvc: '999', unstructured: ['PN0911DAUERAUFTR.NR. 14'] },
    ],
    ['plain text with keywords', 'EREF+E2E-6 SVWZ+RE 6', { endToEndId: 'E2E-6', unstructured: ['RE 6'] }],
    ['nothing', '', { dialect: 'plain', unstructured: [] }],
    ['a code alone', '091', { gvc: '091', unstructured: [] }],
  ])('reads %s', (_, text, expected) => {
    expect(readMt86(wrap(text))).toMatchObject(expected);
  });

  it('reads the same however the lines break', () => {
    const text =
      '166?00GUTSCHRIFT?20EREF+E2E-1?21SVWZ+Rechnung RE-2025-17 vom?2201.03.2025?31DE89370400440532013000?32MUELLER';
    const whole = readMt86([text]);
    for (let width = 5; width < 70; width++) {
      const lines = text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
      expect(readMt86(lines)).toEqual(whole);
    }
  });

  it('joins plain lines at a word where they are not full', () => {
    expect(readMt86(['INVOICE 1', 'AND 2']).unstructured).toEqual(['INVOICE 1 AND 2']);
    expect(readMt86(['x'.repeat(65), 'yz']).unstructured).toEqual([`${'x'.repeat(65)}yz`]);
  });

  it.each([
    ['C', { debtor: { name: 'ANNA' } }, 'creditor'],
    ['D', { creditor: { name: 'ANNA' } }, 'debtor'],
    // What is taken back was paid by the same party that paid before.
    ['RC', { debtor: { name: 'ANNA' } }, 'creditor'],
    ['RD', { creditor: { name: 'ANNA' } }, 'debtor'],
  ])('makes the counterparty of a %s the right side', (mark, expected, other) => {
    const transaction = onlyTransaction(
      parseText(mt940(`:61:250310${mark}10,NTRFREF\r\n:86:166?20x?32ANNA\r\n`)),
    );
    expect(transaction).toMatchObject(expected);
    expect(transaction).not.toHaveProperty(other);
  });

  it('keeps a wrong RF reference as text and a wrong IBAN as given, under warnings', () => {
    const events = parseText(
      mt940(':61:250310C10,NTRFREF\r\n:86:/IBAN/DE88370400440532013000/REMI/STRD/CUR/RF19539007547034\r\n'),
    );
    const transaction = onlyTransaction(events);
    expect(transaction.remittance).toEqual({ unstructured: ['RF19539007547034'], structured: [] });
    expect(transaction.debtor?.account).toBe('DE88370400440532013000');
    expect(warningsOf(events).sort()).toEqual(['IBAN_CHECK_DIGITS', 'RF_CHECK_DIGITS']);
  });
});
