/** Writes statements as camt.053.001.08, in the element order of its schema. */
import { formatAmount } from '../../src/contract/money.ts';
import { offsetOn } from './calendar.ts';
import type { AccountNumber, Bank } from './identifiers.ts';
import { discountMinor } from './invoices.ts';
import type { BankLine, Booking, Counterparty } from './lines.ts';
import { type Entry, type Statement, signedMinor } from './statements.ts';
import { OWN_NAME } from './world.ts';
import { element, leaf, render, type XmlChild, type XmlNode } from './xml.ts';

/** Domain, family and sub-family of ISO's external code set, and the German code beside it. */
const CODES: Readonly<Record<Booking, readonly [string, string, string, string]>> = {
  'sepa-credit': ['PMNT', 'RCDT', 'ESCT', '166'],
  'instant-credit': ['PMNT', 'RRCT', 'ESCT', '168'],
  'cross-border-credit': ['PMNT', 'RCDT', 'XBCT', '206'],
  'direct-debit': ['PMNT', 'IDDT', 'ESDD', '192'],
  'direct-debit-return': ['PMNT', 'IDDT', 'UPDD', '109'],
  'credit-reversal': ['PMNT', 'RCDT', 'RRTN', '159'],
  'sepa-payment': ['PMNT', 'ICDT', 'ESCT', '116'],
  'salary-batch': ['PMNT', 'ICDT', 'SALA', '191'],
  charge: ['ACMT', 'MDOP', 'CHRG', '808'],
  internal: ['PMNT', 'ICDT', 'BOOK', '833'],
  exchange: ['FORX', 'SPOT', 'OTHR', '411'],
};

const INDICATOR = { credit: 'CRDT', debit: 'DBIT' } as const;

function money(name: string, minor: bigint, currency: string): XmlNode {
  return leaf(name, formatAmount(minor, currency), ` Ccy="${currency}"`);
}

function bankCode(booking: Booking): XmlNode {
  const [domain, family, sub, german] = CODES[booking];
  return element(
    'BkTxCd',
    element('Domn', leaf('Cd', domain), element('Fmly', leaf('Cd', family), leaf('SubFmlyCd', sub))),
    element('Prtry', leaf('Cd', `NTRF+${german}`), leaf('Issr', 'DK')),
  );
}

function account(name: string, number: AccountNumber): XmlNode {
  const id = number.isIban ? leaf('IBAN', number.number) : element('Othr', leaf('Id', number.number));
  return element(name, element('Id', id));
}

function party(name: string, who: string, from?: Counterparty): XmlNode {
  const address = from?.town && element('PstlAdr', leaf('TwnNm', from.town), leaf('Ctry', from.country));
  return element(name, element('Pty', leaf('Nm', who), address || undefined));
}

function agent(bank: Bank): XmlNode {
  return element('FinInstnId', leaf('BICFI', bank.bic));
}

/** True where the other side is the one that pays: money in, or money in that is taken back. */
function otherPays(line: BankLine): boolean {
  return line.direction === 'credit' || line.className === 'return';
}

function parties(line: BankLine, own: AccountNumber): XmlNode | undefined {
  const other = line.counterparty;
  if (!other) return undefined;
  const otherAccount = (name: string) => other.account && account(name, other.account);
  return otherPays(line)
    ? element(
        'RltdPties',
        party('Dbtr', other.name, other),
        otherAccount('DbtrAcct'),
        line.ultimate !== undefined && party('UltmtDbtr', line.ultimate),
        // Most banks leave out the account owner's own name; with a third party it tells who is who.
        line.ultimate !== undefined && party('Cdtr', OWN_NAME),
        line.ultimate !== undefined && account('CdtrAcct', own),
      )
    : element('RltdPties', party('Cdtr', other.name, other), otherAccount('CdtrAcct'));
}

function document(line: BankLine): XmlNode[] {
  return (line.documents ?? []).map((invoice) => {
    const paid = line.pays.find((allocation) => allocation.invoice === invoice);
    const note = invoice.kind === 'credit_note';
    const settled = paid
      ? paid.allocatedMinor < 0n
        ? -paid.allocatedMinor
        : paid.allocatedMinor
      : invoice.amountMinor;
    const discount = paid?.discountMinor ?? 0n;
    return element(
      'Strd',
      element(
        'RfrdDocInf',
        element('Tp', element('CdOrPrtry', leaf('Cd', note ? 'CREN' : 'CINV'))),
        leaf('Nb', invoice.number),
        leaf('RltdDt', invoice.issuedOn),
      ),
      element(
        'RfrdDocAmt',
        money('DuePyblAmt', invoice.amountMinor, invoice.currency),
        discount > 0n && element('DscntApldAmt', money('Amt', discountMinor(invoice), invoice.currency)),
        note && money('CdtNoteAmt', settled, invoice.currency),
        !note && money('RmtdAmt', settled - discount, invoice.currency),
      ),
    );
  });
}

/** An element holds 140 characters; a longer text goes on in the next, wherever the cut falls. */
function ustrdTexts(text: string): string[] {
  return text.match(/[\s\S]{1,140}/g) ?? [];
}

function remittance(line: BankLine): XmlNode | undefined {
  const reference =
    line.reference !== undefined &&
    element(
      'Strd',
      element(
        'CdtrRefInf',
        element('Tp', element('CdOrPrtry', leaf('Cd', 'SCOR'))),
        leaf('Ref', line.reference),
      ),
    );
  const parts: XmlChild[] = [
    ...line.text.flatMap(ustrdTexts).map((text) => leaf('Ustrd', text)),
    ...document(line),
    reference,
  ];
  return parts.some(Boolean) ? element('RmtInf', ...parts) : undefined;
}

function charges(line: BankLine): XmlNode | undefined {
  if (!line.charge?.shown) return undefined;
  return element(
    'Chrgs',
    money('TtlChrgsAndTaxAmt', line.charge.amountMinor, line.currency),
    element(
      'Rcrd',
      money('Amt', line.charge.amountMinor, line.currency),
      leaf('CdtDbtInd', 'DBIT'),
      leaf('ChrgInclInd', 'true'),
      leaf('Br', 'SHAR'),
    ),
  );
}

function amountDetails(line: BankLine): XmlNode | undefined {
  if (line.charge?.shown) {
    return element(
      'AmtDtls',
      element('InstdAmt', money('Amt', line.amountMinor + line.charge.amountMinor, line.currency)),
      element('TxAmt', money('Amt', line.amountMinor, line.currency)),
    );
  }
  if (!line.instructed) return undefined;
  const { amountMinor, currency, rate } = line.instructed;
  // The rate is what the bank prints: units of the foreign currency for one unit of the account's.
  const exchange =
    rate &&
    element(
      'CcyXchg',
      leaf('SrcCcy', currency),
      leaf('TrgtCcy', line.currency),
      leaf('UnitCcy', line.currency),
      leaf('XchgRate', rate),
    );
  return element(
    'AmtDtls',
    element('InstdAmt', money('Amt', amountMinor, currency), exchange || undefined),
    element('TxAmt', money('Amt', line.amountMinor, line.currency)),
  );
}

function details(line: BankLine, statement: Statement): XmlNode {
  const otherBank = line.counterparty?.account?.bank;
  return element(
    'TxDtls',
    element(
      'Refs',
      leaf('EndToEndId', line.endToEndId ?? 'NOTPROVIDED'),
      line.mandateId !== undefined && leaf('MndtId', line.mandateId),
    ),
    money('Amt', line.amountMinor, line.currency),
    leaf('CdtDbtInd', INDICATOR[line.direction]),
    amountDetails(line),
    line.batch ? bankCode(line.booking) : undefined,
    charges(line),
    parties(line, statement.own.account),
    otherBank && element('RltdAgts', element(otherPays(line) ? 'DbtrAgt' : 'CdtrAgt', agent(otherBank))),
    remittance(line),
    line.time !== undefined &&
      element('RltdDts', leaf('AccptncDtTm', `${line.date}T${line.time}${offsetOn(line.date)}`)),
    line.returnReason !== undefined &&
      element(
        'RtrInf',
        element('OrgnlBkTxCd', bankCodeOnly('direct-debit')),
        element('Rsn', leaf('Cd', line.returnReason)),
      ),
  );
}

/** The domain part alone, where the schema asks for the code without its wrapper. */
function bankCodeOnly(booking: Booking): XmlNode {
  const [domain, family, sub] = CODES[booking];
  return element('Domn', leaf('Cd', domain), element('Fmly', leaf('Cd', family), leaf('SubFmlyCd', sub)));
}

function batchInformation(entry: Entry, sumMinor: bigint): XmlNode | undefined {
  const first = entry.lines[0]!;
  if (!first.batch) return undefined;
  const count = first.booking === 'salary-batch' ? 38 : entry.lines.length;
  return element(
    'Btch',
    leaf('PmtInfId', first.batch),
    leaf('NbOfTxs', String(count)),
    money('TtlAmt', sumMinor, first.currency),
    leaf('CdtDbtInd', INDICATOR[first.direction]),
  );
}

function entryNode(entry: Entry, statement: Statement): XmlNode {
  const first = entry.lines[0]!;
  const sumMinor = entry.lines.reduce((sum, line) => sum + line.amountMinor, 0n);
  const lumped = first.booking === 'salary-batch';
  return element(
    'Ntry',
    money('Amt', sumMinor, first.currency),
    leaf('CdtDbtInd', INDICATOR[first.direction]),
    first.booking === 'credit-reversal' && leaf('RvslInd', 'true'),
    element('Sts', leaf('Cd', 'BOOK')),
    element('BookgDt', leaf('Dt', statement.date)),
    element('ValDt', leaf('Dt', statement.date)),
    leaf('AcctSvcrRef', entry.reference),
    bankCode(first.booking),
    element(
      'NtryDtls',
      batchInformation(entry, sumMinor),
      ...(lumped ? [] : entry.lines.map((line) => details(line, statement))),
    ),
    (lumped || first.booking === 'charge') && leaf('AddtlNtryInf', first.text.join(' ')),
  );
}

function balance(code: string, minor: bigint, currency: string, date: string): XmlNode {
  return element(
    'Bal',
    element('Tp', element('CdOrPrtry', leaf('Cd', code))),
    money('Amt', minor < 0n ? -minor : minor, currency),
    leaf('CdtDbtInd', minor < 0n ? 'DBIT' : 'CRDT'),
    element('Dt', leaf('Dt', date)),
  );
}

function summary(statement: Statement): XmlNode {
  const { currency } = statement.own;
  const sums = (direction: 'credit' | 'debit') => {
    const entries = statement.entries.filter((entry) => entry.lines[0]!.direction === direction);
    const minor = entries.flatMap((entry) => entry.lines).reduce((sum, line) => sum + line.amountMinor, 0n);
    return [leaf('NbOfNtries', String(entries.length)), leaf('Sum', formatAmount(minor, currency))];
  };
  return element(
    'TxsSummry',
    element('TtlCdtNtries', ...sums('credit')),
    element('TtlDbtNtries', ...sums('debit')),
  );
}

function statementNode(statement: Statement): XmlNode {
  const { own, date } = statement;
  const offset = offsetOn(date);
  const { currency } = own;
  return element(
    'Stmt',
    leaf('Id', `${own.account.number.slice(-10)}-${date}`),
    leaf('ElctrncSeqNb', String(statement.number)),
    leaf('LglSeqNb', String(statement.number)),
    leaf('CreDtTm', `${date}T20:30:00${offset}`),
    element(
      'FrToDt',
      leaf('FrDtTm', `${date}T00:00:00${offset}`),
      leaf('ToDtTm', `${date}T20:00:00${offset}`),
    ),
    element(
      'Acct',
      element('Id', leaf('IBAN', own.account.number)),
      leaf('Ccy', currency),
      element('Ownr', leaf('Nm', OWN_NAME)),
      element(
        'Svcr',
        element('FinInstnId', leaf('BICFI', own.account.bank.bic), leaf('Nm', own.account.bank.name)),
      ),
    ),
    balance('OPBD', statement.openingMinor, currency, statement.previousDate),
    balance('CLBD', statement.closingMinor, currency, date),
    balance('CLAV', statement.closingMinor, currency, date),
    summary(statement),
    ...statement.entries.map((entry) => entryNode(entry, statement)),
  );
}

/** One file over one or more statements of an account. The declared encoding is the caller's to keep. */
export function writeCamt053(
  statements: readonly Statement[],
  encoding: 'UTF-8' | 'ISO-8859-1' = 'UTF-8',
): string {
  const last = statements.at(-1);
  if (!last) throw new Error('A file holds at least one statement.');
  for (const statement of statements) {
    const moved = statement.entries
      .flatMap((entry) => entry.lines)
      .reduce((sum, line) => sum + signedMinor(line), 0n);
    if (statement.openingMinor + moved !== statement.closingMinor)
      throw new Error(`${statement.date} does not add up.`);
  }
  const head = element(
    'GrpHdr',
    leaf('MsgId', `CAMT053-${last.own.account.number.slice(-6)}-${last.date}`),
    leaf('CreDtTm', `${last.date}T21:00:00${offsetOn(last.date)}`),
    element('MsgPgntn', leaf('PgNb', '1'), leaf('LastPgInd', 'true')),
  );
  const root: XmlNode = {
    name: 'Document',
    attributes: ' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"',
    content: [element('BkToCstmrStmt', head, ...statements.map(statementNode))],
  };
  return `<?xml version="1.0" encoding="${encoding}"?>\n${render(root)}`;
}
