// Plays the shell for the bundled engine process: gives it a `process.parentPort`, a port, and
// drives a vault through it. Prints one line of JSON. Arguments: the bundle, a folder for vaults.
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';

const [bundle, folder] = process.argv.slice(2);
process.parentPort = new EventEmitter();
await import(pathToFileURL(bundle).href);
const say = (data, ports = []) => process.parentPort.emit('message', { data, ports });

/** Node's port in the shape of Electron's. */
function asMessagePortMain(port) {
  const events = new EventEmitter();
  port.on('message', (data) => events.emit('message', { data, ports: [] }));
  port.on('close', () => events.emit('close'));
  return Object.assign(events, {
    postMessage: (data) => port.postMessage(data),
    start: () => {},
    close: () => port.close(),
  });
}

const directory = `${folder}/bundled.vault`;
say({ type: 'start', vault: directory, demo: false });
const { port1, port2 } = new MessageChannel();
say({ type: 'connect' }, [asMessagePortMain(port1)]);
port2.start();
const client = createORPCClient(new RPCLink({ port: port2 }));

const before = await client.vault.status();
const passphrase = 'correct horse battery staple';
const { status } = await client.vault.create({ name: 'bundled', passphrase, directory });
const verified = await client.vault.verify();
const trialBalance = await client.ledger.trialBalance({});
const unknown = await client.vault.none().catch((error) => error.code);
await client.vault.lock();
const reopened = await client.vault.open({ directory, passphrase });
console.log(
  JSON.stringify({
    before: before.state,
    created: status.state,
    schemaVersion: status.schemaVersion,
    verified: verified.ok,
    balanced: trialBalance.balanced,
    unknown,
    reopened: reopened.state,
  }),
);
say({ type: 'stop' });
