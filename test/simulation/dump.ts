import type { Client } from '../../src/main/doors/shared/client.ts';
import type { Vault } from '../../src/main/vault/index.ts';
import { all } from './pages.ts';
import { lineKey, MANUAL_ACCOUNTS } from './plan.ts';
import type { Dump, DumpLine } from './protocol.ts';
import { vaultDumpOf } from './vault-work.ts';

async function lines(client: Client): Promise<DumpLine[]> {
  const matches = await all((page) => client.reconciliation.matches(page));
  return matches.map((match) => ({
    id: match.bankTransactionId,
    key: lineKey(match),
    direction: match.direction,
    amount: match.amount,
    currency: match.currency,
    status: match.status,
    items: match.items,
  }));
}

async function manualEntries(client: Client): Promise<Dump['manual']> {
  const accounts = new Map((await client.ledger.accounts()).map((account) => [account.code, account]));
  const entries = new Map<string, Dump['manual'][number]>();
  for (const code of MANUAL_ACCOUNTS) {
    const account = accounts.get(code);
    if (!account) continue;
    for (const entry of await all((page) => client.ledger.entries({ ...page, accountId: account.id }))) {
      const postings = entry.postings.map((posting) => ({
        code: posting.accountCode,
        amountMinor: posting.amountMinor,
      }));
      entries.set(entry.id, { id: entry.id, postings });
    }
  }
  return [...entries.values()];
}

export interface DumpOptions {
  readonly heads: readonly bigint[];
  readonly verify: boolean;
  /** Counted in the tables: the contract does not speak of them. */
  readonly unfinishedImports: number;
}

/** Reads all that the laws speak of. `heads` are records whose leaves must be what they were. */
export async function dumpOf(
  client: Client,
  vault: Vault,
  { heads, verify, unfinishedImports }: DumpOptions,
): Promise<Dump> {
  const { verified, checks } = verify ? await client.system.verify() : { verified: null, checks: [] };
  const trial = await client.ledger.trialBalance({});
  const items = await all((page) => client.receivables.openItems(page));
  const statements = await all((page) => client.statements.list(page));
  const leaves = new Map<bigint, string>();
  for (const seq of heads) leaves.set(seq, (await client.audit.record({ seq })).record.leaf);
  return {
    verified,
    findings: checks.flatMap((check) => check.findings.map((finding) => `${check.name}: ${finding}`)),
    head: await client.audit.head(),
    leaves,
    unfinishedImports,
    customers: (await all((page) => client.receivables.customers(page))).length,
    items: items.map(({ invoiceNumber, kind, currency, amountMinor, openMinor }) => ({
      number: invoiceNumber,
      kind,
      currency,
      amountMinor,
      openMinor,
    })),
    statements: statements.map((statement) => ({
      fileName: statement.fileName,
      type: statement.type,
      bankAccountId: statement.bankAccountId,
      closingMinor: statement.closingMinor,
      closingDate: statement.closingDate,
      transactions: statement.transactions,
    })),
    bankAccounts: (await client.statements.bankAccounts()).map((account) => ({
      id: account.id,
      currency: account.currency,
      ledgerMinor: account.ledgerMinor,
      bankMinor: account.bankMinor,
      differenceMinor: account.differenceMinor,
    })),
    lines: await lines(client),
    trial: trial.rows.map(({ code, name, currency, balanceMinor }) => ({
      code,
      name,
      currency,
      balanceMinor,
    })),
    vault: await vaultDumpOf(client, vault, verify),
    manual: await manualEntries(client),
  };
}
