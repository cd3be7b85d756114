import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Runtime, systemRuntime } from '../../base/index.ts';
import type { EngineHost } from '../../engine/index.ts';
import { MAX_FRAME_BYTES } from '../shared/frames.ts';
import { readRendererFiles } from '../shared/renderer-files.ts';
import { serveChannel } from '../shared/serve.ts';
import { CLOSE, channelOf, textOf } from '../shared/web-socket.ts';
import { Gate } from './gate.ts';
import { answer, handleRequest, isOwnRequest, type RequestContext } from './requests.ts';

/** Only this machine: the name of the interface is part of the law, not a setting. */
const INTERFACE = '127.0.0.1';
const SIGN_IN_TIMEOUT_MS = 5_000;
const MAX_SIGN_IN_BYTES = 512;
const MAX_CONNECTIONS = 64;

export interface LoopbackOptions {
  readonly host: EngineHost;
  /** The folder of the built page. */
  readonly rendererFolder: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly runtime?: Runtime;
}

export interface Loopback {
  /** The address with its one-time token; the token is spent by the first page that loads. */
  readonly url: string;
  readonly origin: string;
  /** Another address with a fresh token, which voids the one before. */
  issueUrl(): string;
  close(): Promise<void>;
}

/** Serves the page and the contract on 127.0.0.1. */
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const { host, runtime = systemRuntime } = options;
  const gate = new Gate((length) => runtime.randomBytes(length));
  const files = readRendererFiles(options.rendererFolder);
  let context: RequestContext = { authority: '', files, gate };

  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000, headersTimeout: 5_000 });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', (request, response) => {
    handleRequest(context, request, response).catch(() => answer(response, 400, 'Not a request.'));
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.url !== '/rpc') return refuseUpgrade(socket, '404 Not Found');
    if (!isOwnRequest(request, context.authority, { mustNameOrigin: true })) {
      return refuseUpgrade(socket, '403 Forbidden');
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => admit(webSocket, gate, host, runtime));
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, INTERFACE, resolve);
  });
  const { port } = server.address() as AddressInfo;
  context = { ...context, authority: `${INTERFACE}:${port}` };
  const origin = `http://${context.authority}`;
  const issueUrl = () => `${origin}/#token=${gate.issueToken()}`;

  return {
    url: issueUrl(),
    origin,
    issueUrl,
    async close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Waits for the session secret as the first message, then serves the contract. */
function admit(webSocket: WebSocket, gate: Gate, host: EngineHost, runtime: Runtime): void {
  // A broken frame is the other side's fault and closes the socket by itself.
  webSocket.on('error', () => {});
  const stopWaiting = runtime.schedule(SIGN_IN_TIMEOUT_MS, () => webSocket.close(CLOSE.tooSlow, 'too slow'));
  webSocket.once('close', stopWaiting);
  webSocket.once('message', (data, isBinary) => {
    stopWaiting();
    const secret = isBinary ? null : secretOf(textOf(data));
    if (secret === null || !gate.isSession(secret)) {
      webSocket.close(CLOSE.notSignedIn, 'not signed in');
      return;
    }
    serveChannel(host, 'loopback', channelOf(webSocket));
    webSocket.send('{"ready":true}');
  });
}

function secretOf(text: string): string | null {
  if (text.length > MAX_SIGN_IN_BYTES) return null;
  try {
    const value: unknown = JSON.parse(text);
    const secret: unknown = value !== null && typeof value === 'object' ? Reflect.get(value, 'secret') : null;
    return typeof secret === 'string' ? secret : null;
  } catch {
    return null;
  }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
