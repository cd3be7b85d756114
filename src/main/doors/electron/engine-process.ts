// The engine's process under Electron: a utility process that the shell forks. It hears of the
// shell by `process.parentPort` and serves each page on a port of its own.
import { createRouterClient } from '@orpc/server';
import type { MessagePortMain } from 'electron';
import { createEngineHost, demoPeopleLines, type EngineHost } from '../../engine/index.ts';
import { programLog } from '../shared/log.ts';
import { serveChannel } from '../shared/serve.ts';
import { engineSettings } from '../shared/settings.ts';
import { programVersion } from '../shared/version.ts';
import { type SocketServer, serveSocket } from '../socket/index.ts';
import type { EngineNotice, ShellMessage } from './messages.ts';
import { channelOfPort } from './port-channel.ts';
import { createShellSpawner } from './shell-spawner.ts';

let host: EngineHost | null = null;
let socket: SocketServer | null = null;
const spawner = createShellSpawner((wish) => process.parentPort.postMessage(wish));

async function start({ vault, demo }: Extract<ShellMessage, { type: 'start' }>): Promise<void> {
  const log = programLog();
  const started = createEngineHost({
    version: programVersion(),
    connects: true,
    ...engineSettings(),
    log,
    notifier: {
      notify: ({ severity, title }) => {
        const notice: EngineNotice = { type: 'notice', severity, title };
        process.parentPort.postMessage(notice);
      },
    },
    spawnHost: spawner.spawnHost,
    ...(vault === undefined ? {} : { vaultDirectory: vault }),
  });
  host = started;
  try {
    socket = await serveSocket(started);
  } catch {
    // The app works without; only the command line then finds the vault in use.
    log.warn('socket.unavailable');
  }
  if (demo) await runDemo(started);
}

/** The program runs it in the name of the service account; people sign in at the window. */
async function runDemo(started: EngineHost): Promise<void> {
  const client = createRouterClient(started.router, { context: () => started.contextFor('cli') });
  const { passphrase } = await client.vault.openDemo();
  console.log(`The demo vault is open. Its passphrase: ${passphrase}`);
  for (const line of demoPeopleLines((await client.session.peopleOfDemo()).people)) console.log(line);
  await client.system.demo();
}

async function stop(): Promise<void> {
  await socket?.close();
  await host?.close();
  process.exit(0);
}

function connect(port: MessagePortMain | undefined): void {
  if (host === null || port === undefined) return;
  serveChannel(host, 'electron', channelOfPort(port));
  port.start();
}

process.parentPort.on('message', ({ data, ports }) => {
  const message = data as ShellMessage;
  if (message.type === 'start') {
    start(message).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : 'The engine could not be started.');
    });
  } else if (message.type === 'connect') connect(ports[0]);
  else if (message.type === 'stop') void stop();
  else spawner.hear(message, ports[0]);
});
