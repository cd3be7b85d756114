/** Slash codes of field 86: `/TRTP/SEPA …/IBAN/…/NAME/…/REMI/…/EREF/…`. */
import type { Mt86 } from './mt-86-text.ts';
import type { Party } from './types.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const CODES =
  'TRTP|TRCD|IBAN|BIC|NAME|ADDR|REMI|EREF|ORDP|BENM|CNTP|PREF|MARF|CSID|ISDT|RTYP|RTRN|PURP|ULTB|ULTC|ULTD|OCMT|' +
  'EXCH|CHGS|CHRG|SVCL|UETR|SUBF|INFO|ACCT|RREF|CREF|IREF|TXID|BREF|ID|BO1|BO|ABW|UD|UC|OAMT';
const CODE = new RegExp(`/(${CODES})/`, 'g');

interface Piece {
  readonly code: string;
  readonly value: string;
}

function piecesOf(text: string): Piece[] {
  const found = [...text.matchAll(CODE)];
  return found.map((match, at) => ({
    code: match[1] as string,
    value: text.slice(match.index + match[0].length, found[at + 1]?.index ?? text.length),
  }));
}

/** A value without the slashes that close it. */
function clean(value: string): string {
  return value.replace(/\/+$/, '').replace(/^\/+/, '').replace(/\s+/g, ' ').trim();
}

/** Reads the codes in order into `read`; `NAME`, `IBAN` and the like belong to the party named before them. */
export function readSlashCodes(text: string, read: Mt86): void {
  let party: Mutable<Party> = read.counterparty;
  // `/EREF/a//CNTP/…`: two slashes in a row close one value and open the next code.
  for (const { code, value } of piecesOf(text.replace(/\/(?=\/[A-Z0-9]{2,4}\/)/g, '/'))) {
    const cleaned = clean(value);
    switch (code) {
      case 'ORDP':
        party = read.debtor ??= {};
        if (cleaned !== '') party.name ??= cleaned;
        break;
      case 'BENM':
        party = read.creditor ??= {};
        if (cleaned !== '') party.name ??= cleaned;
        break;
      case 'ULTD':
      case 'UD':
        party = read.ultimateDebtor ??= {};
        if (cleaned !== '') party.name ??= cleaned;
        break;
      case 'ULTC':
      case 'ULTB':
      case 'UC':
        party = read.ultimateCreditor ??= {};
        if (cleaned !== '') party.name ??= cleaned;
        break;
      case 'CNTP':
        readCounterparty(value, read.counterparty);
        party = read.counterparty;
        break;
      case 'NAME':
        if (cleaned !== '') party.name ??= cleaned;
        break;
      case 'IBAN':
      case 'ACCT':
        if (cleaned !== '') party.account ??= cleaned.replace(/\s+/g, '');
        break;
      case 'BIC':
        if (cleaned !== '') party.bic ??= cleaned;
        break;
      default:
        if (cleaned !== '') takeValue(read, code, cleaned, value);
    }
  }
}

/** `/CNTP/account/BIC/name/city`. */
function readCounterparty(value: string, party: Mutable<Party>): void {
  const [account = '', bic = '', name = ''] = value.split('/').map((part) => part.trim());
  if (account !== '') party.account ??= account.replace(/\s+/g, '');
  if (/^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic)) party.bic ??= bic;
  if (name !== '') party.name ??= name;
}

function takeValue(read: Mt86, code: string, value: string, raw: string): void {
  switch (code) {
    case 'REMI':
      takeRemittance(read, raw);
      return;
    case 'EREF':
      if (value !== 'NOTPROVIDED' && value !== 'NONREF') read.endToEndId ??= value;
      return;
    case 'MARF':
      read.mandateId ??= value;
      return;
    case 'CSID':
      read.creditorId ??= value;
      return;
    case 'UETR':
      read.uetr ??= value.toLowerCase();
      return;
    case 'TXID':
      read.transactionId ??= value;
      return;
    case 'PREF':
    case 'IREF':
      read.instructionId ??= value;
      return;
    case 'CREF':
      read.customerReference ??= value;
      return;
    case 'PURP':
      read.purpose ??= value.replace(/^CD\//, '');
      return;
    case 'RTRN':
    case 'RTYP':
      read.returnReason ??= value.split('/')[0] as string;
      return;
    case 'TRTP':
      read.bookingText ??= value;
      return;
    case 'OCMT':
    case 'OAMT':
    case 'CHGS':
    case 'CHRG':
      takeAmount(read, code, value);
      return;
    case 'EXCH':
      if (/^\d+(?:[.,]\d*)?$/.test(value)) read.exchangeRate ??= value.replace(',', '.').replace(/\.$/, '');
      return;
    case 'INFO':
    case 'SUBF':
      read.unstructured.push(value);
      return;
    default:
      return;
  }
}

/** `/REMI/text`, `/REMI/USTD//text/` and `/REMI/STRD/CUR/reference/`. */
function takeRemittance(read: Mt86, raw: string): void {
  const structured = /^\/*STRD\/(?:[A-Z]{2,4}\/)?(.*)$/.exec(raw);
  if (structured !== null) {
    const reference = clean(structured[1] as string);
    if (reference !== '') read.reference ??= reference;
    return;
  }
  const text = clean(raw.replace(/^\/*USTD\/+/, ''));
  if (text !== '') read.unstructured.push(text);
}

function takeAmount(read: Mt86, code: string, value: string): void {
  const found = /^([A-Z]{3})(\d{1,15}(?:[.,]\d{0,5})?)/.exec(value);
  if (found === null) return;
  const amount = { currency: found[1] as string, amount: (found[2] as string).replace('.', ',') };
  if (code === 'OCMT' || code === 'OAMT') read.originalAmount ??= amount;
  else read.chargesAmount ??= amount;
}
