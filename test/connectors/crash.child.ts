/**
 * A console in a process of its own that kills itself at a step of the road, so that a test sees what is
 * left. Told in the environment: the vault's folder, the connector, the step and the message to die at.
 */

import { createAudit } from '../../src/main/audit/index.ts';
import { systemRuntime } from '../../src/main/base/index.ts';
import { createConnectors, type InstantRoad } from '../../src/main/connectors/index.ts';
import { feedMessages } from '../../src/main/doors/cli/feed.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createSealing } from '../../src/main/sealing/index.ts';
import { openVault } from '../../src/main/vault/index.ts';
import type { TestVault } from '../support/vault.ts';
import { CALLER, readSmall, roadOf } from './support.ts';

const { VAULT = '', SETTINGS = '', STEP = '', DIE_AT = '0' } = process.env;
const rootKey = Buffer.alloc(32, 0x5a);
const vault = await openVault({ directory: VAULT, rootKey, runtime: systemRuntime, checkpoints: 'commit' });
const sealing = createSealing(vault, systemRuntime);
const audit = createAudit(vault, sealing, systemRuntime);
const die = () => process.kill(process.pid, 'SIGKILL');

let taken = 0;
let dying = false;
// Registered first, so it runs after every room has written.
vault.beforeCommit(() => {
  if (dying && STEP === 'before-commit') die();
});
const inner = roadOf({ vault, audit } as TestVault);
const road: InstantRoad = {
  take(taking, caller) {
    taken += 1;
    dying ||= taken === Number(DIE_AT);
    if (dying && STEP === 'before-take') die();
    const outcome = inner.take(taking, caller);
    if (!dying) return outcome;
    if (STEP === 'after-take') die();
    vault.onCommit(() => {
      if (STEP === 'after-commit') die();
      if (STEP === 'before-acknowledgement') queueMicrotask(die);
      if (STEP === 'around-acknowledgement') setImmediate(die);
    });
    return outcome;
  },
};
const connectors = createConnectors({
  ...{ vault, sealing, audit, runtime: systemRuntime, road, read: readSmall },
  importFile: async () => ({ outcome: 'refused' }),
});
if (SETTINGS.includes('stdin')) {
  const submit = async ({ message }: { message: Blob }) =>
    connectors.take(Buffer.from(await message.arrayBuffer()), undefined, CALLER);
  const client = { connectors: { submit } } as unknown as Client;
  const write = (line: string) => process.stdout.write(line);
  void feedMessages(client, process.stdin, write, new AbortController().signal);
} else if (connectors.connectors().length === 0) {
  const { id } = await connectors.add({ label: 'way in', settings: JSON.parse(SETTINGS) }, CALLER);
  const key = SETTINGS.includes('http') ? connectors.createKey(id, 'caller', CALLER) : undefined;
  process.send?.({ key });
} else await connectors.startAll();
process.send?.({ address: connectors.connectors()[0]?.address });

process.on('message', async () => {
  const keys = vault.db.prepare<[], string>('SELECT key FROM road ORDER BY id').pluck().all();
  const dead = connectors.list({ limit: 100 }).rows.map(({ attempts }) => attempts);
  const records = audit.list({ limit: 500 }).rows.filter(({ kind }) => kind === 'test.taken').length;
  process.send?.({ keys, dead, records });
});
// The channel to the test keeps this process alive until it is killed.
