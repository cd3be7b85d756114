import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Audit, createAudit } from '../../src/main/audit/index.ts';
import { type Runtime, systemRuntime } from '../../src/main/base/index.ts';
import { createSealing, type Sealing } from '../../src/main/sealing/index.ts';
import { createVault, openVault, type Vault } from '../../src/main/vault/index.ts';

/** A real encrypted vault in a folder of its own, with the rooms that every desk stands on. */
export interface TestVault {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Audit;
  readonly runtime: Runtime;
  /** The vault's own folder. */
  readonly directory: string;
  readonly rootKey: Buffer;
  /** Closes the vault and opens it again, as a restart does. The rooms of the old value are then stale. */
  reopen(): Promise<TestVault>;
  /** Closes the vault and removes its folder. */
  close(): void;
}

export interface TestVaultOptions {
  readonly runtime?: Runtime;
  /** Who checkpoints; `commit` by default, which starts no thread. */
  readonly checkpoints?: 'worker' | 'commit';
  /** A vault with an id of its own; all others of a process are copies of one in which nothing has happened. */
  readonly another?: boolean;
}

/** The root key is injected, so that no test pays for Argon2id and no header holds weak parameters. */
const TEST_ROOT_KEY = Buffer.alloc(32, 0x5a);

/** A runtime whose clock stands still until it is moved, with the real randomness. */
export function fixedClockRuntime(startMs: number): Runtime & { advance(byMs: number): void } {
  let nowMs = startMs;
  return {
    ...systemRuntime,
    nowMs: () => nowMs,
    advance(byMs) {
      nowMs += byMs;
    },
  };
}

/** What all values of one test vault share: the connection that is open now, and the folder to remove. */
interface Place {
  open: Vault;
  readonly parent: string;
}

function assemble(vault: Vault, place: Place, options: TestVaultOptions): TestVault {
  place.open = vault;
  const runtime = vault.runtime;
  const sealing = createSealing(vault, runtime);
  const { directory } = vault;
  return {
    vault,
    sealing,
    audit: createAudit(vault, sealing, runtime),
    runtime,
    directory,
    rootKey: TEST_ROOT_KEY,
    async reopen() {
      vault.close();
      const { checkpoints = 'commit' } = options;
      const again = await openVault({ directory, rootKey: TEST_ROOT_KEY, runtime, checkpoints });
      return assemble(again, place, options);
    },
    close() {
      place.open.close();
      rmSync(place.parent, { recursive: true, force: true });
    },
  };
}

let template: Promise<string> | undefined;

/** A vault in which nothing has happened: every migration costs, so a process goes through them once. */
async function makeTemplate(): Promise<string> {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-template-'));
  process.once('exit', () => rmSync(parent, { recursive: true, force: true }));
  const directory = join(parent, 'test.vault');
  const settings = { runtime: systemRuntime, checkpoints: 'commit' } as const;
  (await createVault({ directory, rootKey: TEST_ROOT_KEY, ...settings })).vault.close();
  return directory;
}

/** Opens a new vault in the temp folder. The caller closes it. */
export async function openTestVault(options: TestVaultOptions = {}): Promise<TestVault> {
  const { runtime = systemRuntime, checkpoints = 'commit', another = false } = options;
  const parent = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  const place = { directory: join(parent, 'test.vault'), rootKey: TEST_ROOT_KEY, runtime, checkpoints };
  if (another) {
    const { vault } = await createVault(place);
    return assemble(vault, { open: vault, parent }, options);
  }
  template ??= makeTemplate();
  cpSync(await template, place.directory, { recursive: true });
  const vault = await openVault(place);
  return assemble(vault, { open: vault, parent }, options);
}

/** Runs `work` on a new vault and removes it afterwards, whatever happens. */
export async function withTestVault<T>(
  work: (test: TestVault) => T | Promise<T>,
  options: TestVaultOptions = {},
): Promise<T> {
  const test = await openTestVault(options);
  try {
    return await work(test);
  } finally {
    test.close();
  }
}
