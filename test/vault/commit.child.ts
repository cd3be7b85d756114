import { createAudit } from '../../src/main/audit/index.ts';
import { systemRuntime as runtime } from '../../src/main/base/index.ts';
import { createSealing } from '../../src/main/sealing/index.ts';
import { openVault } from '../../src/main/vault/index.ts';

/**
 * Opens the vault named by the first argument and records without end; after each commit it tells
 * its parent how many records were acknowledged, until it is killed.
 */
const [directory, rootKeyHex] = process.argv.slice(2);
const rootKey = Buffer.from(rootKeyHex!, 'hex');
const vault = await openVault({ directory: directory!, rootKey, runtime });
const audit = createAudit(vault, createSealing(vault));
for (;;) {
  vault.transaction(() => {
    for (let i = 0; i < 20; i += 1) {
      audit.record({
        kind: 'test.write',
        actor: 'child',
        subjects: [{ kind: 'n', id: `${i}` }],
        detail: { i },
      });
    }
  });
  await new Promise((resolve) => process.send?.(Number(audit.lastSeq()), resolve));
}
