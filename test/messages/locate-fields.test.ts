import { describe, expect, it } from 'vitest';
import { type BankTransaction, locateFields, type SourcePosition } from '../../src/main/messages/index.ts';
import { bytesOf, camt, detail, entry, mt940, parseText, statement, transactionsOf } from './support.ts';

function marks(text: string, transaction: BankTransaction, at: SourcePosition, type: 'camt.053' | 'mt940') {
  const bytes = bytesOf(text);
  expect(transaction.position.byteEnd).toBeLessThanOrEqual(bytes.length);
  return locateFields(bytes.subarray(at.byteStart, at.byteEnd), at, type).map(({ field, position }) => {
    const line = bytes.subarray(0, position.byteStart).toString('latin1').split('\n').length;
    expect(position.line).toBe(line);
    return [field, bytes.subarray(position.byteStart, position.byteEnd).toString()];
  });
}

describe('fields in the bytes of a message', () => {
  const inner =
    '\n<Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy="EUR">4.00</Amt><RltdPties><Dbtr><Pty><Nm>Mül&amp;ler</Nm></Pty></Dbtr>' +
    '<DbtrAcct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>one</Ustrd>\n<Ustrd>two</Ustrd></RmtInf>';

  it.each(['', 'ns1'])('marks the fields of a camt entry (prefix "%s")', (prefix) => {
    const text = camt(statement(`<!-- ä -->\n${entry({ amount: '4.00', details: detail(inner) })}`), {
      prefix,
    });
    const [transaction] = transactionsOf(parseText(text));
    expect(marks(text, transaction!, transaction!.position, 'camt.053')).toEqual([
      ['amount', '4.00'],
      ['direction', 'CRDT'],
      ['status', 'BOOK'],
      ['bookingDate', '2025-03-10'],
      ['valueDate', '2025-03-11'],
      ['endToEndId', 'E1'],
      ['amount', '4.00'],
      ['debtor', 'Mül&amp;ler'],
      ['debtorAccount', 'NL91ABNA0417164300'],
      ['remittance', 'one'],
      ['remittance', 'two'],
    ]);
  });

  it('marks the fields of one detail of several, and of the head of its entry', () => {
    const text = camt(
      statement(entry({ amount: '8.00', details: detail(inner) + detail(inner.replace('E1', 'E2')) })),
    );
    const [, second] = transactionsOf(parseText(text));
    expect(marks(text, second!, second!.position, 'camt.053').slice(0, 2)).toEqual([
      ['endToEndId', 'E2'],
      ['amount', '4.00'],
    ]);
    expect(marks(text, second!, second!.position.entryHead!, 'camt.053')).toContainEqual([
      'bookingDate',
      '2025-03-10',
    ]);
  });

  it('marks the fields of a statement line', () => {
    const text = mt940(':61:2503100311CR10,00NTRFREF 7//B7\r\n:86:166?00GUT\r\nSCHRIFT?32MÜLLER\r\n');
    const [transaction] = transactionsOf(parseText(text));
    expect(marks(text, transaction!, transaction!.position, 'mt940')).toEqual([
      ['valueDate', '250310'],
      ['bookingDate', '0311'],
      ['direction', 'C'],
      ['amount', '10,00'],
      ['bankTransactionCode', 'NTRF'],
      ['entryReference', 'REF 7'],
      ['accountServicerReference', 'B7'],
      ['remittance', '166?00GUT\r\nSCHRIFT?32MÜLLER'],
    ]);
  });

  it('yields nothing for bytes it cannot read', () => {
    const at = { byteStart: 0, byteEnd: 4, line: 1, path: 'x' };
    expect(locateFields(bytesOf('<<<<'), at, 'camt.053')).toEqual([]);
    expect(locateFields(bytesOf('????'), at, 'mt940')).toEqual([]);
  });
});
