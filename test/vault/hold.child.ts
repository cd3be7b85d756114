import { systemRuntime as runtime } from '../../src/main/base/index.ts';
import { openVault } from '../../src/main/vault/index.ts';

/** Opens the vault named by the first argument, says so, and holds it until it is killed. */
const [directory, rootKeyHex] = process.argv.slice(2);
const rootKey = Buffer.from(rootKeyHex!, 'hex');
await openVault({ directory: directory!, rootKey, runtime, checkpoints: 'commit' });
process.send?.('open');
setInterval(() => {}, 60_000);
