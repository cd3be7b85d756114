/**
 * Writes statements as MT940 and interim reports as MT942: field 86 in the German dialect
 * (GVC and `?20` subfields) or with slash codes (`/ORDP/`, `/REMI/`).
 */
import { formatAmount } from '../../src/contract/money.ts';
import type { BankLine, Booking } from './lines.ts';
import { plainLetters } from './names.ts';
import { type Entry, type Statement, signedMinor } from './statements.ts';

export type Dialect = 'gvc' | 'slash';

const GVC: Readonly<Record<Booking, readonly [string, string]>> = {
  'sepa-credit': ['166', 'GUTSCHR. UEBERWEISUNG'],
  'instant-credit': ['168', 'GUTSCHR. ECHTZEITUEBERW.'],
  'cross-border-credit': ['206', 'AUSLANDSZAHLUNG'],
  'direct-debit': ['192', 'SEPA-LASTSCHRIFT EINZUG'],
  'direct-debit-return': ['109', 'LASTSCHRIFT RUECKGABE'],
  'credit-reversal': ['159', 'STORNO'],
  'sepa-payment': ['116', 'UEBERWEISUNG'],
  'salary-batch': ['191', 'SAMMELUEBERWEISUNG'],
  charge: ['808', 'ENTGELT'],
  internal: ['833', 'UMBUCHUNG'],
  exchange: ['411', 'DEVISENGESCHAEFT'],
};

/** SWIFT's character set X: letters without accents and a few signs; `?` is left to the subfields. */
function swiftText(text: string): string {
  return plainLetters(text)
    .replaceAll('&', '+')
    .replace(/[^A-Za-z0-9/\-:().,'+ ]/g, '.');
}

function swiftAmount(minor: bigint, currency: string): string {
  return formatAmount(minor < 0n ? -minor : minor, currency).replace('.', ',');
}

function swiftDate(date: string): string {
  return date.replaceAll('-', '').slice(2);
}

function balanceField(tag: string, minor: bigint, currency: string, date: string): string {
  return `:${tag}:${minor < 0n ? 'D' : 'C'}${swiftDate(date)}${currency}${swiftAmount(minor, currency)}`;
}

/** Cuts a field into lines of 65; none but the first may begin with a colon or a hyphen. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > 65 && lines.length < 5) {
    let cut = 65;
    while (cut > 1 && (rest[cut] === '-' || rest[cut] === ':')) cut -= 1;
    lines.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  lines.push(rest.slice(0, 65));
  return lines;
}

function pieces(text: string, length: number): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length; at += length) out.push(text.slice(at, at + length));
  return out;
}

function remittanceText(line: BankLine): string {
  const documents = (line.documents ?? []).map((invoice) => invoice.number).join(' ');
  return swiftText([line.reference ?? '', ...line.text, documents].filter(Boolean).join(' '));
}

function gvcField(line: BankLine): string {
  const [code, label] = GVC[line.booking];
  const purpose: string[] = [];
  if (line.endToEndId) purpose.push(...pieces(`EREF+${swiftText(line.endToEndId)}`, 27));
  const text = remittanceText(line);
  if (text) purpose.push(...pieces(line.booking === 'charge' ? text : `SVWZ+${text}`, 27));
  if (line.ultimate) purpose.push(...pieces(`ABWA+${swiftText(line.ultimate)}`, 27));
  const keys = [...Array.from({ length: 10 }, (_, at) => 20 + at), 60, 61, 62, 63];
  const other = line.counterparty;
  const names = other ? pieces(swiftText(other.name), 27).slice(0, 2) : [];
  return [
    `${code}?00${label}?109310`,
    ...purpose.slice(0, keys.length).map((piece, at) => `?${keys[at]}${piece}`),
    ...(other?.account ? [`?30${other.account.bank.bic}?31${other.account.number}`] : []),
    ...names.map((name, at) => `?${32 + at}${name}`),
    '?34000',
  ].join('');
}

function slashField(line: BankLine): string {
  const other = line.counterparty;
  const text = remittanceText(line);
  const role = line.direction === 'credit' || line.className === 'return' ? 'ORDP' : 'BENM';
  return [
    line.endToEndId ? `/EREF/${swiftText(line.endToEndId)}` : '',
    other ? `/${role}//NAME/${swiftText(other.name).slice(0, 70)}` : '',
    line.ultimate ? `/ULTD//NAME/${swiftText(line.ultimate).slice(0, 70)}` : '',
    text ? `/REMI/${text}` : '',
    line.charge?.shown
      ? `/OCMT/${line.currency}${swiftAmount(line.amountMinor + line.charge.amountMinor, line.currency)}/`
      : '',
  ]
    .filter(Boolean)
    .join('/');
}

function entryFields(entry: Entry, dialect: Dialect): string[] {
  const line = entry.lines[0]!;
  const mark = line.booking === 'credit-reversal' ? 'RC' : line.direction === 'credit' ? 'C' : 'D';
  const kind = line.booking === 'charge' ? 'NCHG' : 'NTRF';
  const date = swiftDate(line.date);
  const amount = swiftAmount(line.amountMinor, line.currency);
  return [
    `:61:${date}${date.slice(2)}${mark}${amount}${kind}NONREF//${entry.reference}`,
    ...wrap(`:86:${dialect === 'gvc' ? gvcField(line) : slashField(line)}`),
  ];
}

function accountField(statement: Statement): string {
  const { number, bank } = statement.own.account;
  // German banks still write bank code and account number where others write the IBAN.
  return bank.country === 'DE'
    ? `${number.slice(4, 12)}/${number.slice(12)}${statement.own.currency}`
    : number;
}

function join(fields: readonly string[]): string {
  return `${fields.join('\r\n')}\r\n`;
}

/** One MT940 message. Batches do not occur on the accounts that are reported this way. */
export function writeMt940(statement: Statement, dialect: Dialect): string {
  const { own, date } = statement;
  return join([
    `:20:STMT${swiftDate(date)}`,
    `:25:${accountField(statement)}`,
    `:28C:${String(statement.number).padStart(5, '0')}/00001`,
    balanceField('60F', statement.openingMinor, own.currency, statement.previousDate),
    ...statement.entries.flatMap((entry) => entryFields(entry, dialect)),
    balanceField('62F', statement.closingMinor, own.currency, date),
    balanceField('64', statement.closingMinor, own.currency, date),
    '-',
  ]);
}

/** An MT942 over the first `count` entries of the day, as known at `time` (`HHMM`). */
export function writeMt942(statement: Statement, count: number, time: string, offset: string): string {
  const { own, date } = statement;
  const entries = statement.entries.slice(0, count);
  const lines = entries.flatMap((entry) => entry.lines);
  const side = (credit: boolean) => {
    const own = lines.filter((line) => signedMinor(line) > 0n === credit);
    return { count: own.length, minor: own.reduce((sum, line) => sum + line.amountMinor, 0n) };
  };
  const sum = (tag: string, credit: boolean) => {
    const { count: entriesCount, minor } = side(credit);
    return `:${tag}:${entriesCount}${own.currency}${swiftAmount(minor, own.currency)}`;
  };
  return join([
    `:20:INTR${swiftDate(date)}${time}`,
    `:25:${accountField(statement)}`,
    `:28C:${String(statement.number).padStart(5, '0')}/00001`,
    `:34F:${own.currency}0,00`,
    `:13D:${swiftDate(date)}${time}${offset.replace(':', '')}`,
    ...entries.flatMap((entry) => entryFields(entry, 'gvc')),
    sum('90D', false),
    sum('90C', true),
    '-',
  ]);
}
