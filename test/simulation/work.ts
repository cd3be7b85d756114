import { ORPCError } from '@orpc/client';
import { formatAmount } from '../../src/contract/money.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { lineKey, MANUAL_ACCOUNTS, type Operation, type PlannedEntry } from './plan.ts';
import type { Decision, OperationValue, Outcome } from './protocol.ts';
import { isVaultOperation } from './vault-plan.ts';
import { performOnVault } from './vault-work.ts';

const CHUNK_BYTES = 16 * 1024;

/** The accounts of the manual entries, by code; made where a vault has none yet. */
export async function ensureManualAccounts(client: Client): Promise<ReadonlyMap<string, string>> {
  const known = new Map((await client.ledger.accounts()).map((account) => [account.code, account.id]));
  for (const code of MANUAL_ACCOUNTS) {
    if (known.has(code)) continue;
    const account = await client.ledger.createAccount({
      code,
      name: `Simulation ${code}`,
      kind: 'equity',
      currency: 'EUR',
    });
    known.set(code, account.id);
  }
  return new Map(MANUAL_ACCOUNTS.map((code) => [code, known.get(code)!]));
}

/** Streams bytes into the engine; `stopAt` cancels the import after so many of them. */
async function importBytes(
  client: Client,
  fileName: string,
  bytes: Buffer,
  stopAt?: number,
): Promise<OperationValue> {
  const { uploadId } = await client.intake.begin({ fileName, sizeBytes: bytes.length });
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
    if (stopAt !== undefined && offset >= stopAt) break;
    await client.intake.write({
      uploadId,
      offset,
      bytes: new Blob([bytes.subarray(offset, offset + CHUNK_BYTES)]),
    });
  }
  if (stopAt !== undefined) {
    await client.intake.cancel({ uploadId });
    return { kind: 'cancelled' };
  }
  const { outcome, code } = await client.intake.finish({ uploadId });
  return { kind: 'import', outcome, ...(code === undefined ? {} : { code }) };
}

async function post(
  client: Client,
  accounts: ReadonlyMap<string, string>,
  entries: readonly PlannedEntry[],
): Promise<OperationValue> {
  const posted = await client.ledger.post({
    entries: entries.map((entry) => ({
      id: entry.id,
      effectiveDate: entry.date,
      reason: 'adjustment',
      postings: [
        { accountId: accounts.get(entry.fromCode)!, amountMinor: -entry.amountMinor, currency: 'EUR' },
        { accountId: accounts.get(entry.toCode)!, amountMinor: entry.amountMinor, currency: 'EUR' },
      ],
    })),
  });
  return { kind: 'post', repeated: posted.entries.map((entry) => entry.repeated) };
}

interface Allocated {
  readonly invoiceNumber: string;
  readonly allocatedMinor: bigint;
  readonly currency: string;
}

function itemsOf(allocations: readonly Allocated[]): Decision['items'] {
  return allocations.map(({ invoiceNumber, allocatedMinor, currency }) => ({
    invoiceNumber,
    allocated: formatAmount(allocatedMinor, currency),
  }));
}

type Announce = (decision: Decision) => void;

interface QueueRow {
  readonly id: string;
  readonly direction: 'credit' | 'debit';
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly accountServicerReference: string | null;
  readonly endToEndId: string | null;
}

function keyOf(row: QueueRow): string {
  return lineKey({ ...row, amount: formatAmount(row.amountMinor, row.currency) });
}

async function rowsOf(
  client: Client,
  status: 'suggested' | 'unmatched' | 'auto' | 'confirmed',
): Promise<QueueRow[]> {
  return (await client.reconciliation.queue({ status, limit: 200 })).rows;
}

const at = <T>(rows: readonly T[], pick: number): T | undefined => rows[pick % Math.max(1, rows.length)];

/** Confirms the first suggestion of a transaction, as a person does who agrees with it. */
async function confirmSuggestion(client: Client, row: QueueRow, announce: Announce): Promise<OperationValue> {
  const { suggestions } = await client.reconciliation.item({ bankTransactionId: row.id });
  const first = suggestions[0];
  if (!first) return { kind: 'nothing' };
  const items = itemsOf(first.allocations);
  announce({ what: 'confirm', transactionId: row.id, line: keyOf(row), items });
  const { status } = await client.reconciliation.confirm({
    bankTransactionId: row.id,
    suggestionId: first.id,
  });
  return { kind: 'decided', status };
}

/** Allocates unmatched money by hand to an open item that has nothing to do with it. */
async function allocateByHand(client: Client, pick: number, announce: Announce): Promise<OperationValue> {
  const credits = (await rowsOf(client, 'unmatched')).filter((row) => row.direction === 'credit');
  const row = at(credits, pick);
  if (!row) return { kind: 'nothing' };
  const open = (await client.receivables.openItems({ state: 'open', limit: 200 })).rows;
  const item = at(
    open.filter((each) => each.kind === 'invoice' && each.currency === row.currency),
    pick,
  );
  if (!item) return { kind: 'nothing' };
  let allocatedMinor = row.amountMinor;
  if (item.openMinor < allocatedMinor) allocatedMinor = item.openMinor;
  const allocated = formatAmount(allocatedMinor, row.currency);
  announce({
    what: 'confirm',
    transactionId: row.id,
    line: keyOf(row),
    items: [{ invoiceNumber: item.invoiceNumber, allocated }],
  });
  const { status } = await client.reconciliation.confirm({
    bankTransactionId: row.id,
    allocations: [{ openItemId: item.id, allocatedMinor }],
    note: 'by hand',
  });
  return { kind: 'decided', status };
}

async function decide(
  client: Client,
  { what, pick }: { what: Decision['what']; pick: number },
  announce: Announce,
): Promise<OperationValue> {
  if (what === 'undo') {
    const row = at(await rowsOf(client, pick % 2 === 0 ? 'auto' : 'confirmed'), pick);
    if (!row) return { kind: 'nothing' };
    const { match } = await client.reconciliation.item({ bankTransactionId: row.id });
    announce({ what, transactionId: row.id, line: keyOf(row), items: itemsOf(match?.allocations ?? []) });
    const { status } = await client.reconciliation.undo({ bankTransactionId: row.id });
    return { kind: 'decided', status };
  }
  const row = at(await rowsOf(client, 'suggested'), pick);
  if (!row || (what === 'confirm' && pick % 4 === 0)) {
    return what === 'confirm' ? allocateByHand(client, pick, announce) : { kind: 'nothing' };
  }
  if (what === 'confirm') return confirmSuggestion(client, row, announce);
  const { suggestions } = await client.reconciliation.item({ bankTransactionId: row.id });
  announce({
    what,
    transactionId: row.id,
    line: keyOf(row),
    items: itemsOf(suggestions[0]?.allocations ?? []),
  });
  const { status } = await client.reconciliation.reject({ bankTransactionId: row.id });
  return { kind: 'decided', status };
}

export interface WorkContext {
  readonly client: Client;
  readonly accounts: ReadonlyMap<string, string>;
  /** Content of the file that an import names. */
  readonly bytes: Buffer;
  readonly announce: Announce;
  /** Folder of the vault. */
  readonly directory: string;
}

function run(
  operation: Operation,
  { client, accounts, bytes, announce, directory }: WorkContext,
): Promise<OperationValue> {
  if (isVaultOperation(operation)) return performOnVault(operation, client, directory);
  switch (operation.kind) {
    case 'import':
      return importBytes(client, operation.file, bytes);
    case 'import-damaged': {
      const keep = Math.floor((bytes.length * operation.keepPerMille) / 1000);
      return importBytes(client, operation.file, bytes.subarray(0, keep));
    }
    case 'import-cancelled':
      return importBytes(
        client,
        operation.file,
        bytes,
        Math.floor((bytes.length * operation.keepPerMille) / 1000),
      );
    case 'match':
      return client.reconciliation.run().then(() => ({ kind: 'match' as const }));
    case 'post':
      return post(client, accounts, operation.entries);
    case 'decide':
      return decide(client, operation, announce);
  }
}

/** Runs one operation; what the contract refuses is an outcome, anything else is thrown. */
export async function perform(operation: Operation, context: WorkContext): Promise<Outcome> {
  try {
    return { ok: true, value: await run(operation, context) };
  } catch (error) {
    if (error instanceof ORPCError && error.code !== 'INTERNAL') {
      return { ok: false, code: error.code, message: error.message };
    }
    throw error;
  }
}
