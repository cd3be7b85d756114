/**
 * Import of camt.053: parsed, checked, stored, sealed, posted, published, audited, on an encrypted
 * vault with `synchronous=FULL`. Each measurement runs in a process of its own, so that its peak
 * memory is its own.
 */
import { fork } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createAudit } from '../src/main/audit/index.ts';
import { systemRuntime } from '../src/main/base/index.ts';
import { createImportFiles, createIntake } from '../src/main/intake/index.ts';
import { createFeed, createJobs } from '../src/main/jobs/index.ts';
import { createLedger } from '../src/main/ledger/index.ts';
import { parseStream } from '../src/main/messages/index.ts';
import { createReceivables } from '../src/main/receivables/index.ts';
import { createSealing } from '../src/main/sealing/index.ts';
import { createStatements } from '../src/main/statements/index.ts';
import { createVault } from '../src/main/vault/index.ts';
import type { BenchFigure, BenchSection } from './figure.ts';

const SECTION = 'intake';
const CHUNK_BYTES = 256 * 1024;
/** Booking days the entries are spread over. */
const DAYS = 20;

type Shape = 'entries' | 'details';

const head = (
  account: string,
  openingText: string,
  closingText: string,
) => `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>BENCH</MsgId><CreDtTm>2024-03-31T20:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>BENCH-1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2024-03-31T20:00:00Z</CreDtTm><Acct><Id><IBAN>${account}</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${openingText}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2024-03-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${closingText}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2024-03-31</Dt></Dt></Bal>
`;

const euros = (cents: number) => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

const details = (i: number, amount: string) =>
  `<TxDtls><Refs><EndToEndId>INVOICE-${i}</EndToEndId><TxId>TX${i}ABCDEF</TxId></Refs><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>Customer number ${i} of the bench</Nm><PstlAdr><Ctry>DE</Ctry><AdrLine>Example street ${i % 100}</AdrLine></PstlAdr></Pty></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties><RltdAgts><DbtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></DbtrAgt></RltdAgts><RmtInf><Ustrd>Payment of invoice ${i} with thanks for the good work and the quick delivery, ordered by telephone and confirmed in writing by the purchasing department of the customer named above, as agreed</Ustrd></RmtInf></TxDtls>`;

function entry(i: number, amount: string): string {
  const day = String(1 + (Math.trunc(i / 50) % DAYS)).padStart(2, '0');
  return `<Ntry><NtryRef>${i}</NtryRef><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2024-03-${day}</Dt></BookgDt><ValDt><Dt>2024-03-${day}</Dt></ValDt><AcctSvcrRef>REF-${String(i).padStart(10, '0')}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>${details(i, amount)}</NtryDtls><AddtlNtryInf>Credit transfer received</AddtlNtryInf></Ntry>\n`;
}

const TAIL = '</Stmt></BkToCstmrStmt></Document>\n';
const centsOf = (i: number) => 1_000 + (i % 9_000);

/** The file, made piece by piece. */
async function* camtFile(shape: Shape, count: number): AsyncGenerator<Uint8Array, void, void> {
  let total = 0;
  for (let i = 0; i < count; i += 1) total += centsOf(i);
  let text = head('DE02120300000000202051', '100000.00', euros(10_000_000 + total));
  if (shape === 'details') {
    text += `<Ntry><NtryRef>1</NtryRef><Amt Ccy="EUR">${euros(total)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2024-03-20</Dt></BookgDt><ValDt><Dt>2024-03-20</Dt></ValDt><AcctSvcrRef>BATCH</AcctSvcrRef><BkTxCd><Prtry><Cd>166</Cd></Prtry></BkTxCd><NtryDtls>\n`;
  }
  for (let i = 0; i < count; i += 1) {
    const amount = euros(centsOf(i));
    text += shape === 'entries' ? entry(i, amount) : `${details(i, amount)}\n`;
    if (text.length >= CHUNK_BYTES) {
      yield Buffer.from(text, 'utf8');
      text = '';
    }
  }
  yield Buffer.from(`${text}${shape === 'details' ? '</NtryDtls></Ntry>' : ''}${TAIL}`, 'utf8');
}

interface Measured {
  readonly entries: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly parseSeconds: number;
  readonly peakRssMb: number;
  readonly longestHoldMs: number;
}

/** Imports one file into a new vault and measures. Runs in the child process. */
async function measure(shape: Shape, count: number, withParse: boolean): Promise<Measured> {
  const runtime = systemRuntime;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const path = join(folder, 'bench.xml');
    await pipeline(camtFile(shape, count), createWriteStream(path));
    const bytes = statSync(path).size;
    const read = () => createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Uint8Array>;
    let parseSeconds = 0;
    if (withParse) {
      const startedMs = performance.now();
      for await (const event of parseStream(read(), { fileName: 'bench.xml' })) void event;
      parseSeconds = (performance.now() - startedMs) / 1000;
    }
    const rootKey = runtime.randomBytes(32);
    const { vault } = await createVault({ directory: join(folder, 'bench.vault'), rootKey, runtime });
    const sealing = createSealing(vault, runtime);
    const audit = createAudit(vault, sealing, runtime);
    const ledger = createLedger({ vault, audit, runtime });
    const files = createImportFiles({ vault, sealing });
    const statements = createStatements({ vault, sealing, ledger, runtime, files });
    const receivables = createReceivables({ vault, sealing, ledger, runtime });
    const jobs = createJobs({ runtime, feed: createFeed() });
    const intake = createIntake({ vault, sealing, audit, runtime, statements, receivables, jobs });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    let peakRss = 0;
    const sampler = setInterval(() => {
      peakRss = Math.max(peakRss, process.memoryUsage.rss());
    }, 50);
    delay.enable();
    const startedMs = performance.now();
    const result = await intake.importStream(
      { fileName: 'bench.xml', source: read(), sizeBytes: bytes },
      { actor: 'bench', traceId: 'bench' },
    );
    const seconds = (performance.now() - startedMs) / 1000;
    delay.disable();
    clearInterval(sampler);
    vault.close();
    if (result.outcome !== 'imported' || result.transactions !== count) {
      throw new Error(
        `The bench file was not taken in: ${result.code ?? result.outcome} ${result.message ?? ''}`,
      );
    }
    const longestHoldMs = delay.max / 1e6;
    return { entries: count, bytes, seconds, parseSeconds, peakRssMb: peakRss / 2 ** 20, longestHoldMs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inChild(shape: Shape, count: number, withParse: boolean): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const args = ['measure', shape, String(count), withParse ? 'parse' : ''];
    const child = fork(fileURLToPath(import.meta.url), args, {
      execArgv: process.execArgv,
    });
    child.on('message', (message) => resolve(message as Measured));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code !== 0) reject(new Error(`The measuring process ended with ${code}.`));
    });
  });
}

/** Measures the import of large files. */
export const benchIntake: BenchSection = async ({ quick, say }) => {
  const figures: BenchFigure[] = [];
  const entries = quick ? 20_000 : 100_000;
  say(`camt.053 of ${entries} entries`);
  const import_ = await inChild('entries', entries, true);
  figures.push({
    section: SECTION,
    name: `import of camt.053, ${Math.round(import_.bytes / entries)} bytes an entry`,
    value: import_.entries / import_.seconds,
    unit: 'entries/s',
    reference: { name: 'only parsed', value: import_.entries / import_.parseSeconds },
    goal: { of: 'value', atLeast: 20_000 },
  });
  figures.push({
    section: SECTION,
    name: 'longest hold of the event loop meanwhile',
    value: import_.longestHoldMs,
    unit: 'ms',
    goal: { of: 'value', atMost: 50 },
  });
  const large = quick ? 50_000 : 460_000;
  say(`a file of ${large} entries`);
  const file = await inChild('entries', large, false);
  figures.push({
    section: SECTION,
    name: `peak memory, a file of ${Math.round(file.bytes / 1e6)} MB`,
    value: file.peakRssMb,
    unit: 'MB',
    goal: { of: 'value', atMost: 400 },
  });
  const manyDetails = quick ? 20_000 : 100_000;
  say(`one entry of ${manyDetails} details`);
  const batch = await inChild('details', manyDetails, false);
  figures.push({
    section: SECTION,
    name: `peak memory, one entry of ${manyDetails} details`,
    value: batch.peakRssMb,
    unit: 'MB',
    goal: { of: 'value', atMost: 400 },
  });
  return figures;
};

if (process.argv[2] === 'measure' && process.send !== undefined) {
  const [, , , shape, count, parse] = process.argv;
  const measured = await measure(shape as Shape, Number(count), parse === 'parse');
  process.send(measured, () => process.disconnect());
}
