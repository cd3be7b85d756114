import { readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { WebSocket } from 'ws';
import type { Client } from '../shared/client.ts';
import { defaultRunFolder, isTrustedSocket } from './place.ts';

export interface SocketConnection {
  readonly client: Client;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 3_000;

/** Connects to one app's socket; null where nobody listens any more. */
async function connectTo(path: string): Promise<SocketConnection | null> {
  const webSocket = new WebSocket('ws://countersign/rpc', {
    createConnection: () => connect(path),
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
  });
  webSocket.binaryType = 'arraybuffer';
  const isOpen = await new Promise<boolean>((resolve) => {
    webSocket.once('open', () => resolve(true));
    webSocket.on('error', () => resolve(false));
  });
  if (!isOpen) return null;
  const link = new RPCLink({ websocket: webSocket as unknown as globalThis.WebSocket });
  return { client: createORPCClient(link), close: () => webSocket.close() };
}

/** The sockets that apps of this user have laid; what somebody else could have laid is passed over. */
function socketsOf(folder: string): { marker: string; path: string }[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const marker = join(folder, name);
    if (name.endsWith('.sock')) return isTrustedSocket(folder, marker) ? [{ marker, path: marker }] : [];
    return name.endsWith('.pipe') ? [{ marker, path: readFileSync(marker, 'utf8') }] : [];
  });
}

function isSamePlace(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}

/**
 * The running app that holds the vault in `directory`, or null. Sockets that a killed app left
 * are removed on the way.
 */
export async function findHolder(
  directory: string,
  folder: string = defaultRunFolder(),
): Promise<SocketConnection | null> {
  for (const { marker, path } of socketsOf(folder)) {
    const connection = await connectTo(path);
    if (connection === null) {
      rmSync(marker, { force: true });
      continue;
    }
    try {
      const status = await connection.client.vault.status();
      if (status.directory !== null && isSamePlace(status.directory, directory)) return connection;
    } catch {
      // An app that is just closing holds nothing.
    }
    connection.close();
  }
  return null;
}
