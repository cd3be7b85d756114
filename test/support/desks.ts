import { silentLogger } from '../../src/main/base/index.ts';
import type { Caller } from '../../src/main/base/procedures.ts';
import { sha256 } from '../../src/main/crypto/index.ts';
import { createImportFiles, createIntake, type Intake } from '../../src/main/intake/index.ts';
import { createFeed, createJobs, type Jobs } from '../../src/main/jobs/index.ts';
import { createLedger, type Ledger } from '../../src/main/ledger/index.ts';
import { createReceivables, type Receivables } from '../../src/main/receivables/index.ts';
import { createStatements, type Statements } from '../../src/main/statements/index.ts';
import { openTestVault, type TestVault, type TestVaultOptions } from './vault.ts';

/** The desks that take files in, on a real encrypted vault. */
export interface TestDesks {
  readonly test: TestVault;
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly receivables: Receivables;
  readonly intake: Intake;
  readonly jobs: Jobs;
  /** Takes a file in from its text or bytes. */
  take(
    fileName: string,
    content: string | Uint8Array,
    options?: { acceptDifference?: { reason: string; sha256?: string }; chunkBytes?: number },
  ): ReturnType<Intake['importStream']>;
  /** Balance of a role's account, debit positive; 0 where there is none yet. */
  balance(code: string): bigint;
  reopen(): Promise<TestDesks>;
  close(): void;
}

export const CALLER: Caller = { actor: 'tester', traceId: 'trace-test' };

export async function* inChunks(
  bytes: Uint8Array,
  chunkBytes = 65_536,
): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export function assembleDesks(test: TestVault): TestDesks {
  const { vault, sealing, audit, runtime } = test;
  const feed = createFeed();
  const jobs = createJobs({ runtime, feed });
  const ledger = createLedger({ vault, audit, runtime });
  const files = createImportFiles({ vault, sealing });
  const statements = createStatements({ vault, sealing, ledger, runtime, files });
  const receivables = createReceivables({ vault, sealing, ledger, runtime });
  const faults: string[] = [];
  const log = {
    ...silentLogger,
    error: (event: string, fields = {}) => faults.push(`${event} ${JSON.stringify(fields)}`),
  };
  const intake = createIntake({ vault, sealing, audit, runtime, statements, receivables, jobs, feed, log });
  return {
    test,
    ledger,
    statements,
    receivables,
    intake,
    jobs,
    async take(fileName, content, { acceptDifference, chunkBytes } = {}) {
      const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
      const accepted = acceptDifference && { sha256: sha256(bytes).toString('hex'), ...acceptDifference };
      const result = await intake.importStream(
        {
          ...{ fileName, sizeBytes: bytes.byteLength, acceptDifference: accepted },
          source: inChunks(bytes, chunkBytes),
        },
        CALLER,
      );
      if (faults.length > 0) throw new Error(faults.splice(0).join('\n'));
      return result;
    },
    balance(name) {
      const account = ledger.accounts().find((candidate) => candidate.name === name);
      return account === undefined ? 0n : ledger.balanceMinor(BigInt(account.id));
    },
    reopen: async () => assembleDesks(await test.reopen()),
    close: () => test.close(),
  };
}

export async function openDesks(options: TestVaultOptions = {}): Promise<TestDesks> {
  return assembleDesks(await openTestVault(options));
}

/** Runs `work` on desks of their own and removes the vault afterwards. */
export async function withDesks<T>(
  work: (desks: TestDesks) => T | Promise<T>,
  options: TestVaultOptions = {},
): Promise<T> {
  const desks = await openDesks(options);
  try {
    return await work(desks);
  } finally {
    desks.close();
  }
}
