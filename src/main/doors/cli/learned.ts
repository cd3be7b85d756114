import { formatAmount } from '../../../contract/money.ts';
import type { LearnedRow } from '../../../contract/reconciliation.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { table } from './output.ts';

const PAGE_ROWS = 500;

/** Throws `UsageError` where the words make no sense; nothing is opened then. */
export function checkLearnedOperands([verb, ...rest]: readonly string[]): void {
  const isList = verb === 'list' && rest.length <= 1;
  const isForget = verb === 'forget' && rest.length === 1;
  if (!isList && !isForget) throw new UsageError('learned is followed by list [CUSTOMER], or by forget ID.');
}

/** `learned`: what the engine learned of people's decisions, or one thing forgotten. */
export async function learnedCommand(client: Client, args: Arguments, signal: AbortSignal): Promise<Answer> {
  const [verb, meant] = args.operands;
  if (verb === 'forget') {
    const id = meant ?? '';
    const { decisions } = await client.reconciliation.forget({ id });
    const text = decisions === 1 ? 'One decision teaches' : `${decisions} decisions teach`;
    return { json: { id, decisions }, text: `${text} it no more.`, exitCode: EXIT.done };
  }
  const learned: LearnedRow[] = [];
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page: { rows: LearnedRow[]; nextCursor: string | null } = await client.reconciliation.learned({
      limit: PAGE_ROWS,
      ...(meant === undefined ? {} : { customerId: meant }),
      ...(cursor === null ? {} : { cursor }),
    });
    learned.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { json: { learned }, text: learnedText(learned), exitCode: EXIT.done };
}

function learnedValue({ name, account, charges, lateDays }: LearnedRow): string {
  if (charges) return `${formatAmount(charges.amountMinor, charges.currency)} ${charges.currency} less`;
  return name ?? account ?? `up to ${lateDays ?? 0} days late`;
}

function learnedText(rows: readonly LearnedRow[]): string {
  if (rows.length === 0) return 'Nothing was learned yet.';
  return table<LearnedRow>(
    [
      { title: 'id', text: (row) => row.id },
      { title: 'customer', text: (row) => row.customerId },
      { title: 'what', text: (row) => row.what },
      { title: 'learned', text: learnedValue },
      { title: 'decisions', align: 'right', text: (row) => `${row.decisions}/${row.enough}` },
      { title: 'shared', text: (row) => (row.shared ? 'yes' : '') },
      { title: 'matches', align: 'right', text: (row) => `${row.uses}` },
      {
        title: 'from',
        text: ({ learnedFrom: [latest] }) =>
          latest === undefined
            ? ''
            : `${latest.bankTransactionId} by ${latest.actor} ${new Date(latest.atMs).toISOString().slice(0, 10)}`,
      },
    ],
    rows,
  );
}
