/** Proofs of days, read off the books; and one of them as a sealed file. */
import type { Proof, ProofFigures } from '../../contract/breaks.ts';
import { formatAmount } from '../../contract/money.ts';
import { CountersignError, type IsoDate, isIsoDate } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { AccountFacts } from '../statements/index.ts';
import { type BreaksContext, recordOn } from './context.ts';
import { type HandPosting, type ProvenDay, type ProvenLine, proveDay } from './proof.ts';

export interface ProofReading {
  /** Every account on a day. Errors: PROOF_DATE_INVALID. */
  proofs(date: IsoDate): ProofFigures[];
  /** Errors: PROOF_ACCOUNT_UNKNOWN, PROOF_DATE_INVALID. */
  proof(bankAccountId: string, date: IsoDate): Proof;
  /** As `proof`, in a CSV whose account numbers are sealed. Errors: those of `proof`. */
  exportProof(
    input: { readonly bankAccountId: string; readonly date: IsoDate },
    caller: Caller,
  ): Promise<{ fileName: string; csv: string }>;
}

/** Postings by hand on one account are looked for among so many of its movements; the rest is not told apart. */
const MOST_MOVEMENTS = 20_000;
const MOVEMENTS_A_READ = 500;
/** Payments in transit that a proof shows one by one, the greatest; the others are one line. */
const MOST_IN_TRANSIT = 100;

const size = (minor: bigint): bigint => (minor < 0n ? -minor : minor);

/** Lines that people can read: what is in transit beyond the greatest is summed. */
function readable(lines: readonly ProvenLine[], inTransitAccount: string): ProvenLine[] {
  const transit = lines
    .filter(({ kind }) => kind === 'in-transit')
    .sort((a, b) => (size(a.amountMinor) < size(b.amountMinor) ? 1 : -1));
  const rest = transit.slice(MOST_IN_TRANSIT);
  const others = lines.filter(({ kind }) => kind !== 'in-transit');
  const shown = [...others, ...transit.slice(0, MOST_IN_TRANSIT)];
  if (rest.length === 0) return shown;
  return [
    ...shown,
    {
      kind: 'in-transit',
      date: rest
        .map(({ date }) => date)
        .sort()
        .at(-1)!,
      amountMinor: rest.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
      count: rest.length,
      source: { kind: 'account', id: inTransitAccount },
    },
  ];
}

/** Why entries stand on a bank account that statements make themselves. */
const BY_STATEMENTS: ReadonlySet<string> = new Set(['statement', 'bank-transaction']);

export function createProofReading(context: BreaksContext): ProofReading {
  const { statements, ledger, store, audit, prePosts, compliance, today } = context;

  function requireDay(date: IsoDate): void {
    if (isIsoDate(date) && date <= today()) return;
    throw new CountersignError(
      'PROOF_DATE_INVALID',
      'The day of a proof is one that exists and is not in the future.',
      { path: 'date', expected: `a day up to ${today()}`, actual: date },
    );
  }

  /** Entries that neither lines nor breaks made. */
  function byHand({ ledgerAccountId }: AccountFacts, date: IsoDate): HandPosting[] {
    const found: HandPosting[] = [];
    let cursor: string | undefined;
    for (let read = 0; read < MOST_MOVEMENTS; read += MOVEMENTS_A_READ) {
      const page = ledger.accountStatement({
        accountId: ledgerAccountId,
        to: date,
        limit: MOVEMENTS_A_READ,
        cursor,
      });
      for (const { entryId, record, effectiveDate, amountMinor, source } of page.rows) {
        if (source !== null && BY_STATEMENTS.has(source.kind)) continue;
        found.push({ entryId, record, date: effectiveDate, amountMinor });
      }
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    return found;
  }

  /** What people posted is looked for only where something is left over without it. */
  function prove(account: AccountFacts, date: IsoDate): ProvenDay {
    const input = {
      date,
      ledgerMinor: ledger.balanceMinor(account.ledgerAccountId, { asOf: date }),
      account,
      inTransit: [...(prePosts?.openAt(account.id, date) ?? [])],
    };
    const withoutHands = proveDay({ ...input, byHand: [] });
    const day = withoutHands.unexplainedMinor
      ? proveDay({ ...input, byHand: byHand(account, date) })
      : withoutHands;
    const inTransit = ledger.knownRoleAccount('in-transit', account.currency)?.toString() ?? '';
    return { ...day, lines: readable(day.lines, inTransit) };
  }

  function figures(account: AccountFacts, number: string, date: IsoDate, day: ProvenDay): ProofFigures {
    const { bank, lines, ...amounts } = day;
    return {
      bankAccountId: account.id.toString(),
      ledgerAccountId: account.ledgerAccountId.toString(),
      accountNumber: number,
      currency: account.currency,
      date,
      ...amounts,
      bankMinor: bank?.amountMinor ?? null,
      bankDate: bank?.date ?? null,
      bankStatementId: bank?.statementId.toString() ?? null,
      lineCount: lines.length,
    };
  }

  const proofs: ProofReading['proofs'] = (date) => {
    requireDay(date);
    return statements.accountNumbers().map(({ id, number }) => {
      const account = statements.accountFacts(id)!;
      return figures(account, number, date, prove(account, date));
    });
  };

  const proof: ProofReading['proof'] = (bankAccountId, date) => {
    requireDay(date);
    const known = statements.accountNumbers().find(({ id }) => id.toString() === bankAccountId);
    if (known === undefined) {
      throw new CountersignError('PROOF_ACCOUNT_UNKNOWN', 'There is no such bank account.', {
        path: 'bankAccountId',
      });
    }
    const account = statements.accountFacts(known.id)!;
    const day = prove(account, date);
    return {
      ...figures(account, known.number, date, day),
      knownAt: audit.lastSeq(),
      lines: day.lines.map(({ kind, date: lineDate, amountMinor, count, source, statementBreakId }) => ({
        ...{ kind, date: lineDate, amountMinor, count, source },
        breakId:
          statementBreakId === undefined
            ? null
            : (store.breakOfCause(kind as 'gap', statementBreakId.toString())?.toString() ?? null),
      })),
    };
  };

  async function exportProof(
    { bankAccountId, date }: { bankAccountId: string; date: IsoDate },
    caller: Caller,
  ): Promise<{ fileName: string; csv: string }> {
    const proven = proof(bankAccountId, date);
    const fileName = `proof-${bankAccountId}-${date}.csv`;
    const { transferId } = compliance.begin({ kind: 'seal-columns', fileName, columns: ['account'] }, caller);
    const first = await compliance.write(transferId, 0, Buffer.from(csvOf(proven), 'utf8'));
    const { bytes } = await compliance.finish(transferId);
    context.vault.transaction(() =>
      recordOn(context, 'breaks.export-proof', caller, [], { account: bankAccountId, date }),
    );
    return { fileName, csv: Buffer.concat([first.bytes, bytes]).toString('utf8') };
  }

  return { proofs, proof, exportProof };
}

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A proof as rows: the figures first, then each line, then what is left over. */
export function csvOf(proof: Proof): string {
  const { accountNumber, currency, date, bankStatementId } = proof;
  const amount = (minor: bigint | null) => (minor === null ? '' : formatAmount(minor, currency));
  const statement = { kind: 'statement', id: bankStatementId ?? '' };
  const ledger = { kind: 'account', id: proof.ledgerAccountId };
  const rows: [string, IsoDate, bigint | null, { kind: string; id: string } | null][] = [
    ['ledger', date, proof.ledgerMinor, ledger],
    ['breaks', date, -proof.breaksMinor, ledger],
    ['in-transit', date, proof.inTransitMinor, null],
    ['books', date, proof.booksMinor, null],
    ['bank', proof.bankDate ?? date, proof.bankMinor, bankStatementId === null ? null : statement],
    ['gap', date, proof.gapMinor, null],
    ...proof.lines.map((line): (typeof rows)[number] => [
      `line: ${line.kind}`,
      line.date,
      line.amountMinor,
      line.source,
    ]),
    ['unexplained', date, proof.unexplainedMinor, null],
  ];
  const head = ['account', 'currency', 'day', 'row', 'date', 'amount', 'source', 'id'];
  const body = rows.map(([row, rowDate, minor, source]) => [
    ...[accountNumber, currency, date, row, rowDate, amount(minor), source?.kind ?? '', source?.id ?? ''],
  ]);
  return `${[head, ...body].map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;
}
