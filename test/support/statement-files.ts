/** Builders of statements in two formats from one description, so that a test can say "the same, as MT940". */

export interface LineSpec {
  readonly date: string;
  /** Signed decimal: `-12.50` is a debit. */
  readonly amount: string;
  readonly text?: string;
  readonly reversal?: boolean;
  readonly currency?: string;
  readonly status?: 'BOOK' | 'PDNG';
}

export interface StatementSpec {
  readonly account?: string;
  readonly currency?: string;
  readonly number?: string;
  readonly id?: string;
  /** `[date, amount]`; left out where the statement has none. */
  readonly opening?: readonly [date: string, amount: string];
  readonly closing?: readonly [date: string, amount: string];
  readonly lines: readonly LineSpec[];
}

export const OWN_IBAN = 'DE02120300000000202051';

const unsigned = (amount: string) => amount.replace('-', '');
const side = (amount: string) => (amount.startsWith('-') ? 'DBIT' : 'CRDT');

function balance(code: string, [date, amount]: readonly [string, string], currency: string): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${unsigned(amount)}</Amt><CdtDbtInd>${side(amount)}</CdtDbtInd><Dt><Dt>${date}</Dt></Dt></Bal>`;
}

function entry(line: LineSpec, currency: string, index: number): string {
  const { date, amount, text = `line ${index}`, reversal = false, status = 'BOOK' } = line;
  return `<Ntry>
<Amt Ccy="${line.currency ?? currency}">${unsigned(amount)}</Amt><CdtDbtInd>${side(amount)}</CdtDbtInd>${reversal ? '<RvslInd>true</RvslInd>' : ''}
<Sts><Cd>${status}</Cd></Sts><BookgDt><Dt>${date}</Dt></BookgDt><ValDt><Dt>${date}</Dt></ValDt>
<BkTxCd><Prtry><Cd>166</Cd></Prtry></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>E2E-${index}</EndToEndId></Refs><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls>
</Ntry>`;
}

/** A camt.053.001.08 file (or its siblings) of these statements. */
export function camt053(
  specs: readonly StatementSpec[] | StatementSpec,
  type: '052' | '053' | '054' = '053',
): string {
  const [body, part] = {
    '052': ['BkToCstmrAcctRpt', 'Rpt'],
    '053': ['BkToCstmrStmt', 'Stmt'],
    '054': ['BkToCstmrDbtCdtNtfctn', 'Ntfctn'],
  }[type] as [string, string];
  const statements = [specs].flat().map((spec, at) => {
    const { account = OWN_IBAN, currency = 'EUR', opening, closing, lines } = spec as StatementSpec;
    const { number, id = `ST-${at}` } = spec as StatementSpec;
    return `<${part}><Id>${id}</Id>${number === undefined ? '' : `<ElctrncSeqNb>${number}</ElctrncSeqNb>`}<CreDtTm>2024-02-01T06:00:00Z</CreDtTm>
<Acct><Id><IBAN>${account}</IBAN></Id><Ccy>${currency}</Ccy></Acct>
${opening ? balance('OPBD', opening, currency) : ''}
${closing ? balance('CLBD', closing, currency) : ''}
${lines.map((line, index) => entry(line, currency, index)).join('\n')}
</${part}>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.${type}.001.08"><${body}><GrpHdr><MsgId>M</MsgId><CreDtTm>2024-02-01T06:00:00Z</CreDtTm></GrpHdr>
${statements.join('\n')}
</${body}></Document>
`;
}

const mtDate = (date: string) => date.slice(2).replaceAll('-', '');
const mtAmount = (amount: string) => unsigned(amount).replace('.', ',');
const mtBalance = ([date, amount]: readonly [string, string], currency: string) =>
  `${side(amount) === 'CRDT' ? 'C' : 'D'}${mtDate(date)}${currency}${mtAmount(amount)}`;

export interface MtOptions {
  /** How `:25:` writes the account. */
  readonly account?: string;
  /** Lines a page; the pages are messages of their own with intermediate balances. */
  readonly linesPerPage?: number;
}

function cents(amount: string): bigint {
  const [whole = '0', fraction = ''] = unsigned(amount).split('.');
  const value = BigInt(whole + fraction.padEnd(2, '0'));
  return amount.startsWith('-') ? -value : value;
}

const fromCents = (value: bigint): string => {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** An MT940 file of these statements. */
export function mt940(specs: readonly StatementSpec[] | StatementSpec, options: MtOptions = {}): string {
  return ([specs].flat() as StatementSpec[]).map((spec, at) => mtStatement(spec, at, options)).join('');
}

function mtStatement(spec: StatementSpec, at: number, options: MtOptions): string {
  const { account = OWN_IBAN, currency = 'EUR', number = String(at + 1), opening, closing, lines } = spec;
  if (!opening || !closing) throw new Error('An MT940 statement has an opening and a closing balance.');
  const perPage = options.linesPerPage ?? Math.max(1, lines.length);
  const pageCount = Math.max(1, Math.ceil(lines.length / perPage));
  let running = cents(opening[1]);
  let text = '';
  for (let page = 0; page < pageCount; page += 1) {
    const part = lines.slice(page * perPage, (page + 1) * perPage);
    const first = page === 0;
    const last = page === pageCount - 1;
    text += `:20:STARTUMS\r\n:25:${options.account ?? account}\r\n:28C:${number}/${page + 1}\r\n`;
    text += `:60${first ? 'F' : 'M'}:${mtBalance(first ? opening : [part[0]?.date ?? opening[0], fromCents(running)], currency)}\r\n`;
    for (const [index, line] of part.entries()) {
      const mark = line.reversal
        ? side(line.amount) === 'CRDT'
          ? 'RD'
          : 'RC'
        : side(line.amount).slice(0, 1);
      text += `:61:${mtDate(line.date)}${line.date.slice(5).replace('-', '')}${mark}${mtAmount(line.amount)}NTRFNONREF\r\n`;
      text += `:86:${line.text ?? `line ${index}`}\r\n`;
      running += cents(line.amount);
    }
    text += `:62${last ? 'F' : 'M'}:${mtBalance(last ? closing : [part.at(-1)!.date, fromCents(running)], currency)}\r\n-\r\n`;
  }
  return text;
}
