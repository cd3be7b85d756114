import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { ORPCError } from '@orpc/client';
import type { ApprovalDetail, ApprovalRequired } from '../../../contract/approvals.ts';
import { verifyReceiptFile } from '../../engine/index.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { signInDemo } from './demo-people.ts';
import { EXIT } from './exit-codes.ts';
import { writeNewFile } from './seal-file.ts';

/** Two accounts of the demo that nothing else uses, so that the books go on to agree with the banks. */
const ACCOUNTS = [
  { code: 'demo.fees', name: 'Bank fees, accrued by hand', kind: 'expense' },
  { code: 'demo.accrued', name: 'Accrued fees', kind: 'liability' },
] as const;
const AMOUNT_MINOR = 12_500n;

/**
 * `countersign demo four-eyes`: one person asks for an adjustment, another countersigns it, it runs,
 * and the receipt of its execution is written beside the keys by which a stranger checks it.
 */
export async function fourEyesCommand(client: Client, args: Arguments, signal: AbortSignal): Promise<Answer> {
  const maker = await signInDemo(client, 'treasury-analyst', signal);
  const requestId = await askForAdjustment(client);
  const checker = await signInDemo(client, 'treasury-approver', signal);
  const { commandHash } = await client.approvals.get({ requestId });
  const reason = 'seen in the demo';
  const done = await client.approvals.vote({ requestId, commandHash, decision: 'approve', reason });
  const files = await writeReceipt(client, done, args.out);
  await client.session.signOut();
  const executed = done.state === 'executed';
  return {
    json: { requestId, executed, ...files },
    text: [
      `${maker.name} asked for an adjustment, ${checker.name} countersigned it: ${done.state}.`,
      `receipt: ${files.receipt} (${files.verdict})`,
      `keys of the log: ${files.trust}`,
    ].join('\n'),
    exitCode: executed && files.verdict === 'verified' ? EXIT.done : EXIT.notVerified,
  };
}

/** Asks for an adjusting entry and answers where it waits. */
async function askForAdjustment(client: Client): Promise<string> {
  const [debit, credit] = await accounts(client);
  const entry = {
    id: randomUUID(),
    effectiveDate: new Date().toISOString().slice(0, 10),
    memo: 'Fees of the month, accrued by hand',
    postings: [
      { accountId: debit, amountMinor: AMOUNT_MINOR, currency: 'EUR' },
      { accountId: credit, amountMinor: -AMOUNT_MINOR, currency: 'EUR' },
    ],
  };
  try {
    await client.ledger.post({ entries: [entry] });
  } catch (error) {
    if (!(error instanceof ORPCError) || error.code !== 'APPROVAL_REQUIRED') throw error;
    return (error.data as ApprovalRequired).requestId;
  }
  throw new Error('an adjustment was posted by one person');
}

async function accounts(client: Client): Promise<[string, string]> {
  const known = await client.ledger.accounts();
  const ids: string[] = [];
  for (const { code, name, kind } of ACCOUNTS) {
    const account = known.find((one) => one.code === code);
    ids.push((account ?? (await client.ledger.createAccount({ code, name, kind, currency: 'EUR' }))).id);
  }
  return ids as [string, string];
}

/** The receipt of the execution and the keys that sign the log, as two new files. */
async function writeReceipt(client: Client, { id, executedRecord }: ApprovalDetail, out: string | undefined) {
  const base = out ?? `four-eyes-${id}`;
  const receiptPath = resolve(`${base.replace(/(\.receipt)?\.json$/, '')}.receipt.json`);
  const trustPath = resolve(`${base.replace(/(\.receipt)?\.json$/, '')}.trust.json`);
  if (executedRecord === null) return { receipt: null, trust: null, verdict: 'not-verified' };
  const { text } = await client.audit.receipt({ seq: executedRecord });
  const trust = await client.audit.trust();
  await writeNewFile(receiptPath, text);
  await writeNewFile(trustPath, trust.text);
  const { verdict } = verifyReceiptFile(text, trust.text);
  return { receipt: receiptPath, trust: trustPath, verdict };
}
