import { describe, expect, it } from 'vitest';
import { dueOn } from '../../src/main/privacy/classes.ts';
import { mentionedInBytes, mentionedInValue, termsOf } from '../../src/main/privacy/mentions.ts';

const MARA = termsOf(['Mara Kessler'], ['DE89 3704 0044 0532 0130 00', '4471']);

describe('a sealed value is about a party', () => {
  it.each([
    ['the name itself', 'Mara Kessler', true],
    ['in capitals and with more blanks', 'MARA   KESSLER', true],
    ['within a sentence', 'Rent of Mara Kessler, November', true],
    ['as a part of longer words', 'Tamara Kesslers', false],
    ['the account in fours', 'from DE89 3704 0044 0532 0130 00 today', true],
    ['a short account that stands alone', 'account 4471 closed', true],
    ['a short account within a longer number', '1447100', false],
    ['another account', 'DE89370400440532013001', false],
    ['JSON with that name', '{"debtor":{"name":"mara kessler"}}', true],
    ['JSON with a longer name, which is another party', '{"debtor":{"name":"Mara Kessler GmbH"}}', false],
    ['JSON that names her in its text', '{"remittance":["R-1 Mara Kessler"]}', true],
    ['JSON with the account', '{"debtor":{"account":"DE89370400440532013000"}}', true],
    ['JSON with an alias', '{"aliases":["Mara Kessler"]}', true],
    ['what only looks like JSON', '{Mara Kessler', true],
    ['nothing', '', false],
  ])('%s', (_, text, expected) => {
    expect(mentionedInValue(text, MARA)).toBe(expected);
  });
});

describe('a raw message tells of a party', () => {
  const of = (name: string) => termsOf([name], []);
  it.each([
    ['in UTF-8', Buffer.from('<Nm>Öhler &amp; Söhne KG</Nm>'), of('Öhler & Söhne KG'), true],
    ['in ISO-8859-1', Buffer.from('?32Öhler', 'latin1'), of('Öhler'), true],
    ['broken over two lines of :86:', Buffer.from('?32Mara Kes\r\n?33sler'), MARA, true],
    ['by its account', Buffer.from('?31DE89370400440532013000'), MARA, true],
    ['not at all', Buffer.from('?32Zoltan Wirth'), MARA, false],
  ])('%s', (_, bytes, terms, expected) => {
    expect(mentionedInBytes(bytes, terms)).toBe(expected);
  });
});

it.each([
  ['2026Q1', 7, '2033-04-01'],
  ['2026Q4', 10, '2037-01-01'],
  ['2024Q1', 0, '2024-04-01'],
])('what came in %s and is kept %d years goes on %s', (quarter, years, day) => {
  expect(dueOn(quarter, years)).toBe(day);
});
