import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CUSTOMER_COLUMNS, csvRow, INVOICE_COLUMNS } from '../../build/sample-data/csv.ts';
import { accountAt, BANKS, creditorReference } from '../../build/sample-data/identifiers.ts';
import { createRandom } from '../../build/sample-data/random.ts';

const random = createRandom(99, 'marks');
const bank = BANKS[0]!;
const account = () => accountAt(bank, random).number;

/** Marks of keys, slots, evidence, incidents and backups; they stand in no file that is taken in. */
export const vaultMarks = {
  evidenceTitle: 'Beweisstueck Kranichzug zwoelf',
  evidenceNote: 'Vermerk Moorleuchten Hainbuche',
  evidenceContent: 'Inhaltsprobe Dotterblume Wendelstein',
  evidenceFile: 'Akteneintrag-Salamander.txt',
  holdReason: 'Sperrgrund Nachtigallenruf',
  liftReason: 'Freigabegrund Eisvogelnest',
  slotLabel: 'Tresorfach Murmeltier Ostfluegel',
  newPassphrase: 'Neuwort-Seeadler-Windmuehle-2291',
  compromiseReason: 'Verlustmeldung Basiliskenkamm',
  escalateReason: 'Eskalationsgrund Rohrdommel',
  incidentCause: 'Ursachentext Feldlerchenflug',
  incidentOwner: 'Zustaendige Haubentaucherin',
  backupPlace: 'Sicherungsort-Wanderfalke',
  shipPlace: 'Zweitordner-Sumpfohreule',
} as const;

/** What must stay inside the vault: each is found nowhere else in the world. */
export const MARKS = {
  customerName: 'Quarzhelm Pfauenfeder Manufaktur GmbH',
  alias: 'Pfauenfeder Altnamen',
  customerIban: account(),
  payerName: 'Zwirnbrecht Sondertreuhand KG',
  payerIban: account(),
  ultimateDebtor: 'Ultimatus Wolkenstein SE',
  remittance: 'Geheimsatz Korallenmond siebzehn',
  ownIban: account(),
  ownName: 'Eigentuemer Silberdistel AG',
  structuredReference: creditorReference('77QZ4711MOND'),
  wrongIban: 'DE00599801100000471100',
  brokenName: 'Bruchkante Nebelhorn OHG',
  passphrase: 'Passwort-Habicht-Leuchtturm-4711',
  wrongPassphrase: 'Falschwort-Marder-Glockenspiel-0815',
  ...vaultMarks,
} as const;

export interface MarkedFile {
  readonly name: string;
  readonly text: string;
}

const entry = (amount: string, reference: string, details: string) =>
  `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>` +
  `<BookgDt><Dt>2026-11-19</Dt></BookgDt><ValDt><Dt>2026-11-19</Dt></ValDt><AcctSvcrRef>${reference}</AcctSvcrRef>` +
  `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>` +
  `<NtryDtls><TxDtls>${details}</TxDtls></NtryDtls></Ntry>`;

const balance = (code: string, amount: string, date: string) =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${date}</Dt></Dt></Bal>`;

function camt(closing: string): string {
  const payer =
    `<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties>` +
    `<Dbtr><Pty><Nm>${MARKS.payerName}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>${MARKS.payerIban}</IBAN></Id></DbtrAcct>` +
    `<UltmtDbtr><Pty><Nm>${MARKS.ultimateDebtor}</Nm></Pty></UltmtDbtr></RltdPties>`;
  const known =
    `<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties>` +
    `<Dbtr><Pty><Nm>${MARKS.customerName}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>${MARKS.customerIban}</IBAN></Id></DbtrAcct></RltdPties>`;
  const reference = `<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>${MARKS.structuredReference}</Ref></CdtrRefInf></Strd></RmtInf>`;
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>` +
    `<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-19T21:00:00+01:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>` +
    `<CreDtTm>2026-11-19T21:00:00+01:00</CreDtTm><Acct><Id><IBAN>${MARKS.ownIban}</IBAN></Id><Ccy>EUR</Ccy>` +
    `<Ownr><Nm>${MARKS.ownName}</Nm></Ownr></Acct>` +
    balance('OPBD', '1000.00', '2026-11-18') +
    balance('CLBD', closing, '2026-11-19') +
    entry('500.00', 'MARK0001', `${known}${reference}`) +
    entry('77.10', 'MARK0002', `${payer}<RmtInf><Ustrd>${MARKS.remittance}</Ustrd></RmtInf>`) +
    `</Stmt></BkToCstmrStmt></Document>\n`
  );
}

const mt940 = [
  ':20:MARKED',
  ':25:59980110/4711471147EUR',
  ':28C:00001/00001',
  ':60F:C261118EUR0,00',
  ':61:2611191119C12,00NTRFNONREF//MARK0003',
  `:86:166?00GUTSCHRIFT?20SVWZ+${MARKS.remittance.slice(0, 20)}?21${MARKS.remittance.slice(20)}?30${bank.bic}`,
  `?31${MARKS.payerIban}?32${MARKS.payerName.slice(0, 27)}?33${MARKS.payerName.slice(27)}`,
  ':62F:C261119EUR12,00',
  '-',
  '',
].join('\r\n');

const customers =
  csvRow(CUSTOMER_COLUMNS) + csvRow(['K1', MARKS.customerName, 'DE', MARKS.customerIban, MARKS.alias]);
const invoices =
  csvRow(INVOICE_COLUMNS) +
  csvRow([
    'RE-1',
    'K1',
    'invoice',
    '2026-11-01',
    '2026-11-15',
    'EUR',
    '500.00',
    MARKS.structuredReference,
    '',
    '',
  ]) +
  csvRow(['RE-2', 'K1', 'invoice', '2026-11-02', '2026-11-16', 'EUR', '80.00', '', '', '']);

/** Files that are taken in. */
export const GOOD_FILES: readonly MarkedFile[] = [
  { name: 'customers.csv', text: customers },
  { name: 'invoices.csv', text: invoices },
  { name: 'statement.xml', text: camt('1577.10') },
  { name: 'statement.sta', text: mt940 },
];

/** Files that are refused, each with marks where the error lies. */
export const BAD_FILES: readonly MarkedFile[] = [
  {
    name: 'wrong-iban.csv',
    text: csvRow(CUSTOMER_COLUMNS) + csvRow(['K2', MARKS.brokenName, 'DE', MARKS.wrongIban, '']),
  },
  {
    name: 'quote.csv',
    text: `${csvRow(CUSTOMER_COLUMNS)}K3,"${MARKS.brokenName},DE,${MARKS.customerIban},\r\n`,
  },
  { name: 'does-not-add-up.xml', text: camt('9999.99').replaceAll('2026-11-19', '2026-11-20') },
  { name: 'cut.xml', text: camt('1577.10').slice(0, -180) },
  {
    name: 'amount.xml',
    text: camt('1577.10').replace('<Amt Ccy="EUR">77.10</Amt>', `<Amt Ccy="EUR">${MARKS.brokenName}</Amt>`),
  },
  {
    name: 'entity.xml',
    text: camt('1577.10').replace('<Document', `<!DOCTYPE x [<!ENTITY e "${MARKS.brokenName}">]><Document`),
  },
  { name: 'tag.sta', text: mt940.replace(':61:2611191119C12,00', `:61:${MARKS.brokenName}`) },
  {
    name: 'conflict.csv',
    text:
      csvRow(INVOICE_COLUMNS) +
      csvRow([
        'RE-1',
        'K1',
        'invoice',
        '2026-11-01',
        '2026-11-15',
        'EUR',
        '501.00',
        MARKS.structuredReference,
        '',
        '',
      ]),
  },
  {
    name: 'unknown-customer.csv',
    text:
      csvRow(INVOICE_COLUMNS) +
      csvRow(['RE-9', MARKS.brokenName, 'invoice', '2026-11-01', '2026-11-15', 'EUR', '5.00', '', '', '']),
  },
];

interface Needle {
  readonly mark: string;
  readonly bytes: Buffer;
}

/** The ways in which a mark could lie somewhere in the clear; long texts are looked for by their parts. */
function needles(): Needle[] {
  return Object.entries(MARKS).flatMap(([mark, text]) => {
    const parts = [text, ...text.split(' ').filter((word) => word.length >= 9)];
    const forms = parts.flatMap((part) => [part, part.toUpperCase(), part.toLowerCase()]);
    const spaced = text.match(/.{1,4}/g)?.join(' ') ?? text;
    const encoded = Buffer.from(text, 'utf8').toString('base64').replace(/=+$/, '').slice(0, -2);
    return [...new Set([...forms, spaced, encoded])].flatMap((form) => [
      { mark, bytes: Buffer.from(form, 'utf8') },
      { mark, bytes: Buffer.from(form, 'utf16le') },
    ]);
  });
}

const NEEDLES = needles();

/** Names of the marks that lie in `bytes`, in whatever form; `except` are allowed to. */
export function marksIn(bytes: Uint8Array, except: readonly (keyof typeof MARKS)[] = []): string[] {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = NEEDLES.filter(
    ({ mark, bytes: needle }) => !except.includes(mark as keyof typeof MARKS) && haystack.includes(needle),
  );
  return [...new Set(found.map(({ mark }) => mark))];
}

/** Every file under a folder with the marks in it, and how many bytes were read. */
export function marksUnder(folder: string): { files: number; bytes: number; found: string[] } {
  const result = { files: 0, bytes: 0, found: [] as string[] };
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    result.files += 1;
    result.bytes += bytes.length;
    result.found.push(...marksIn(bytes).map((mark) => `${name}: ${mark}`));
    result.found.push(...marksIn(Buffer.from(name, 'utf8')).map((mark) => `the name ${name}: ${mark}`));
  }
  return result;
}
