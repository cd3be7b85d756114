/** What happens to names and numbers on their way: payers write them freely, banks cut and fold them. Pure. */
import type { Dice } from './dice.ts';

/** A name as it arrives: most often whole, else in capitals, without its umlauts, cut, without its legal form. */
export function nameAsWritten(name: string, dice: Dice): string {
  return dice.weighted<(text: string) => string>([
    [(text) => text, 50],
    [(text) => text.toUpperCase(), 20],
    [withoutUmlauts, 10],
    [(text) => withoutUmlauts(text).toUpperCase().slice(0, 27).trim(), 8],
    [(text) => text.slice(0, 35).trim(), 4],
    [withoutForm, 6],
    [(text) => text.replaceAll('.', '').replace(' & ', ' und '), 2],
  ])(name);
}

export function withoutUmlauts(text: string): string {
  const spelt: Readonly<Record<string, string>> = {
    ä: 'ae',
    ö: 'oe',
    ü: 'ue',
    Ä: 'Ae',
    Ö: 'Oe',
    Ü: 'Ue',
    ß: 'ss',
  };
  return text.replace(/[äöüÄÖÜß]/g, (letter) => spelt[letter]!);
}

function withoutForm(name: string): string {
  return name.replace(
    / (GmbH & Co\. KG|GmbH|AG|KG|e\.K\.|B\.V\.|S\.A\.R\.L\.|S\.A\.|Ltd|PLC|S\.p\.A\.|AB|SE|s\.r\.o\.)$/,
    '',
  );
}

/** A number as payers write it, every character of it right. */
export function numberAsWritten(number: string, dice: Dice): string {
  return dice.weighted<(text: string) => string>([
    [(text) => text, 45],
    [(text) => text.toLowerCase(), 8],
    [(text) => text.replaceAll('-', ''), 10],
    [(text) => text.replaceAll('-', ' '), 10],
    [(text) => text.replaceAll('-', '/'), 7],
    [(text) => text.replace(/^[A-Z]+-?/, ''), 8],
    [(text) => `${text.slice(0, 8)} ${text.slice(8)}`, 7],
    [(text) => text.replace('INV-', 'RE-'), 5],
  ])(number);
}

const BEFORE = [
  '',
  'RE ',
  'Rechnung ',
  'Rg.Nr. ',
  'Invoice ',
  'Inv no ',
  'Payment for ',
  'Facture ',
  'Fattura n. ',
];
const AFTER = [
  ' vom 12.09.2026',
  ' EUR 1.234,56',
  ' vielen Dank',
  ' / Kd-Nr 8832',
  ' Bestellung 4500123',
  ' thank you',
];

/** Free text around numbers. */
export function inWords(numbers: string, dice: Dice): string {
  return `${dice.pick(BEFORE)}${numbers}${dice.chance(25) ? dice.pick(AFTER) : ''}`;
}

/** Several numbers in one text, as payers list them. */
export function listInWords(numbers: readonly string[], dice: Dice): string {
  switch (dice.upTo(5)) {
    case 0:
      return `RE ${numbers.join(', ')}`;
    case 1:
      return numbers.join(' + ');
    case 2:
      return `Rechnungen ${numbers.join(' und ')}`;
    case 3:
      return `Invoices ${numbers.map((number) => number.replaceAll('-', '')).join(' ')}`;
    default:
      return `${numbers.map((number) => number.replace('INV-', '')).join('; ')}`;
  }
}

const LOOKS_LIKE: Readonly<Record<string, string>> = { 0: 'O', 1: 'I', 2: 'Z', 5: 'S', 6: 'G', 8: 'B' };

/** A number with one character wrong: changed, lost, doubled with another, swapped, or read as a letter. */
export function mistyped(number: string, dice: Dice): string {
  for (;;) {
    const places = [...number].flatMap((character, at) => (/\d/.test(character) ? [at] : []));
    const at = dice.pick(places);
    const digit = number[at]!;
    const put = (text: string, length = 1): string => number.slice(0, at) + text + number.slice(at + length);
    const after = number[at + 1] ?? '';
    const wrong = dice.weighted<() => string>([
      [() => put(String((Number(digit) + 1 + dice.upTo(9)) % 10)), 35],
      [() => put(''), 20],
      [() => put(`${digit}${dice.upTo(10)}`), 15],
      [() => (/\d/.test(after) ? put(after + digit, 2) : number), 20],
      [() => put(LOOKS_LIKE[digit] ?? digit), 10],
    ])();
    if (wrong !== number) return wrong;
  }
}
