/** Payments as MT940 and MT942 messages, field 86 in the subfields of German banks or in slash codes. Pure. */
import { withoutUmlauts } from './damage.ts';
import type { CorpusPayment } from './types.ts';

const ACCOUNT = '50880050/0194774600';

/** Characters that SWIFT carries; what it does not becomes a point. */
function swift(text: string): string {
  return withoutUmlauts(text)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/&/g, '+')
    .replace(/[^A-Za-z0-9/?:().,'+ -]/g, '.');
}

const comma = (minor: bigint): string => {
  const digits = minor.toString().padStart(3, '0');
  return `${digits.slice(0, -2)},${digits.slice(-2)}`;
};
const shortDay = (day: string): string => day.slice(2).replaceAll('-', '');
const lines = (text: string, width: number): string[] => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];

/** One MT940 of these payments; its balances add up. */
export function mt940(id: string, openingMinor: bigint, payments: readonly CorpusPayment[]): string {
  const closingMinor = payments.reduce((sum, { amountMinor }) => sum + amountMinor, openingMinor);
  const day = lastDay(payments);
  return [
    `:20:${id}`,
    `:25:${ACCOUNT}`,
    ':28C:1/1',
    `:60F:C${day}EUR${comma(openingMinor)}`,
    ...payments.flatMap(line),
    `:62F:C${day}EUR${comma(closingMinor)}`,
    '-',
    '',
  ].join('\r\n');
}

/** One MT942, the report within the day. */
export function mt942(id: string, payments: readonly CorpusPayment[]): string {
  const sum = payments.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  return [
    `:20:${id}`,
    `:25:${ACCOUNT}`,
    ':28C:1/1',
    ':34F:EUR0,',
    `:13D:${lastDay(payments)}1200+0100`,
    ...payments.flatMap(line),
    `:90C:${payments.length}EUR${comma(sum)}`,
    '-',
    '',
  ].join('\r\n');
}

function lastDay(payments: readonly CorpusPayment[]): string {
  return shortDay(
    payments
      .map(({ bookingDate }) => bookingDate)
      .sort()
      .at(-1)!,
  );
}

function line(payment: CorpusPayment): string[] {
  const { bookingDate, amountMinor, bankReference } = payment;
  const day = shortDay(bookingDate);
  const head = `:61:${day}${day.slice(2)}C${comma(amountMinor)}NTRFNONREF//${bankReference}`;
  // Which dialect a payment is told in follows from its reference, so that both occur in one message.
  const about = Number(bankReference.slice(-1)) < 7 ? subfields(payment) : slashes(payment);
  return [
    head,
    ...lines(`:86:${about}`.replace(/^:86:/, ''), 65).map((text, at) => (at === 0 ? `:86:${text}` : text)),
  ];
}

/** `166?00GUTSCHRIFT?20EREF+…?21SVWZ+…?31account?32name`. */
function subfields({ text, endToEndId, debtorName, debtorAccount }: CorpusPayment): string {
  const said = `${endToEndId === undefined ? '' : `EREF+${endToEndId} `}SVWZ+${swift(text).toUpperCase()}`;
  const parts = lines(said, 27)
    .slice(0, 10)
    .map((part, at) => `?2${at}${part}`);
  const name = lines(swift(debtorName).toUpperCase(), 27).slice(0, 2);
  return [
    '166?00GUTSCHRIFT',
    ...parts,
    debtorAccount === undefined ? '' : `?31${debtorAccount}`,
    ...name.map((part, at) => `?3${2 + at}${part}`),
  ].join('');
}

/** `/EREF/…/ORDP//NAME/…/REMI/…`. */
function slashes({ text, endToEndId, debtorName, debtorAccount }: CorpusPayment): string {
  return [
    '/TRTP/SEPA CT',
    endToEndId === undefined ? '' : `/EREF/${endToEndId}`,
    debtorAccount === undefined ? '' : `/IBAN/${debtorAccount}`,
    `/NAME/${swift(debtorName).toUpperCase()}`,
    `/REMI/${swift(text)}`,
  ].join('');
}
