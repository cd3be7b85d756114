/** The camt.053 statements around a day of invented traffic. */
import type { IsoDate } from '../base/index.ts';
import type { TrafficFile } from './t0-traffic.ts';

/** A line as the bank books it. */
export interface DayLine {
  /** Money in is positive. */
  readonly signedMinor: bigint;
  readonly name: string;
  readonly account: string;
  readonly text: string;
  readonly endToEndId: string;
  readonly uetr?: string;
  readonly transactionId?: string;
}

type Account = { readonly iban: string } | { readonly other: string };

const amountOf = (minor: bigint) => {
  const magnitude = minor < 0n ? -minor : minor;
  return `${magnitude / 100n}.${String(magnitude % 100n).padStart(2, '0')}`;
};
const sideOf = (minor: bigint) => (minor < 0n ? 'DBIT' : 'CRDT');

const balance = (code: 'OPBD' | 'CLBD', minor: bigint, currency: string, date: IsoDate) =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amountOf(minor)}</Amt>` +
  `<CdtDbtInd>${sideOf(minor)}</CdtDbtInd><Dt><Dt>${date}</Dt></Dt></Bal>`;

function entry(line: DayLine, currency: string, date: IsoDate): string {
  const party = line.signedMinor < 0n ? 'Cdtr' : 'Dbtr';
  const references = [
    `<EndToEndId>${line.endToEndId}</EndToEndId>`,
    line.uetr === undefined ? '' : `<UETR>${line.uetr}</UETR>`,
    line.transactionId === undefined ? '' : `<TxId>${line.transactionId}</TxId>`,
  ];
  return (
    `<Ntry><Amt Ccy="${currency}">${amountOf(line.signedMinor)}</Amt><CdtDbtInd>${sideOf(line.signedMinor)}</CdtDbtInd>` +
    `<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${date}</Dt></BookgDt><ValDt><Dt>${date}</Dt></ValDt>` +
    `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>` +
    `<NtryDtls><TxDtls><Refs>${references.join('')}</Refs><RltdPties><${party}><Pty><Nm>${line.name}</Nm></Pty></${party}>` +
    `<${party}Acct><Id><IBAN>${line.account}</IBAN></Id></${party}Acct></RltdPties>` +
    `<RmtInf><Ustrd>${line.text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`
  );
}

function statement(
  account: Account,
  currency: string,
  date: IsoDate,
  number: number,
  lines: readonly DayLine[],
): TrafficFile {
  const closing = lines.reduce((sum, { signedMinor }) => sum + signedMinor, 0n);
  const id = 'iban' in account ? `<IBAN>${account.iban}</IBAN>` : `<Othr><Id>${account.other}</Id></Othr>`;
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>T0-${currency}-${number}</MsgId><CreDtTm>${date}T23:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>T0-${currency}-${number}</Id><ElctrncSeqNb>${number}</ElctrncSeqNb><CreDtTm>${date}T23:00:00Z</CreDtTm><Acct><Id>${id}</Id><Ccy>${currency}</Ccy></Acct>
${balance('OPBD', 0n, currency, date)}${balance('CLBD', closing, currency, date)}
${lines.map((line) => entry(line, currency, date)).join('\n')}
</Stmt></BkToCstmrStmt></Document>
`;
  return { name: `${date}-${currency.toLowerCase()}.camt053.xml`, text };
}

/** A day without a line: it makes the account known. */
export const openingStatement = (account: Account, currency: string, date: IsoDate): TrafficFile =>
  statement(account, currency, date, 1, []);

/** The day's own, from zero. */
export const statementOfDay = (
  account: Account,
  currency: string,
  date: IsoDate,
  lines: readonly DayLine[],
): TrafficFile => statement(account, currency, date, 2, lines);
