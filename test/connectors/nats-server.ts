import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { jetstream, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

const PLACES = ['/usr/sbin/nats-server', '/usr/bin/nats-server', '/usr/local/bin/nats-server'];
/** Debian's; `npm test` brings it. */
export const natsServerPath = PLACES.find((path) => existsSync(path));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A real server with JetStream on a free port, which can be stopped and started over the same files. */
export interface TestNats {
  readonly url: string;
  publish(messages: readonly Uint8Array[]): Promise<void>;
  /** What the durable consumer has not acknowledged yet. */
  pending(stream: string, durable: string): Promise<number>;
  with<T>(work: (nats: NatsConnection) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startNats(folder: string, password?: string, mostBytes = 1_048_576): Promise<TestNats> {
  if (natsServerPath === undefined) {
    throw new Error(
      'nats-server is missing: Debian has it (apt-get install nats-server), npm test installs it',
    );
  }
  const program = natsServerPath;
  const port = await freePort();
  const url = `nats://127.0.0.1:${port}`;
  const config = join(folder, 'nats.conf');
  const authorization =
    password === undefined ? '' : `authorization { user: bank, password: "${password}" }\n`;
  writeFileSync(
    config,
    `host: 127.0.0.1\nport: ${port}\nmax_payload: ${mostBytes}\njetstream { store_dir: "${join(folder, 'js')}" }\n${authorization}`,
  );
  let child: ChildProcess | undefined;

  const withConnection = async <T>(work: (nats: NatsConnection) => Promise<T>): Promise<T> => {
    const who = password === undefined ? {} : { user: 'bank', pass: password };
    const nats = await connect({ servers: url, reconnect: false, timeout: 2_000, ...who });
    try {
      return await work(nats);
    } finally {
      await nats.close();
    }
  };

  async function start(): Promise<void> {
    child = spawn(program, ['-c', config], { stdio: 'ignore' });
    for (let tries = 0; ; tries += 1) {
      try {
        await withConnection(async (nats) => jetstreamManager(nats));
        return;
      } catch (error) {
        if (tries > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
  await start();
  await withConnection(async (nats) => {
    const manager = await jetstreamManager(nats);
    await manager.streams.add({
      ...{ name: 'PAYMENTS', subjects: ['payments.>'] },
      ...{ storage: StorageType.File, retention: RetentionPolicy.Limits },
    });
  });
  return {
    url,
    with: withConnection,
    publish: (messages) =>
      withConnection(async (nats) => {
        const client = jetstream(nats);
        for (let at = 0; at < messages.length; at += 100) {
          await Promise.all(
            messages.slice(at, at + 100).map((message) => client.publish('payments.in', message)),
          );
        }
      }),
    pending: (stream, durable) =>
      withConnection(async (nats) => {
        const { num_pending, num_ack_pending } = await (await jetstreamManager(nats)).consumers.info(
          stream,
          durable,
        );
        return num_pending + num_ack_pending;
      }),
    start,
    async stop() {
      const ending = child;
      child = undefined;
      if (ending === undefined) return;
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      ending.kill('SIGKILL');
      await ended;
    },
  };
}
