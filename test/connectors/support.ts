import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CountersignError, type Runtime } from '../../src/main/base/index.ts';
import {
  type Connectors,
  type ConnectorsOptions,
  createConnectors,
  type InstantRoad,
} from '../../src/main/connectors/index.ts';
import type { InstantMessage } from '../../src/main/messages/index.ts';
import { openTestVault, type TestVault } from '../support/vault.ts';

export const CALLER = { actor: 'tester', traceId: 'trace-test' };

/** A message as the stand-in for the readers takes it. */
export interface Small {
  readonly id: string;
  /** Minor units; `matched` of it is matched at once. */
  readonly amount?: number;
  readonly matched?: number;
  /** `poison` writes, then refuses; `bug` throws what is none of ours; `full` is the disk's. */
  readonly fate?: 'poison' | 'bug' | 'at-commit';
  readonly text?: string;
}

export const bytesOf = (message: Small): Buffer => Buffer.from(JSON.stringify(message));

/** Reads what `bytesOf` writes. */
export function readSmall(bytes: Uint8Array): InstantMessage {
  let small: Small;
  try {
    small = JSON.parse(Buffer.from(bytes).toString('utf8')) as Small;
  } catch {
    throw new CountersignError('INSTANT_KIND_UNKNOWN', 'The bytes are no message.', { line: 1, path: '/' });
  }
  return {
    kind: 'pacs.008',
    form: 'json',
    messageId: JSON.stringify(small),
    items: [],
  } as unknown as InstantMessage;
}

/** A road that writes one row a message into a table of its own, and refuses what asks for it. */
export function roadOf({ vault, audit }: TestVault, fixed: () => boolean = () => false): InstantRoad {
  vault.db.exec('CREATE TABLE IF NOT EXISTS road (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT');
  const insert = vault.db.prepare('INSERT INTO road (key) VALUES (?)');
  const known = vault.db.prepare<[string], bigint>('SELECT id FROM road WHERE key = ?').pluck();
  let breaks = false;
  vault.beforeCommit(() => {
    if (!breaks) return;
    breaks = false;
    throw new Error('a room could not write what it had gathered');
  });
  return {
    take({ message }, caller) {
      const small = JSON.parse(message.messageId) as Small;
      const before = known.get(small.id);
      const counts = { cleared: 0, reopened: 0, held: 0, rail: 'sepa-instant' };
      const amountMinor = BigInt(small.amount ?? 100);
      const matchedMinor = BigInt(small.matched ?? small.amount ?? 100);
      const valueMinor = [{ currency: 'EUR', amountMinor, matchedMinor }];
      if (before !== undefined) {
        return {
          ...counts,
          messageNumber: before,
          result: 'duplicate',
          received: 0,
          prePosted: 0,
          valueMinor: [],
        };
      }
      const number = BigInt(insert.run(small.id).lastInsertRowid);
      audit.record({ kind: 'test.taken', ...caller, subjects: [], detail: { number: String(number) } });
      if (!fixed()) {
        if (small.fate === 'poison') {
          throw new CountersignError('INSTANT_KIND_UNKNOWN', 'Nobody understands it.', {
            path: '/Doc/Amt',
            line: 7,
          });
        }
        if (small.fate === 'bug') throw new TypeError('a fault');
        if (small.fate === 'at-commit') breaks = true;
      }
      return { ...counts, messageNumber: number, result: 'taken', received: 1, prePosted: 1, valueMinor };
    },
  };
}

export interface TestIntake {
  readonly test: TestVault;
  readonly connectors: Connectors;
  /** Keys of what the road holds. */
  held(): string[];
  submit(message: Small | Buffer, deliveryId?: string): ReturnType<Connectors['submit']>;
  reopen(): Promise<TestIntake>;
  close(): Promise<void>;
}

type Options = Partial<ConnectorsOptions> & { readonly fixed?: () => boolean };

export function intakeOn(test: TestVault, options: Options = {}): TestIntake {
  const { vault, sealing, audit, runtime } = test;
  const connectors = createConnectors({
    ...{ vault, sealing, audit, runtime, road: roadOf(test, options.fixed), read: readSmall },
    importFile: async () => ({ outcome: 'refused', code: 'INSTANT_KIND_UNKNOWN' }),
    ...options,
  });
  return {
    test,
    connectors,
    held: () => vault.db.prepare<[], string>('SELECT key FROM road ORDER BY id').pluck().all(),
    submit: (message, deliveryId) =>
      connectors.submit({
        bytes: Buffer.isBuffer(message) ? message : bytesOf(message),
        ...{ source: 'test', deliveryId, caller: CALLER },
      }),
    async reopen() {
      await connectors.close();
      return intakeOn(await test.reopen(), options);
    },
    async close() {
      await connectors.close();
      test.close();
    },
  };
}

export async function withIntake<T>(
  work: (intake: TestIntake) => Promise<T>,
  options: Options & { readonly runtime?: Runtime } = {},
): Promise<T> {
  const { runtime, ...rest } = options;
  const intake = intakeOn(await openTestVault(runtime === undefined ? {} : { runtime }), rest);
  try {
    return await work(intake);
  } finally {
    await intake.close();
  }
}

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-connectors-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until something holds; throws where it does not within the time. */
export async function until(holds: () => boolean, withinMs = 20_000): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    if (performance.now() - start > withinMs) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
