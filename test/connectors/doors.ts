/** The four ways in for single messages, each over the same bytes: a folder, a signed request, a stream, standard input. */
import { createHmac, randomBytes } from 'node:crypto';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORPCError } from '@orpc/server';
import { isCountersignError, type Runtime } from '../../src/main/base/index.ts';
import type { Connectors } from '../../src/main/connectors/index.ts';
import { feedMessages } from '../../src/main/doors/cli/feed.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import type { TestNats } from './nats-server.ts';
import { CALLER } from './support.ts';

export const DOORS = ['folder', 'http', 'stdin', 'nats'] as const;
export type DoorKind = (typeof DOORS)[number];

/** Brings messages; settles once each was answered: moved away, replied to, written about, acknowledged. */
export type Door = (messages: readonly Buffer[]) => Promise<void>;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function settled(isSo: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const start = performance.now();
  while (!(await isSo())) {
    if (performance.now() - start > withinMs) throw new Error('what was brought was not answered');
    await pause(20);
  }
}

export async function openDoor(
  kind: DoorKind,
  rooms: {
    readonly connectors: Connectors;
    readonly runtime: Runtime;
    readonly folder: string;
    readonly nats: TestNats;
  },
): Promise<Door> {
  if (kind === 'folder') return openFolder(rooms);
  if (kind === 'http') return openHttp(rooms);
  return kind === 'stdin' ? openStdin(rooms) : openNats(rooms);
}

type Rooms = Parameters<typeof openDoor>[1];

async function openFolder({ connectors, folder }: Rooms): Promise<Door> {
  await connectors.add({ label: 'folder', settings: { kind: 'folder', folder, everyMs: 100 } }, CALLER);
  let files = 0;
  return async (messages) => {
    for (const message of messages) {
      files += 1;
      const name = `${String(files).padStart(6, '0')}.msg`;
      writeFileSync(join(folder, `.${name}`), message);
      renameSync(join(folder, `.${name}`), join(folder, name));
    }
    await settled(() => readdirSync(folder).every((name) => name === 'done' || name === 'failed'));
  };
}

async function openHttp({ connectors, runtime }: Rooms): Promise<Door> {
  const settings = { kind: 'http' as const, port: 0, ratePerSecond: 10_000 };
  const { id, address } = await connectors.add({ label: 'http', settings }, CALLER);
  const { keyId, secret } = connectors.createKey(id, 'caller', CALLER);
  const post = async (body: Buffer): Promise<number> => {
    const timestamp = String(Math.floor(runtime.nowMs() / 1_000));
    const nonce = randomBytes(16).toString('hex');
    const mac = createHmac('sha256', secret);
    mac.update(`countersign-1\nPOST\n/messages\n${timestamp}\n${nonce}\n\n`).update(body);
    const headers = {
      'countersign-key': keyId,
      'countersign-timestamp': timestamp,
      'countersign-nonce': nonce,
      'countersign-signature': mac.digest('hex'),
    };
    const response = await fetch(address!, { method: 'POST', body: new Uint8Array(body), headers });
    await response.arrayBuffer();
    return response.status;
  };
  return async (messages) => {
    const send = async (message: Buffer) => {
      let status = await post(message);
      // A caller that is told to wait does so, and signs anew.
      for (; status === 429 || status === 503; status = await post(message)) await pause(20);
    };
    // As many at a time as a caller keeps open.
    const left = [...messages];
    const sendAll = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await send(next);
    };
    await Promise.all(Array.from({ length: 8 }, sendAll));
  };
}

function openStdin({ connectors }: Rooms): Door {
  const submit = async ({ message }: { message: Blob }) => {
    try {
      return await connectors.take(Buffer.from(await message.arrayBuffer()), undefined, CALLER);
    } catch (error) {
      if (isCountersignError(error)) throw new ORPCError(error.code, { message: error.message });
      throw error;
    }
  };
  const client = { connectors: { submit } } as unknown as Client;
  return async (messages) => {
    async function* input() {
      for (const message of messages) yield Buffer.concat([message, Buffer.from('\n')]);
    }
    await feedMessages(client, input(), () => {}, new AbortController().signal);
  };
}

async function openNats({ connectors, nats }: Rooms): Promise<Door> {
  const settings = {
    ...{ kind: 'nats' as const, servers: [nats.url], stream: 'PAYMENTS', durable: 'desk', ackWaitMs: 1_000 },
  };
  await connectors.add({ label: 'nats', settings }, CALLER);
  return async (messages) => {
    await nats.publish(messages);
    await settled(async () => (await nats.pending('PAYMENTS', 'desk').catch(() => 1)) === 0);
  };
}
