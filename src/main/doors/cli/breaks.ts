import type { BreakRow, Proof, ProofFigures } from '../../../contract/breaks.ts';
import { formatAmount } from '../../../contract/money.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { printable, table } from './output.ts';

const PAGE_ROWS = 500;
const PROOF_WORDS = 'proof --date DAY [--account ID|NUMBER]';

/** Throws `UsageError` where the words make no sense; nothing is opened then. */
export function checkBreaksOperands({ command, operands, date }: Arguments): void {
  if (command === 'breaks') {
    if (operands.length > 1 || (operands[0] ?? 'list') !== 'list') {
      throw new UsageError('breaks is followed by list.');
    }
    return;
  }
  if (operands.length > 0 || date === undefined) throw new UsageError(PROOF_WORDS);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new UsageError('--date takes a day, as 2026-03-08.');
}

const codeOf = (error: unknown) => (error as { readonly code?: unknown }).code;

/** `breaks list`: what stands, the oldest first, after a look at what has changed. */
export async function breaksCommand(client: Client, _args: Arguments, signal: AbortSignal): Promise<Answer> {
  // Whoever may only look sees what the last look found.
  await client.breaks.sweep().catch((error: unknown) => {
    if (codeOf(error) !== 'NOT_PERMITTED') throw error;
  });
  const breaks: BreakRow[] = [];
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page: { rows: BreakRow[]; nextCursor: string | null } = await client.breaks.list({
      limit: PAGE_ROWS,
      status: 'standing',
      ...(cursor === null ? {} : { cursor }),
    });
    breaks.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  const summary = await client.breaks.summary();
  return { json: { counts: summary.counts, breaks }, text: breaksText(breaks), exitCode: EXIT.done };
}

function breaksText(breaks: readonly BreakRow[]): string {
  if (breaks.length === 0) return 'No breaks.';
  return table<BreakRow>(
    [
      { title: 'id', align: 'right', text: (row) => row.id },
      { title: 'kind', text: (row) => row.kind },
      { title: 'amount', align: 'right', text: (row) => formatAmount(row.amountMinor, row.currency) },
      { title: 'cur', text: (row) => row.currency },
      { title: 'since', text: (row) => row.sinceDate },
      { title: 'days', align: 'right', text: (row) => String(row.ageDays) },
      { title: 'status', text: (row) => row.status },
      { title: 'reason', text: (row) => row.reason ?? '' },
      { title: 'owner', text: (row) => row.ownerName ?? row.owner ?? '' },
      { title: 'account', text: (row) => row.accountNumber ?? '' },
    ],
    breaks,
  );
}

const compact = (text: string) => text.replace(/\s/g, '').toUpperCase();

/** The account that was meant: by its id, or by its number. Throws `UsageError` where there is none. */
function accountMeant(proofs: readonly ProofFigures[], meant: string): ProofFigures {
  const found = proofs.find(({ bankAccountId, accountNumber }) => {
    return bankAccountId === meant || compact(accountNumber) === compact(meant);
  });
  if (found) return found;
  throw new UsageError('There is no bank account under that id or number; proof --date DAY lists them.');
}

/** `proof`: the ledger against the bank on a day, of every account, or of one with the lines between. */
export async function proofCommand(client: Client, { date = '', account }: Arguments): Promise<Answer> {
  const proofs = await client.breaks.proofs({ date });
  if (account === undefined) {
    const isProven = proofs.every(({ unexplainedMinor }) => (unexplainedMinor ?? 0n) === 0n);
    return {
      json: { date, proven: isProven, accounts: proofs },
      text: proofsText(proofs),
      exitCode: isProven ? EXIT.done : EXIT.notVerified,
    };
  }
  const { bankAccountId } = accountMeant(proofs, account);
  const proof = await client.breaks.proof({ bankAccountId, date });
  const isProven = (proof.unexplainedMinor ?? 0n) === 0n;
  return {
    json: { proven: isProven, ...proof },
    text: proofText(proof),
    exitCode: isProven ? EXIT.done : EXIT.notVerified,
  };
}

const amount = (minor: bigint | null, currency: string) =>
  minor === null ? '' : formatAmount(minor, currency);

function proofsText(proofs: readonly ProofFigures[]): string {
  if (proofs.length === 0) return 'No bank accounts yet. Import a statement: countersign import FILE';
  return table<ProofFigures>(
    [
      { title: 'id', align: 'right', text: (row) => row.bankAccountId },
      { title: 'account', text: (row) => row.accountNumber },
      { title: 'cur', text: (row) => row.currency },
      { title: 'ledger', align: 'right', text: (row) => amount(row.ledgerMinor, row.currency) },
      { title: 'bank', align: 'right', text: (row) => amount(row.bankMinor, row.currency) },
      { title: 'stated', text: (row) => row.bankDate ?? '' },
      { title: 'gap', align: 'right', text: (row) => amount(row.gapMinor, row.currency) },
      { title: 'explained', align: 'right', text: (row) => amount(row.explainedMinor, row.currency) },
      { title: 'left', align: 'right', text: (row) => amount(row.unexplainedMinor, row.currency) },
    ],
    proofs,
  );
}

function proofText(proof: Proof): string {
  const { currency } = proof;
  const steps: readonly (readonly [string, bigint | null])[] = [
    ['ledger', proof.ledgerMinor],
    ['less breaks', -proof.breaksMinor],
    ['plus in transit', proof.inTransitMinor],
    ['books', proof.booksMinor],
    [`bank, ${proof.bankDate ?? 'no balance yet'}`, proof.bankMinor],
    ['gap', proof.gapMinor],
    ...proof.lines.map(
      (line) =>
        [`  ${line.kind} ${line.date} ${line.source.kind} ${line.source.id}`, line.amountMinor] as const,
    ),
    ['left unexplained', proof.unexplainedMinor],
  ];
  const rows = table(
    [
      { title: '', text: ([label]) => label },
      { title: currency, align: 'right', text: ([, minor]) => amount(minor, currency) },
    ],
    steps,
  );
  return `${printable(`${proof.accountNumber} on ${proof.date}`)}\n${rows}`;
}
