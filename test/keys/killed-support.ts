import { auditSealedColumns, createAudit } from '../../src/main/audit/index.ts';
import type { Logger, Runtime } from '../../src/main/base/index.ts';
import { createKeys, keysSealedColumns } from '../../src/main/keys/index.ts';
import { createSealing } from '../../src/main/sealing/index.ts';
import { openVault } from '../../src/main/vault/index.ts';
import { customerColumn } from './support.ts';

export const KILLED_ROOT_KEY = Buffer.alloc(32, 0x3c);

/** A vault with its keys room, one value or key a step, so that a kill finds it half-way. */
export async function openKilledVault(directory: string, runtime: Runtime, log: Logger) {
  const vault = await openVault({ directory, runtime, rootKey: KILLED_ROOT_KEY, checkpoints: 'commit' });
  const sealing = createSealing(vault, runtime);
  const audit = createAudit(vault, sealing, runtime);
  const keys = createKeys({
    vault,
    sealing,
    audit,
    runtime,
    log,
    sealedColumns: [...auditSealedColumns, ...keysSealedColumns, customerColumn],
    pace: { workMs: 0, restMs: 0, busyRestMs: 0 },
  });
  return { vault, sealing, audit, keys };
}
