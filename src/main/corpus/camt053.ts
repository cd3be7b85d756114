/** Payments as a camt.053 statement. Pure. */
import type { CorpusPayment } from './types.ts';

/** Minor units that a major one has, as a power of ten. */
export const scaleOf = (currency: string): number => (currency === 'JPY' ? 0 : 2);

/** Our account at the bank that speaks ISO 20022. */
const ACCOUNT = 'DE02120300000000202051';

export function decimal(minor: bigint, scale = 2): string {
  if (scale === 0) return minor.toString();
  const digits = minor.toString().padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const inXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const tag = (name: string, content: string | undefined): string =>
  content === undefined || content === '' ? '' : `<${name}>${content}</${name}>`;

/** One statement of these payments; its balances add up. */
export function camt053(id: string, openingMinor: bigint, payments: readonly CorpusPayment[]): string {
  const closingMinor = payments.reduce((sum, { amountMinor }) => sum + amountMinor, openingMinor);
  const day = payments
    .map(({ bookingDate }) => bookingDate)
    .sort()
    .at(-1)!;
  const balance = (code: string, minor: bigint): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${decimal(minor)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${day}T18:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>${id}</Id><CreDtTm>${day}T18:00:00Z</CreDtTm><Acct><Id><IBAN>${ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balance('OPBD', openingMinor)}${balance('CLBD', closingMinor)}
${payments.map(entry).join('\n')}
</Stmt></BkToCstmrStmt></Document>`;
}

function entry(payment: CorpusPayment): string {
  const { bankReference, bookingDate, amountMinor, endToEndId } = payment;
  const amount = `<Amt Ccy="EUR">${decimal(amountMinor)}</Amt>`;
  const refs = `<Refs>${tag('AcctSvcrRef', bankReference)}${tag('EndToEndId', endToEndId ?? 'NOTPROVIDED')}</Refs>`;
  const code =
    '<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>';
  return `<Ntry>${amount}<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${bookingDate}</Dt></BookgDt><ValDt><Dt>${bookingDate}</Dt></ValDt>${tag('AcctSvcrRef', bankReference)}${code}<NtryDtls><TxDtls>${refs}${amount}<CdtDbtInd>CRDT</CdtDbtInd>${amountDetails(payment)}${charges(payment)}${parties(payment)}${remittance(payment)}</TxDtls></NtryDtls></Ntry>`;
}

/** The rate stands beside the amount that was instructed, or beside our own where none is told. */
function amountDetails({ exchange, amountMinor }: CorpusPayment): string {
  if (!exchange) return '';
  const { currency, instructedMinor, rate } = exchange;
  const exchanged =
    rate === undefined
      ? ''
      : `<CcyXchg><SrcCcy>EUR</SrcCcy><TrgtCcy>${currency}</TrgtCcy><UnitCcy>${rate.unit}</UnitCcy><XchgRate>${rate.text}</XchgRate></CcyXchg>`;
  const details =
    instructedMinor === undefined
      ? tag('TxAmt', `<Amt Ccy="EUR">${decimal(amountMinor)}</Amt>${exchanged}`)
      : tag(
          'InstdAmt',
          `<Amt Ccy="${currency}">${decimal(instructedMinor, scaleOf(currency))}</Amt>${exchanged}`,
        );
  return tag('AmtDtls', details);
}

function charges({ chargesMinor }: CorpusPayment): string {
  if (chargesMinor === undefined) return '';
  return `<Chrgs><Rcrd><Amt Ccy="EUR">${decimal(chargesMinor)}</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>`;
}

function parties({ debtorName, debtorAccount, ultimateDebtorName }: CorpusPayment): string {
  const party = (name: string): string => `<Pty><Nm>${inXml(name)}</Nm></Pty>`;
  const account = debtorAccount === undefined ? undefined : `<Id><IBAN>${debtorAccount}</IBAN></Id>`;
  const ultimate = ultimateDebtorName === undefined ? undefined : party(ultimateDebtorName);
  return `<RltdPties>${tag('Dbtr', party(debtorName))}${tag('DbtrAcct', account)}${tag('UltmtDbtr', ultimate)}</RltdPties>`;
}

function remittance({ text, reference, documents }: CorpusPayment): string {
  const referred = (documents ?? []).map(
    ({ number, amountMinor }) =>
      `<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>${amountMinor < 0n ? 'CREN' : 'CINV'}</Cd></CdOrPrtry></Tp><Nb>${number}</Nb></RfrdDocInf><RfrdDocAmt>${
        amountMinor < 0n
          ? `<CdtNoteAmt Ccy="EUR">${decimal(-amountMinor)}</CdtNoteAmt>`
          : `<RmtdAmt Ccy="EUR">${decimal(amountMinor)}</RmtdAmt>`
      }</RfrdDocAmt></Strd>`,
  );
  const creditor =
    reference === undefined
      ? ''
      : `<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>${reference}</Ref></CdtrRefInf></Strd>`;
  return tag('RmtInf', `${tag('Ustrd', inXml(text))}${referred.join('')}${creditor}`);
}
