import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { type Runtime, systemRuntime } from '../../base/index.ts';
import type { EngineHost } from '../../engine/index.ts';
import { MAX_FRAME_BYTES } from '../shared/frames.ts';
import { serveChannel } from '../shared/serve.ts';
import { channelOf } from '../shared/web-socket.ts';
import { defaultRunFolder, secureRunFolder } from './place.ts';

export interface SocketServer {
  readonly path: string;
  close(): Promise<void>;
}

/**
 * Lets the command line of the same user speak to this process, which holds the vault. The
 * operating system is the guard: the folder is 0700 and the socket 0600. On Windows it is a named
 * pipe under a random name, which a file in the user's own folder tells.
 */
export async function serveSocket(
  host: EngineHost,
  { folder = defaultRunFolder(), runtime = systemRuntime }: { folder?: string; runtime?: Runtime } = {},
): Promise<SocketServer> {
  secureRunFolder(folder);
  const id = `${process.pid}-${runtime.randomBytes(8).toString('hex')}`;
  const isWindows = process.platform === 'win32';
  const marker = join(folder, isWindows ? `${id}.pipe` : `${id}.sock`);
  const path = isWindows ? `\\\\.\\pipe\\countersign-${id}` : marker;

  const server = createServer((_, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ server, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  sockets.on('connection', (webSocket) => {
    webSocket.on('error', () => {});
    serveChannel(host, 'socket', channelOf(webSocket));
  });
  await listenPrivately(server, path, isWindows);
  if (isWindows) writeFileSync(marker, path);
  return {
    path,
    async close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(marker, { force: true });
    },
  };
}

/** The mask holds while the socket is made, so that it is never open to others, not even for a moment. */
async function listenPrivately(
  server: ReturnType<typeof createServer>,
  path: string,
  isWindows: boolean,
): Promise<void> {
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', resolve);
  });
  const mask = isWindows ? 0 : process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    if (!isWindows) process.umask(mask);
  }
  await listening;
  if (!isWindows) chmodSync(path, 0o600);
}
