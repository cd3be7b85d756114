/** Single messages by hand, for the tests of the instant rails. */
import { type InstantMessage, type InstantOptions, readInstant } from '../../src/main/messages/index.ts';

export const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
export const CREDITOR = 'DE89370400440532013000';
export const DEBTOR = 'NO9386011117947';
export const UETR = '8a562c67-ca16-48ba-b074-65581be6f011';

export function read(text: string, options: InstantOptions = {}): InstantMessage {
  return readInstant(Buffer.from(text, 'utf8'), { nowMs: NOW_MS, ...options });
}

/** A message in a `Document` of its kind. */
export function document(kind: string, body: string, content: string, version = '001.08'): string {
  return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${kind}.${version}"><${body}>${content}</${body}></Document>`;
}

export interface TransferParts {
  head?: string;
  ids?: string;
  amount?: string;
  date?: string;
  parties?: string;
  rest?: string;
  count?: string;
}

export const PARTIES = `<Dbtr><Nm>Fjord Handel AS</Nm></Dbtr><DbtrAcct><Id><IBAN>${DEBTOR}</IBAN></Id></DbtrAcct>
<Cdtr><Nm>Werft GmbH</Nm></Cdtr><CdtrAcct><Id><IBAN>${CREDITOR}</IBAN></Id></CdtrAcct>`;

export function transfer({
  ids = '<EndToEndId>E2E-1</EndToEndId>',
  amount = '<IntrBkSttlmAmt Ccy="EUR">120.50</IntrBkSttlmAmt>',
  date = '<IntrBkSttlmDt>2026-11-21</IntrBkSttlmDt>',
  parties = PARTIES,
  rest = '',
}: TransferParts = {}): string {
  return `<CdtTrfTxInf><PmtId>${ids}</PmtId>${amount}${date}${parties}${rest}</CdtTrfTxInf>`;
}

/** The inside of a pacs.008 with one transfer. */
export function pacs008(parts: TransferParts = {}, transfers = transfer(parts)): string {
  const { head = '', count = '<NbOfTxs>1</NbOfTxs>' } = parts;
  return `<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-21T10:00:00Z</CreDtTm>${count}${head}</GrpHdr>${transfers}`;
}

export const pacs008Document = (parts: TransferParts = {}, version?: string) =>
  document('pacs.008', 'FIToFICstmrCdtTrf', pacs008(parts), version);

/** The same message as JSON, from its short tags; `change` is merged into the transfer. */
export function pacs008Json(change: Record<string, unknown> = {}, header: Record<string, unknown> = {}) {
  return {
    FIToFICstmrCdtTrf: {
      GrpHdr: { MsgId: 'M-1', CreDtTm: '2026-11-21T10:00:00Z', NbOfTxs: '1', ...header },
      CdtTrfTxInf: [
        {
          PmtId: { EndToEndId: 'E2E-1' },
          IntrBkSttlmAmt: { Ccy: 'EUR', value: '120.50' },
          IntrBkSttlmDt: '2026-11-21',
          Dbtr: { Nm: 'Fjord Handel AS' },
          DbtrAcct: { Id: { IBAN: DEBTOR } },
          Cdtr: { Nm: 'Werft GmbH' },
          CdtrAcct: { Id: { IBAN: CREDITOR } },
          ...change,
        },
      ],
    },
  };
}

export const readJson = (value: unknown, options: InstantOptions = {}) =>
  read(JSON.stringify(value), options);

/** A message without what depends on its bytes: positions, form, lines of warnings. */
export function valuesOf(message: InstantMessage): unknown {
  return JSON.parse(
    JSON.stringify(message, (key, value) => {
      if (key === 'position' || key === 'form' || key === 'line') return undefined;
      return typeof value === 'bigint' ? `${value}n` : value;
    }),
  );
}

export function notification(entries: string, header = ''): string {
  const account = `<Acct><Id><IBAN>${CREDITOR}</IBAN></Id><Ccy>EUR</Ccy></Acct>`;
  return document(
    'camt.054',
    'BkToCstmrDbtCdtNtfctn',
    `<GrpHdr><MsgId>N-1</MsgId><CreDtTm>2026-11-21T10:00:00Z</CreDtTm></GrpHdr>
<Ntfctn><Id>X-1</Id>${header}${account}${entries}</Ntfctn>`,
  );
}

export function notificationEntry(inner = '', amount = '<Amt Ccy="EUR">10.00</Amt>'): string {
  return `<Ntry>${amount}<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-21</Dt></BookgDt><ValDt><Dt>2026-11-21</Dt></ValDt>${inner}</Ntry>`;
}
