/**
 * Large inputs for tests and benchmarks: a camt.053 file of any length, written as a stream so
 * that no more than a chunk of it is ever in memory, and open items by the hundred thousand.
 */
import { formatAmount } from '../../src/contract/money.ts';
import { plusDays } from './calendar.ts';
import { CUSTOMER_COLUMNS, csvRow, INVOICE_COLUMNS } from './csv.ts';
import { BANKS, banksOf, creditorReference, makeAccount } from './identifiers.ts';
import { makeFirmName } from './names.ts';
import { createRandom, type Random } from './random.ts';

/** Takes a piece of the file; a promise asks the writer to wait. */
export type Sink = (chunk: Buffer) => undefined | Promise<void>;

export interface BigCamtOptions {
  /** Number of `Ntry`. */
  readonly entries: number;
  /** About how long an entry is; remittance text fills it up. At least 800. */
  readonly bytesPerEntry?: number;
  /** `TxDtls` in each entry; more than one makes it a batch whose details add up to it. */
  readonly txDetailsPerEntry?: number;
  readonly seed: number;
  /** The invoices that the remittance names; made up where there are none. */
  readonly invoiceNumber?: (ordinal: number) => string;
  readonly bookingDate?: string;
}

export interface BigCamtResult {
  readonly bytes: number;
  readonly transactions: number;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly iban: string;
}

const CHUNK_BYTES = 256 * 1024;
const OPENING_MINOR = 100_000_000n;
/** Remittance text takes 140 characters, of which the invoice's number needs some. */
const PADDING_ROOM = 110;
const NOTE_TAGS = '<AddtlNtryInf></AddtlNtryInf>'.length;

interface Other {
  readonly name: string;
  readonly iban: string;
  readonly bic: string;
}

/** Accounts and names drawn beforehand: making them for each entry would be most of the work. */
function counterparties(random: Random): Other[] {
  const taken = new Set<string>();
  return Array.from({ length: 512 }, () => {
    const account = makeAccount('DE', random);
    const name = makeFirmName('DE', taken, random).full.replace('&', '&amp;');
    return { name, iban: account.number, bic: account.bank.bic };
  });
}

/** The amount of a transaction by its place: known before the file is written, so that its balances are. */
export function bigAmountMinor(ordinal: number): bigint {
  return BigInt(1_000 + ((ordinal * 7_919) % 990_000));
}

/** `AcctSvcrRef` of an entry. */
export function bigServicerReference(entry: number): string {
  return `B${String(entry).padStart(9, '0')}`;
}

/** `EndToEndId` of a transaction. */
export function bigEndToEndId(seed: number, transaction: number): string {
  return `E2E-${seed}-${transaction}`;
}

function sumMinor(first: number, count: number): bigint {
  let sum = 0n;
  for (let at = first; at < first + count; at += 1) sum += bigAmountMinor(at);
  return sum;
}

const decimal = (minor: bigint): string => formatAmount(minor, 'EUR');

function balance(code: string, minor: bigint, date: string): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${decimal(minor)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${date}</Dt></Dt></Bal>`;
}

/** Gathers text into chunks for the sink and counts the bytes. */
class Chunks {
  readonly #sink: Sink;
  #pending: string[] = [];
  #length = 0;
  bytes = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** A promise only when a chunk went out, so that most writes cost no turn of the loop. */
  write(text: string): undefined | Promise<void> {
    this.#pending.push(text);
    this.#length += text.length;
    return this.#length >= CHUNK_BYTES ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    const chunk = Buffer.from(this.#pending.join(''), 'utf8');
    this.#pending = [];
    this.#length = 0;
    this.bytes += chunk.length;
    await this.#sink(chunk);
  }
}

/** The texts of one file: the same for every entry but for names, amounts and references. */
class BigCamtText {
  readonly #others: readonly Other[];
  readonly #options: BigCamtOptions;
  readonly details: number;
  readonly date: string;
  readonly iban: string;

  constructor(options: BigCamtOptions) {
    const random = createRandom(options.seed, 'big-camt');
    this.#options = options;
    this.#others = counterparties(random.stream('others'));
    this.iban = makeAccount('DE', random.stream('own')).number;
    this.date = options.bookingDate ?? '2026-11-20';
    this.details = options.txDetailsPerEntry ?? 1;
  }

  head(closingMinor: bigint): string {
    const { seed } = this.#options;
    const created = `<CreDtTm>${this.date}T21:00:00+01:00</CreDtTm>`;
    return (
      `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>` +
      `<GrpHdr><MsgId>BIG-${seed}</MsgId>${created}</GrpHdr>` +
      `<Stmt><Id>BIG-${seed}</Id><ElctrncSeqNb>${seed}</ElctrncSeqNb>${created}` +
      `<Acct><Id><IBAN>${this.iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n` +
      `${balance('OPBD', OPENING_MINOR, plusDays(this.date, -1))}${balance('CLBD', closingMinor, this.date)}\n`
    );
  }

  /** An entry up to and with the start of its details. */
  entryHead(ordinal: number): string {
    const minor = sumMinor(ordinal * this.details, this.details);
    return (
      `<Ntry><Amt Ccy="EUR">${decimal(minor)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>` +
      `<BookgDt><Dt>${this.date}</Dt></BookgDt><ValDt><Dt>${this.date}</Dt></ValDt><AcctSvcrRef>${bigServicerReference(ordinal)}</AcctSvcrRef>` +
      `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>NTRF+166</Cd><Issr>DK</Issr></Prtry></BkTxCd>` +
      `<NtryDtls>${this.details > 1 ? `<Btch><NbOfTxs>${this.details}</NbOfTxs></Btch>` : ''}`
    );
  }

  detail(ordinal: number, padding: string): string {
    const { seed, invoiceNumber } = this.#options;
    const other = this.#others[(ordinal * 31) % this.#others.length]!;
    const number = invoiceNumber ? invoiceNumber(ordinal) : `RE-2026-${100_000 + ordinal}`;
    return (
      `<TxDtls><Refs><EndToEndId>${bigEndToEndId(seed, ordinal)}</EndToEndId></Refs>` +
      `<Amt Ccy="EUR">${decimal(bigAmountMinor(ordinal))}</Amt><CdtDbtInd>CRDT</CdtDbtInd>` +
      `<RltdPties><Dbtr><Pty><Nm>${other.name}</Nm><PstlAdr><TwnNm>Lübeck</TwnNm><Ctry>DE</Ctry></PstlAdr></Pty></Dbtr>` +
      `<DbtrAcct><Id><IBAN>${other.iban}</IBAN></Id></DbtrAcct><Cdtr><Pty><Nm>Nordwall Komponenten GmbH</Nm></Pty></Cdtr></RltdPties>` +
      `<RltdAgts><DbtrAgt><FinInstnId><BICFI>${other.bic}</BICFI></FinInstnId></DbtrAgt></RltdAgts>` +
      `<RmtInf><Ustrd>Rechnung ${number}${padding}</Ustrd></RmtInf></TxDtls>`
    );
  }

  entryTail(note: string): string {
    return `</NtryDtls>${note}</Ntry>\n`;
  }

  /** What an entry lacks of its wanted length: remittance text, and a note where that is full. */
  filling(): { padding: string; note: string } {
    if (this.details > 1) return { padding: '', note: '' };
    const bare = this.entryHead(0) + this.detail(0, '') + this.entryTail('');
    const wanted = (this.#options.bytesPerEntry ?? 1_100) - Buffer.byteLength(bare);
    const padding = ` ${'Lieferung laut Auftrag '.repeat(8)}`.slice(
      0,
      Math.max(0, Math.min(wanted, PADDING_ROOM)),
    );
    const noteLength = Math.min(500, wanted - padding.length - NOTE_TAGS);
    const note = noteLength > 0 ? 'Gutschrift laut Avis '.repeat(24).slice(0, noteLength) : '';
    return { padding, note: note && `<AddtlNtryInf>${note}</AddtlNtryInf>` };
  }
}

/**
 * Writes one statement of `entries` credits to `sink`. Every entry is an incoming payment with
 * parties, codes and remittance, as a bank sends it, and the statement adds up.
 */
export async function writeBigCamt(options: BigCamtOptions, sink: Sink): Promise<BigCamtResult> {
  const text = new BigCamtText(options);
  const chunks = new Chunks(sink);
  const transactions = options.entries * text.details;
  const closingMinor = OPENING_MINOR + sumMinor(0, transactions);
  const { padding, note } = text.filling();
  await chunks.write(text.head(closingMinor));
  for (let ordinal = 0; ordinal < options.entries; ordinal += 1) {
    await chunks.write(text.entryHead(ordinal));
    for (let at = 0; at < text.details; at += 1) {
      const full = chunks.write(text.detail(ordinal * text.details + at, padding));
      if (full) await full;
    }
    const full = chunks.write(text.entryTail(note));
    if (full) await full;
  }
  await chunks.write('</Stmt></BkToCstmrStmt></Document>\n');
  await chunks.flush();
  return { bytes: chunks.bytes, transactions, openingMinor: OPENING_MINOR, closingMinor, iban: text.iban };
}

export interface BigItemsOptions {
  readonly customers: number;
  readonly items: number;
  readonly seed: number;
}

export interface BigCustomer {
  readonly customerId: string;
  readonly name: string;
  readonly country: string;
  readonly iban: string;
}

export interface BigItem {
  readonly invoiceNumber: string;
  readonly customer: BigCustomer;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly amountMinor: bigint;
  readonly structuredReference: string;
}

/** The customers of a large world, each with one account. */
export function bigCustomers(options: Pick<BigItemsOptions, 'customers' | 'seed'>): BigCustomer[] {
  const random = createRandom(options.seed, 'big-customers');
  const taken = new Set<string>();
  const countries = [...new Set(BANKS.map((bank) => bank.country))].filter(
    (country) => country !== 'US' && country !== 'VN' && banksOf(country).length > 0,
  );
  return Array.from({ length: options.customers }, (_, at) => {
    const country = random.chance(600) ? 'DE' : random.pick(countries);
    const { full } = makeFirmName(country, taken, random);
    return {
      customerId: `K${1_000_000 + at}`,
      name: full,
      country,
      iban: makeAccount(country, random).number,
    };
  });
}

/** Open items over those customers, all in euro, one at a time. */
export function* bigItems(options: BigItemsOptions, customers: readonly BigCustomer[]): Generator<BigItem> {
  const random = createRandom(options.seed, 'big-items');
  for (let at = 0; at < options.items; at += 1) {
    const issuedOn = plusDays('2026-11-20', -random.int(0, 120));
    const serial = 100_000 + at;
    const customer = random.pick(customers);
    yield {
      invoiceNumber: `RE-2026-${serial}`,
      customer,
      issuedOn,
      dueOn: plusDays(issuedOn, random.pick([14, 30, 45])),
      amountMinor: BigInt(Math.max(1_000, Math.round(random.skewed(120_000)))),
      structuredReference: random.chance(700) ? creditorReference(`26${serial}`) : '',
    };
  }
}

/** The customer file of a large world. */
export function bigCustomersCsv(customers: readonly BigCustomer[]): string {
  const rows = customers.map((each) => csvRow([each.customerId, each.name, each.country, each.iban, '']));
  return csvRow(CUSTOMER_COLUMNS) + rows.join('');
}

/** The invoice file of a large world, in chunks of some thousand rows. */
export function* bigInvoicesCsv(
  options: BigItemsOptions,
  customers: readonly BigCustomer[],
): Generator<Buffer> {
  let rows = [csvRow(INVOICE_COLUMNS)];
  for (const item of bigItems(options, customers)) {
    rows.push(
      csvRow([
        item.invoiceNumber,
        item.customer.customerId,
        'invoice',
        item.issuedOn,
        item.dueOn,
        'EUR',
        decimal(item.amountMinor),
        item.structuredReference,
        '',
        '',
      ]),
    );
    if (rows.length < 4_000) continue;
    yield Buffer.from(rows.join(''), 'utf8');
    rows = [];
  }
  if (rows.length > 0) yield Buffer.from(rows.join(''), 'utf8');
}
