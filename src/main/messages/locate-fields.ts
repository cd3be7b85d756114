/**
 * Finds the single fields of a bank transaction in its stretch of the original file, so that a screen can
 * mark them. Done when somebody looks, since storing every field's place would double what an import writes.
 */
import type { SourcePosition, StatementType } from './types.ts';
import { XmlReader, type XmlSink } from './xml-reader.ts';

/** One field and where it stands in the file. A field may have several places (remittance lines). */
export interface FieldMark {
  /** `amount`, `direction`, `bookingDate`, … as the properties of `BankTransaction` are called. */
  readonly field: string;
  readonly position: SourcePosition;
}

/** Ends of element paths and the field they hold; the first that fits wins. */
const CAMT_FIELDS: readonly (readonly [ending: string, field: string])[] = [
  ['UltmtDbtr/Nm', 'ultimateDebtor'],
  ['UltmtDbtr/Pty/Nm', 'ultimateDebtor'],
  ['UltmtCdtr/Nm', 'ultimateCreditor'],
  ['UltmtCdtr/Pty/Nm', 'ultimateCreditor'],
  ['Dbtr/Nm', 'debtor'],
  ['Dbtr/Pty/Nm', 'debtor'],
  ['DbtrAcct/Id/IBAN', 'debtorAccount'],
  ['DbtrAcct/Id/Othr/Id', 'debtorAccount'],
  ['Cdtr/Nm', 'creditor'],
  ['Cdtr/Pty/Nm', 'creditor'],
  ['CdtrAcct/Id/IBAN', 'creditorAccount'],
  ['CdtrAcct/Id/Othr/Id', 'creditorAccount'],
  ['RmtInf/Ustrd', 'remittance'],
  ['CdtrRefInf/Ref', 'reference'],
  ['RfrdDocInf/Nb', 'document'],
  ['InstdAmt/Amt', 'instructed'],
  ['CcyXchg/XchgRate', 'exchange'],
  ['Rcrd/Amt', 'charges'],
  ['Chrgs/Amt', 'charges'],
  ['BookgDt/Dt', 'bookingDate'],
  ['BookgDt/DtTm', 'bookingDate'],
  ['ValDt/Dt', 'valueDate'],
  ['ValDt/DtTm', 'valueDate'],
  ['Refs/EndToEndId', 'endToEndId'],
  ['Refs/UETR', 'uetr'],
  ['Refs/TxId', 'transactionId'],
  ['Refs/InstrId', 'instructionId'],
  ['Refs/MndtId', 'mandateId'],
  ['Refs/ChqNb', 'chequeNumber'],
  ['Refs/AcctSvcrRef', 'accountServicerReference'],
  ['Ntry/AcctSvcrRef', 'accountServicerReference'],
  ['Ntry/NtryRef', 'entryReference'],
  ['Ntry/Amt', 'amount'],
  ['TxDtls/Amt', 'amount'],
  ['TxAmt/Amt', 'amount'],
  ['Ntry/CdtDbtInd', 'direction'],
  ['TxDtls/CdtDbtInd', 'direction'],
  ['Ntry/RvslInd', 'reversal'],
  ['Ntry/Sts', 'status'],
  ['Ntry/Sts/Cd', 'status'],
  ['RtrInf/Rsn/Cd', 'returnReason'],
  ['Ntry/AddtlNtryInf', 'additionalInfo'],
  ['TxDtls/AddtlTxInf', 'additionalInfo'],
];

/**
 * The fields in `stretch`, which are the bytes that `at` names. For one `TxDtls` of several, ask again with
 * the position's `entryHead` for the dates and the status. Bytes that cannot be read yield no marks.
 */
export function locateFields(stretch: Uint8Array, at: SourcePosition, type: StatementType): FieldMark[] {
  return type === 'mt940' || type === 'mt942' ? locateMt(stretch, at) : locateCamt(stretch, at);
}

interface OpenElement {
  readonly local: string;
  readonly contentStart: number;
  readonly line: number;
  hasChildren: boolean;
}

function locateCamt(stretch: Uint8Array, at: SourcePosition): FieldMark[] {
  const bytes = Buffer.from(stretch.buffer, stretch.byteOffset, stretch.byteLength);
  // The stretch has lost the declarations of its prefixes; any will do, since only places are asked for.
  const prefixes = new Set(
    [...bytes.toString('latin1').matchAll(/<([A-Za-z_][\w.-]*):/g)].map((found) => found[1]),
  );
  const declarations = [...prefixes].map((prefix) => ` xmlns:${prefix}="urn:p"`).join('');
  const wrapper = Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?><w${declarations}>`);
  const shift = at.byteStart - wrapper.length;
  const open: OpenElement[] = [];
  const marks: FieldMark[] = [];
  const sink: XmlSink = {
    wantsText: false,
    open(local) {
      const parent = open[open.length - 1];
      if (parent !== undefined) parent.hasChildren = true;
      const contentStart = reader.contentStart;
      open.push({ local, contentStart, line: at.line - 1 + reader.lineAt(contentStart), hasChildren: false });
    },
    text() {},
    close(contentEnd) {
      const element = open.pop();
      if (element === undefined || element.hasChildren) return;
      const path = [...open.map(({ local }) => local), element.local].join('/');
      const field = CAMT_FIELDS.find(([ending]) => path.endsWith(`/${ending}`))?.[1];
      if (field === undefined) return;
      marks.push({
        field,
        position: {
          byteStart: element.contentStart + shift,
          byteEnd: contentEnd + shift,
          line: element.line,
          path: path.replace(/^w\/(Ntry|TxDtls)/, at.path),
        },
      });
    },
    path: () => '',
  };
  const reader = new XmlReader(sink, '');
  try {
    reader.write(Buffer.concat([wrapper, bytes]));
  } catch {
    // What was found so far stands; a stretch of a file that was accepted does not get here.
  }
  return marks;
}

const STATEMENT_LINE =
  /^(:61:)(\d{6})(\d{4})?(RC|RD|EC|ED|C|D)([A-Z])?(\d{1,15}(?:,\d*)?)([A-Z][A-Z0-9]{3})([^\r\n]*?)(?:(\/\/)([^\r\n]*))?(?=[\r\n]|$)/;

/** The parts of field 61 in order, with the field each one holds. */
const LINE_FIELDS = [
  '',
  'valueDate',
  'bookingDate',
  'direction',
  '',
  'amount',
  'bankTransactionCode',
  'entryReference',
  '',
  'accountServicerReference',
];

function locateMt(stretch: Uint8Array, at: SourcePosition): FieldMark[] {
  const text = Buffer.from(stretch.buffer, stretch.byteOffset, stretch.byteLength).toString('latin1');
  const marks: FieldMark[] = [];
  const mark = (field: string, start: number, end: number) => {
    const line = at.line + (text.slice(0, start).match(/\n/g)?.length ?? 0);
    const position = { byteStart: at.byteStart + start, byteEnd: at.byteStart + end, line, path: at.path };
    marks.push({ field, position });
  };
  const line = STATEMENT_LINE.exec(text);
  let offset = 0;
  for (const [part, value = ''] of (line ?? []).slice(1).entries()) {
    const field = LINE_FIELDS[part] ?? '';
    if (field !== '' && value !== '') mark(field, offset, offset + value.length);
    offset += value.length;
  }
  const details = text.indexOf('\n:86:');
  if (details >= 0) mark('remittance', details + 5, text.length);
  return marks;
}
