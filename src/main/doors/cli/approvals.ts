import type { ApprovalDetail, ApprovalLine } from '../../../contract/approvals.ts';
import { formatAmount } from '../../../contract/money.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { table } from './output.ts';
import { checkPacketOperands, packetCommand } from './packets.ts';

const PAGE_ROWS = 500;
const WORDS =
  'approvals is followed by list, show ID, approve ID, veto ID (with --reason WHY), packet … or card ….';

/** What follows `approvals`. Throws `UsageError`. */
export function checkApprovalsOperands(args: Pick<Arguments, 'operands' | 'reason' | 'out' | 'trust'>): void {
  const { operands, reason, out, trust } = args;
  const [verb = '', ...rest] = operands;
  if (verb === 'packet' || verb === 'card') {
    checkPacketOperands(args);
    return;
  }
  if (out !== undefined || trust !== undefined) throw new UsageError(WORDS);
  const needs: Readonly<Record<string, number>> = { list: 0, show: 1, approve: 1, veto: 1 };
  if (!Object.hasOwn(needs, verb) || rest.length !== needs[verb]) throw new UsageError(WORDS);
  if (reason !== undefined && verb !== 'approve' && verb !== 'veto') throw new UsageError(WORDS);
}

/** `countersign approvals …`: what waits for a second person, and the answer of whoever signs in. */
export async function approvalsCommand(
  client: Client,
  args: Arguments,
  signal: AbortSignal,
): Promise<Answer> {
  const { operands, reason } = args;
  const [verb, requestId = ''] = operands;
  if (verb === 'packet' || verb === 'card') return packetCommand(client, args);
  if (verb === 'list') return listOpen(client, signal);
  const shown = await client.approvals.get({ requestId });
  if (verb === 'show') return { json: shown, text: detailText(shown), exitCode: EXIT.done };
  const decision = verb === 'approve' ? 'approve' : 'veto';
  const { commandHash } = shown;
  const why = reason === undefined ? {} : { reason };
  const answered = await client.approvals.vote({ requestId, commandHash, decision, ...why });
  const isRefused = answered.state === 'failed' || answered.state === 'void';
  return { json: answered, text: detailText(answered), exitCode: isRefused ? EXIT.rule : EXIT.done };
}

async function listOpen(client: Client, signal: AbortSignal): Promise<Answer> {
  const requests: ApprovalLine[] = [];
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page: { rows: ApprovalLine[]; nextCursor: string | null } = await client.approvals.list({
      box: 'open',
      limit: PAGE_ROWS,
      ...(cursor === null ? {} : { cursor }),
    });
    requests.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { json: { requests }, text: listText(requests), exitCode: EXIT.done };
}

const time = (atMs: number) => new Date(atMs).toISOString();

const amountsText = ({ amounts }: Pick<ApprovalLine, 'amounts'>): string =>
  amounts.map(({ amountMinor, currency }) => `${formatAmount(amountMinor, currency)} ${currency}`).join(', ');

function listText(requests: readonly ApprovalLine[]): string {
  if (requests.length === 0) return 'Nothing waits for a second person.';
  return table<ApprovalLine>(
    [
      { title: 'id', text: (line) => line.id },
      { title: 'state', text: (line) => line.state },
      { title: 'what', text: (line) => line.title },
      { title: 'amount', align: 'right', text: amountsText },
      { title: 'asked by', text: (line) => line.makerName },
      { title: 'agreed', align: 'right', text: (line) => `${line.agreed}/${line.quorum}` },
      { title: 'answer by', text: (line) => time(line.expiresAtMs) },
      { title: 'yours', text: (line) => line.mine },
    ],
    requests,
  );
}

/** One request: what it would do, the exact text that is signed, and who has answered. */
function detailText(shown: ApprovalDetail): string {
  const { rendered, failure } = shown;
  return [
    `${rendered.title} [${shown.state}]`,
    `asked by ${shown.makerName} under “${shown.policyTitle}” (version ${shown.policyVersion}), answer by ${time(shown.expiresAtMs)}`,
    ...rendered.lines.map(({ label, before, after }) =>
      before === null ? `  ${label}: ${after ?? ''}` : `  ${label}: ${before} → ${after ?? ''}`,
    ),
    ...(rendered.obstacle === null ? [] : [`  It would be refused now: ${rendered.obstacle}`]),
    `  command: ${shown.raw}`,
    `  SHA-256: ${shown.commandHash}`,
    ...shown.votes.map(
      ({ operatorName, decision, reason, counts }) =>
        `  ${decision}: ${operatorName}${reason === null ? '' : `, ${reason}`}${counts ? '' : ' (does not count)'}`,
    ),
    ...(failure === null ? [] : [`  ${failure.code}: ${failure.message}`]),
    `  ${shown.agreed} of ${shown.quorum} agree`,
  ].join('\n');
}
