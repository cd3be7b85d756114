/** A desk on a real encrypted vault: the rooms that reconciliation stands on, and files to take in. */
import type { RaiseIncident } from '../../src/main/base/index.ts';
import { createWriteOffReader } from '../../src/main/breaks/index.ts';
import {
  createInstant,
  createPaymentBook,
  createSingleMessages,
  type Instant,
} from '../../src/main/instant/index.ts';
import { createImportFiles, createIntake, type Intake } from '../../src/main/intake/index.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { createLedger, type Ledger } from '../../src/main/ledger/index.ts';
import { createReceivables, type Receivables } from '../../src/main/receivables/index.ts';
import {
  createMatchStatusReader,
  createReconciliation,
  type Reconciliation,
  type ReconciliationOptions,
} from '../../src/main/reconciliation/index.ts';
import { createDryRun, createRules, type DryRun, type Rules } from '../../src/main/rules/index.ts';
import { createStatements, type Statements } from '../../src/main/statements/index.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

export interface Desk {
  readonly test: TestVault;
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly receivables: Receivables;
  readonly reconciliation: Reconciliation;
  readonly rules: Rules;
  readonly dryRun: DryRun;
  readonly intake: Intake;
  readonly instant: Instant;
  /** Takes a file in; throws where it is refused. */
  import(fileName: string, content: string | Uint8Array): Promise<void>;
  /**
   * Takes in the next statement of the account of `camt053()`: it opens with what the last one closed with.
   * Answers the balance after it, in minor units.
   */
  book(lines: readonly LineOptions[], date?: string): Promise<bigint>;
  close(): void;
}

export const analyst = { actor: 'analyst', traceId: 'test' };

export interface DeskOptions extends Partial<Pick<ReconciliationOptions, 'scorer' | 'policy' | 'metrics'>> {
  /** Who hears of incidents. */
  readonly raise?: RaiseIncident;
  /** `worker` as the console has it, for measuring; `commit` starts no thread. */
  readonly checkpoints?: 'worker' | 'commit';
}

/** Opens a desk in a new vault. The clock stands still on 2026-11-20. */
export async function openDesk({ checkpoints = 'commit', ...options }: DeskOptions = {}): Promise<Desk> {
  const runtime = fixedClockRuntime(Date.parse('2026-11-20T12:00:00Z'));
  return assembleDesk(await openTestVault({ runtime, checkpoints }), options);
}

/** The rooms of a desk on a vault that is open. */
export function assembleDesk(test: TestVault, { raise, ...options }: DeskOptions = {}): Desk {
  const { runtime } = test;
  const { vault, sealing, audit } = test;
  const ledger = createLedger({ vault, audit, runtime });
  const statements = createStatements({
    vault,
    sealing,
    ledger,
    runtime,
    files: createImportFiles({ vault, sealing }),
    singleMessage: createSingleMessages({ vault, sealing }),
    matchStatus: createMatchStatusReader(vault.db),
  });
  const receivables = createReceivables({ vault, sealing, ledger, runtime });
  const isWrittenOff = createWriteOffReader(vault.db);
  const book = createPaymentBook({ vault, sealing, statements });
  const rules = createRules({ vault, sealing, audit, runtime, ledger, statements, receivables });
  const reconciliation = createReconciliation({
    vault,
    sealing,
    audit,
    ledger,
    statements,
    receivables,
    runtime,
    payments: book,
    isWrittenOff,
    rules: rules.desk,
    ...options,
  });
  const instant = createInstant({
    ...{ vault, sealing, ledger, statements, reconciliation, book, runtime, isWrittenOff },
    ...(raise === undefined ? {} : { raise }),
  });
  const feed = createFeed();
  const jobs = createJobs({ runtime, feed });
  const intake = createIntake({
    ...{ vault, sealing, audit, runtime, statements, receivables, jobs, feed },
    onImported: () => instant.follow(),
  });
  const take = async (fileName: string, content: string | Uint8Array) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const result = await intake.importStream({ fileName, source: oneChunk(bytes) }, analyst);
    if (result.outcome === 'refused') throw new Error(`${fileName}: ${result.code} ${result.message}`);
  };
  let openingMinor = 0n;
  let taken = 0;
  return {
    test,
    ledger,
    statements,
    receivables,
    reconciliation,
    rules,
    dryRun: createDryRun({ rules, reconciliation, jobs, runtime, lastBooked: () => null }),
    intake,
    instant,
    import: take,
    async book(lines, date = '2026-11-02') {
      taken += 1;
      const { xml, closingMinor } = camt053({ id: `S${taken}`, date, openingMinor, lines });
      openingMinor = closingMinor;
      await take(`s${taken}.xml`, xml);
      return openingMinor;
    },
    close: () => test.close(),
  };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export interface LineOptions {
  readonly amount: string;
  readonly date?: string;
  readonly direction?: 'credit' | 'debit';
  readonly name?: string;
  readonly iban?: string;
  readonly text?: string;
  readonly reference?: string;
  readonly endToEndId?: string;
  readonly ultimateDebtor?: string;
  readonly reversal?: boolean;
  readonly uetr?: string;
  /** The bank's own reference; one of its own for each line where nothing is said. */
  readonly servicerReference?: string;
  /** ISO code: why an earlier payment is taken back. */
  readonly returnReason?: string;
  /** Of money that was converted: `AmtDtls` and `Chrgs` as the bank writes them. */
  readonly details?: string;
}

const cents = (amount: string): bigint => BigInt(amount.replace('.', ''));
const decimal = (minor: bigint): string => {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** A camt.053 statement in euro whose balances add up. `opening` is the balance before its lines, in minor units. */
export function camt053(options: {
  readonly id: string;
  readonly date: string;
  readonly openingMinor: bigint;
  readonly lines: readonly LineOptions[];
  readonly iban?: string;
}): { xml: string; closingMinor: bigint } {
  let closingMinor = options.openingMinor;
  const entries = options.lines.map((line, at) => {
    const credit = line.direction !== 'debit';
    closingMinor += credit ? cents(line.amount) : -cents(line.amount);
    return entryXml(line, options, at, credit);
  });
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>${options.id}</MsgId><CreDtTm>${options.date}T18:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>${options.id}</Id><CreDtTm>${options.date}T18:00:00Z</CreDtTm>
<Acct><Id><IBAN>${options.iban ?? 'DE02120300000000202051'}</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balanceXml('OPBD', options.openingMinor, options.date)}${balanceXml('CLBD', closingMinor, options.date)}
${entries.join('\n')}
</Stmt></BkToCstmrStmt></Document>`;
  return { xml, closingMinor };
}

function balanceXml(code: string, minor: bigint, date: string): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${decimal(minor)}</Amt><CdtDbtInd>${minor < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>${date}</Dt></Dt></Bal>`;
}

function entryXml(
  line: LineOptions,
  { id, date }: { id: string; date: string },
  at: number,
  credit: boolean,
): string {
  const party = credit ? 'Dbtr' : 'Cdtr';
  const related =
    line.name === undefined && line.iban === undefined
      ? ''
      : `<RltdPties>${line.name === undefined ? '' : `<${party}><Pty><Nm>${line.name}</Nm></Pty></${party}>`}${
          line.iban === undefined ? '' : `<${party}Acct><Id><IBAN>${line.iban}</IBAN></Id></${party}Acct>`
        }${line.ultimateDebtor === undefined ? '' : `<UltmtDbtr><Pty><Nm>${line.ultimateDebtor}</Nm></Pty></UltmtDbtr>`}</RltdPties>`;
  const structured =
    line.reference === undefined
      ? ''
      : `<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>${line.reference}</Ref></CdtrRefInf></Strd>`;
  const text = line.text === undefined ? '' : `<Ustrd>${line.text}</Ustrd>`;
  const endToEnd = line.endToEndId ?? 'NOTPROVIDED';
  return `<Ntry><Amt Ccy="EUR">${line.amount}</Amt><CdtDbtInd>${credit ? 'CRDT' : 'DBIT'}</CdtDbtInd>${
    line.reversal ? '<RvslInd>true</RvslInd>' : ''
  }<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${line.date ?? date}</Dt></BookgDt><ValDt><Dt>${line.date ?? date}</Dt></ValDt><AcctSvcrRef>${line.servicerReference ?? `${id}-${at}`}</AcctSvcrRef><BkTxCd><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>${endToEnd}</EndToEndId>${line.uetr === undefined ? '' : `<UETR>${line.uetr}</UETR>`}</Refs><Amt Ccy="EUR">${line.amount}</Amt>${line.details ?? ''}${related}<RmtInf>${text}${structured}</RmtInf>${line.returnReason === undefined ? '' : `<RtrInf><Rsn><Cd>${line.returnReason}</Cd></Rsn></RtrInf>`}</TxDtls></NtryDtls></Ntry>`;
}

export const CUSTOMERS = `customer_id,name,country,ibans,aliases
C1,Muster Handels GmbH,DE,DE89370400440532013000,Muster
C2,Nordlicht Logistik AG,DE,DE75512108001245126199,
C3,Castellan S.A.,FR,FR1420041010050500013M02606,
C4,Nordlicht Handel AG,DE,DE12500105170648489890,
`;

export const INVOICE_HEADER =
  'invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until\n';

export const INVOICES = `${INVOICE_HEADER}INV-2026-1001,C1,invoice,2026-10-01,2026-10-31,EUR,1190.17,RF18539007547034,,
INV-2026-1002,C1,invoice,2026-10-03,2026-11-02,EUR,2380.35,,2,2026-11-10
INV-2026-1003,C1,invoice,2026-10-05,2026-11-04,EUR,755.80,,,
INV-2026-1004,C2,invoice,2026-10-05,2026-11-04,EUR,980.00,,,
INV-2026-1005,C2,invoice,2026-10-07,2026-11-06,EUR,4120.55,,,
INV-2026-1006,C3,invoice,2026-10-08,2026-11-07,EUR,310.20,,,
CN-2026-0001,C1,credit_note,2026-10-09,2026-10-09,EUR,100.00,,,
INV-2026-1007,C4,invoice,2026-10-08,2026-11-07,EUR,980.00,,,
`;
