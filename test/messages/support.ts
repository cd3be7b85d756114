/** Builders and short cuts of the messages tests. */
import { expect } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import { type BankTransaction, type ParseEvent, parseBytes } from '../../src/main/messages/index.ts';

export function bytesOf(text: string, encoding: BufferEncoding = 'utf8'): Buffer {
  return Buffer.from(text, encoding);
}

export function parseText(text: string, fileName = 'file'): ParseEvent[] {
  return parseBytes(bytesOf(text), fileName);
}

export function transactionsOf(events: readonly ParseEvent[]): BankTransaction[] {
  return events.flatMap((event) => (event.kind === 'transactions' ? event.transactions : []));
}

export function onlyTransaction(events: readonly ParseEvent[]): BankTransaction {
  const transactions = transactionsOf(events);
  expect(transactions).toHaveLength(1);
  return transactions[0] as BankTransaction;
}

type EventOf<K extends ParseEvent['kind']> = Extract<ParseEvent, { kind: K }>;

export function eventsOf<K extends ParseEvent['kind']>(events: readonly ParseEvent[], kind: K): EventOf<K>[] {
  return events.filter((event): event is EventOf<K> => event.kind === kind);
}

export function warningsOf(events: readonly ParseEvent[]): string[] {
  return eventsOf(events, 'warning').map(({ code }) => code);
}

export interface Refusal {
  readonly code: string;
  readonly line?: number | undefined;
  readonly path?: string | undefined;
  readonly expected?: string | undefined;
}

/** What a piece of work is refused with; fails where it is not refused, or not by our own error. */
export function refusalOf(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (!isCountersignError(error)) throw error;
    const { line, path, expected } = error.details;
    return { code: error.code, line, path, expected };
  }
  throw new Error('It was not refused.');
}

/** A camt file from the inside of its statements; `pretty` puts every element on a line of its own. */
export function camt(
  statements: string,
  options: { type?: '052' | '053' | '054'; version?: string; prefix?: string; encoding?: string } = {},
): string {
  const { type = '053', version = '08', prefix = '', encoding = 'UTF-8' } = options;
  const body = { '052': 'BkToCstmrAcctRpt', '053': 'BkToCstmrStmt', '054': 'BkToCstmrDbtCdtNtfctn' }[type];
  const colon = prefix === '' ? '' : ':';
  const declaration = `xmlns${colon}${prefix}="urn:iso:std:iso:20022:tech:xsd:camt.${type}.001.${version}"`;
  const inner = `<${body}><GrpHdr><MsgId>M</MsgId><CreDtTm>2025-03-10T18:43:50+00:00</CreDtTm></GrpHdr>${statements}</${body}>`;
  const named = prefix === '' ? inner : inner.replace(/<(\/?)(?=[A-Za-z])/g, `<$1${prefix}:`);
  const root = `${prefix}${colon}Document`;
  return `<?xml version="1.0" encoding="${encoding}"?>\n<${root} ${declaration}>${named}</${root}>\n`;
}

export const ACCOUNT = '<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>';

export function statement(inner: string, options: { account?: string; name?: string } = {}): string {
  const { account = ACCOUNT, name = 'Stmt' } = options;
  return `<${name}><Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2025-03-10T18:43:50+00:00</CreDtTm>${account}${inner}</${name}>`;
}

export function balance(code: string, amount: string, date: string, sign = 'CRDT', currency = 'EUR'): string {
  return (
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount}</Amt>` +
    `<CdtDbtInd>${sign}</CdtDbtInd><Dt><Dt>${date}</Dt></Dt></Bal>`
  );
}

export interface EntryOptions {
  readonly amount?: string;
  readonly currency?: string;
  readonly sign?: string;
  readonly status?: string;
  readonly dates?: string;
  readonly extra?: string;
  readonly details?: string;
}

export function entry(options: EntryOptions = {}): string {
  const {
    amount = '10.00',
    currency = 'EUR',
    sign = 'CRDT',
    status = '<Sts><Cd>BOOK</Cd></Sts>',
    dates = '<BookgDt><Dt>2025-03-10</Dt></BookgDt><ValDt><Dt>2025-03-11</Dt></ValDt>',
    extra = '',
    details = '',
  } = options;
  const inner = details === '' ? '' : `<NtryDtls>${details}</NtryDtls>`;
  return `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${sign}</CdtDbtInd>${status}${dates}${extra}${inner}</Ntry>`;
}

export function detail(inner: string): string {
  return `<TxDtls>${inner}</TxDtls>`;
}

/** An MT940 message from its statement lines. */
export function mt940(
  lines: string,
  options: { opening?: string; closing?: string; end?: string } = {},
): string {
  const { opening = 'C250309EUR100,00', closing = 'C250310EUR110,00', end = '-\r\n' } = options;
  return `:20:REF1\r\n:25:37040044/0532013000\r\n:28C:7/1\r\n:60F:${opening}\r\n${lines}:62F:${closing}\r\n${end}`;
}
