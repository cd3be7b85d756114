import { describe, expect, it } from 'vitest';
import { detectType, parseBytes } from '../../src/main/messages/index.ts';
import { bytesOf, camt, mt940, parseText, refusalOf, statement } from './support.ts';

const INVOICES =
  'invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until';

describe('the type of a file', () => {
  it.each([
    ['camt.053', camt(statement(''))],
    ['camt.052', camt(statement('', { name: 'Rpt' }), { type: '052' })],
    ['camt.054', camt(statement('', { name: 'Ntfctn' }), { type: '054', prefix: 'p' })],
    ['camt.053', `\uFEFF\n  ${camt(statement('')).replace(/<\?.*\?>/, '')}`],
    ['mt940', mt940('')],
    ['mt940', `\r\n{1:F01AAAABB99BSMK3513951576}{2:O940}{4:\r\n${mt940('')}`],
    ['mt940', `\u0001\r\n${mt940('')}`],
    ['mt942', ':20:A\r\n:25:B\r\n:28C:1\r\n:34F:EUR0,\r\n'],
    ['customers', 'customer_id,name,country,ibans,aliases\n'],
    ['customers', '"aliases","ibans","country","name"\n'],
    ['invoices', `${INVOICES}\n`],
    ['invoices', 'amount,currency,due_on\n'],
    ['unknown', '<html xmlns="http://www.w3.org/1999/xhtml"/>'],
    ['unknown', 'hello world'],
    ['unknown', 'a,b,c\n1,2,3\n'],
    ['unknown', ''],
    ['unknown', '%PDF-1.7\n%\u00e2\u00e3'],
  ])('%s', (type, text) => {
    expect(detectType(bytesOf(text))).toBe(type);
  });

  it.each([
    ['an empty file', '', 'MESSAGE_TYPE_UNKNOWN'],
    ['text', 'hello world', 'MESSAGE_TYPE_UNKNOWN'],
    ['a table of something else', 'a,b\n1,2\n', 'MESSAGE_TYPE_UNKNOWN'],
    ['other XML', '<html xmlns="http://www.w3.org/1999/xhtml"/>', 'CAMT_NAMESPACE'],
  ])('refuses %s', (_, text, code) => {
    expect(refusalOf(() => parseText(text)).code).toBe(code);
  });

  it.each([camt(statement('')), mt940(''), `\uFEFF${camt('')}`])('refuses UTF-16 by its name', (text) => {
    const bytes = bytesOf(text, 'utf16le');
    expect(detectType(bytes)).toBe('unknown');
    expect(refusalOf(() => parseBytes(bytes, 'f')).code).toBe('MESSAGE_ENCODING');
    expect(refusalOf(() => parseBytes(bytes.swap16(), 'f')).code).toBe('MESSAGE_ENCODING');
  });
});
