/** A ledger of its own in the temp folder, and the entries that are posted to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Audit, createAudit } from '../src/main/audit/index.ts';
import { addDays, createIdMaker, systemRuntime } from '../src/main/base/index.ts';
import { createLedger, type Ledger, type NewEntry } from '../src/main/ledger/index.ts';
import { createSealing } from '../src/main/sealing/index.ts';
import { createVault, type Vault } from '../src/main/vault/index.ts';
import { transferAt } from './ledger-bare.ts';

export const CALLER = { actor: 'bench', traceId: 'bench' };

export interface BenchLedger {
  readonly vault: Vault;
  readonly audit: Audit;
  readonly ledger: Ledger;
  readonly accounts: readonly bigint[];
  /** The `at`-th entry on, `count` of them, with new ids; dates spread over `days` from 2026-01-01 on. */
  entries(at: number, count: number, days?: number): NewEntry[];
  /** Writes the record that publishes an import, when it is called in the transaction that does so. */
  recordPublication(importId: bigint): () => bigint;
  close(): void;
}

/** Opens a vault as the console has it: encrypted, `synchronous=FULL`, a worker that checkpoints. */
export async function openBenchLedger(accountCount: number): Promise<BenchLedger> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const { vault } = await createVault({
    directory: join(folder, 'bench.vault'),
    rootKey: Buffer.alloc(32, 7),
    runtime: systemRuntime,
  });
  const sealing = createSealing(vault, systemRuntime);
  const audit = createAudit(vault, sealing, systemRuntime);
  const ledger = createLedger({ vault, audit, runtime: systemRuntime });
  const newId = createIdMaker(systemRuntime);
  const accounts = Array.from({ length: accountCount }, (_, at) =>
    BigInt(
      ledger.createAccount(
        {
          code: `B${at}`,
          name: `Bench ${at}`,
          kind: 'asset',
          parentId: null,
          currency: 'EUR',
          postable: true,
          // Every account has a limit, so that each posting is checked against one.
          terms: { minMinor: -(10n ** 15n), maxMinor: 10n ** 15n },
        },
        CALLER,
      ).id,
    ),
  );
  const dates = Array.from({ length: 366 }, (_, day) => addDays('2026-01-01', day));
  return {
    vault,
    audit,
    ledger,
    accounts,
    entries: (from, count, days = 1) =>
      Array.from({ length: count }, (_, offset) => {
        const at = from + offset;
        const [debit, credit, amount] = transferAt(at, accountCount);
        const amountMinor = BigInt(amount);
        return {
          id: newId(),
          effectiveDate: dates[Math.floor(at / 97) % days]!,
          reason: 'adjustment',
          postings: [
            { accountId: accounts[debit]!, amountMinor },
            { accountId: accounts[credit]!, amountMinor: -amountMinor },
          ],
        };
      }),
    recordPublication: (importId) => () =>
      audit.record({
        kind: 'bench.publish',
        actor: CALLER.actor,
        detail: { journal: ledger.stagedRoot(importId) },
      }),
    close() {
      vault.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
