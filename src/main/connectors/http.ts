/**
 * A local endpoint for programs on this machine: `POST /messages` on 127.0.0.1, signed by its caller.
 * Whoever cannot be named gets an error and nothing else; nothing is answered before the vault has it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createNetServer, type Server as NetServer } from 'node:net';
import { MOST_MESSAGE_BYTES } from '../../contract/connectors.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { CountersignError, isCountersignError, type Runtime } from '../base/index.ts';
import {
  checkTime,
  isSigned,
  readHeaders,
  type SignedHeaders,
  signedPrefix,
  WINDOW_MS,
} from './http-signature.ts';
import { type Bucket, createBucket, createNonces } from './limits.ts';
import type { Connector, ConnectorControl } from './types.ts';

export interface HttpOptions {
  readonly port: number;
  readonly ratePerSecond: number;
  readonly runtime: Runtime;
  /** The secret of a key that is not revoked. */
  secretOf(keyId: string): string | undefined;
}

const HOST = '127.0.0.1';
const PATH = '/messages';
const HEADERS_WITHIN_MS = 5_000;
const REQUEST_WITHIN_MS = 15_000;
const MOST_CONNECTIONS = 256;
/** Bytes of bodies that are being read at a time, over all connections. */
const MOST_READING_BYTES = 32 * 1_048_576;

/** What an HTTP client is answered where the code of the error is one of these. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  CONNECTOR_REQUEST_INVALID: 400,
  CONNECTOR_SIGNATURE_WRONG: 401,
  CONNECTOR_CLOCK_APART: 401,
  CONNECTOR_HOST_REFUSED: 403,
  CONNECTOR_PLACE_UNKNOWN: 404,
  CONNECTOR_REPLAYED: 409,
  CONNECTOR_DELIVERY_REUSED: 409,
  CONNECTOR_MESSAGE_TOO_LARGE: 413,
  CONNECTOR_RATE_EXCEEDED: 429,
  CONNECTOR_QUEUE_FULL: 429,
};
const UNAVAILABLE = 503;

/** Errors: `CONNECTOR_UNREACHABLE` from `start`, where the port is taken. */
export function createHttpConnector(options: HttpOptions, control: ConnectorControl): Connector {
  const { runtime } = options;
  const buckets = new Map<string, Bucket>();
  const nonces = createNonces(WINDOW_MS, runtime.monotonicMs());
  let reading = 0;
  let server: Server | undefined;
  let hosts: ReadonlySet<string> = new Set();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      checkPlace(request, hosts);
      const signed = readHeaders(request.headers);
      const secret = options.secretOf(signed.keyId);
      if (secret === undefined) throw signatureWrong();
      checkTime(signed, runtime.nowMs());
      const bytes = await bodyOf(request);
      authenticate(secret, signed, bytes);
      checkShare(signed.keyId);
      const delivery = signed.delivery === '' ? undefined : `${signed.keyId}/${signed.delivery}`;
      const result = await control.submit({ bytes, deliveryId: delivery });
      send(response, result.result === 'dead-lettered' ? 422 : 200, result);
    } catch (error) {
      refuse(request, response, error);
    }
  }

  /** The signature first, so that nobody else can use up a nonce or a share. */
  function authenticate(secret: string, signed: SignedHeaders, bytes: Uint8Array): void {
    if (!isSigned(secret, signedPrefix('POST', PATH, signed), bytes, signed.signature))
      throw signatureWrong();
    const use = nonces.use(`${signed.keyId} ${signed.nonce}`, runtime.monotonicMs());
    if (use === 'new') return;
    if (use === 'full') throw rateExceeded(1_000);
    throw new CountersignError('CONNECTOR_REPLAYED', 'The nonce was used before; sign the request anew.');
  }

  function checkShare(keyId: string): void {
    const nowMs = runtime.monotonicMs();
    let bucket = buckets.get(keyId);
    if (bucket === undefined) {
      bucket = createBucket(options.ratePerSecond, Math.max(2, options.ratePerSecond * 2), nowMs);
      buckets.set(keyId, bucket);
    }
    const waitMs = bucket.take(nowMs);
    if (waitMs > 0) throw rateExceeded(waitMs);
  }

  /** The whole body; stops reading as soon as it is longer than a message may be. */
  async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
    const stated = Number(request.headers['content-length'] ?? 0);
    if (stated > MOST_MESSAGE_BYTES) throw tooLarge();
    if (reading > MOST_READING_BYTES) {
      throw new CountersignError('CONNECTOR_QUEUE_FULL', 'Too much is being sent at once; send it again.');
    }
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.byteLength;
        reading += chunk.byteLength;
        if (size > MOST_MESSAGE_BYTES) throw tooLarge();
        chunks.push(chunk);
      }
    } finally {
      reading -= size;
    }
    return Buffer.concat(chunks, size);
  }

  function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const typed = isCountersignError(error)
      ? error
      : new CountersignError('INTERNAL', 'A fault of the console itself. Nothing was written.');
    const status = STATUS[typed.code] ?? UNAVAILABLE;
    // Whoever gave no name is told of no more than the endpoint itself shows.
    control.problem(typed.code, status === 429 || status >= 500 ? 'a signed request' : 'a request');
    const { path, expected, retryAfterMs } = typed.details;
    if (status === 429 || status === UNAVAILABLE) {
      response.setHeader('Retry-After', Math.max(1, Math.ceil(Number(retryAfterMs ?? 1_000) / 1_000)));
    }
    // What is left of a body is not read: the connection ends with the answer.
    if (!request.complete) response.setHeader('Connection', 'close');
    const place = {
      ...(path === undefined ? {} : { path }),
      ...(expected === undefined ? {} : { expected }),
    };
    send(response, status, { error: { code: typed.code, message: typed.message, ...place } });
  }

  async function listen(): Promise<void> {
    const made = createServer(
      {
        headersTimeout: HEADERS_WITHIN_MS,
        requestTimeout: REQUEST_WITHIN_MS,
        connectionsCheckingInterval: 1_000,
        keepAliveTimeout: 10_000,
        maxHeaderSize: 8_192,
      },
      (request, response) => void answer(request, response),
    );
    made.maxConnections = MOST_CONNECTIONS;
    await bind(made, options.port);
    server = made;
    const address = made.address();
    const port = typeof address === 'object' && address !== null ? address.port : options.port;
    hosts = new Set([`${HOST}:${port}`, `localhost:${port}`]);
    control.state('running', { address: `http://${HOST}:${port}${PATH}` });
  }

  return {
    start: listen,
    async stop() {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      await new Promise<void>((resolve) => {
        closing.close(() => resolve());
        closing.closeIdleConnections();
        // Requests under way are answered first: what they brought may lie in the vault already.
        const cancel = runtime.schedule(2_000, () => closing.closeAllConnections());
        closing.once('close', cancel);
      });
    },
  };
}

/** Errors: `CONNECTOR_UNREACHABLE`. */
function bind(server: NetServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', () => {
      reject(
        new CountersignError('CONNECTOR_UNREACHABLE', 'The port is taken or may not be used.', {
          expected: `a free port, not ${port}`,
        }),
      );
    });
    server.listen({ host: HOST, port, exclusive: true }, () => resolve());
  });
}

/** Whether an endpoint could listen there now. Errors: `CONNECTOR_UNREACHABLE`. */
export async function requireFreePort(port: number): Promise<void> {
  const probe = createNetServer();
  await bind(probe, port);
  await new Promise((resolve) => probe.close(resolve));
}

function checkPlace({ method, url, headers }: IncomingMessage, hosts: ReadonlySet<string>): void {
  if (!hosts.has(headers.host ?? '') || headers.origin !== undefined) {
    throw new CountersignError(
      'CONNECTOR_HOST_REFUSED',
      'The endpoint serves programs on this machine alone.',
    );
  }
  if (method === 'POST' && url === PATH) return;
  throw new CountersignError(
    'CONNECTOR_PLACE_UNKNOWN',
    'The endpoint knows POST /messages and nothing else.',
  );
}

const signatureWrong = () =>
  new CountersignError(
    'CONNECTOR_SIGNATURE_WRONG',
    'The key is unknown or revoked, or the signature is not that of the request.',
  );

const rateExceeded = (retryAfterMs: number) =>
  new CountersignError('CONNECTOR_RATE_EXCEEDED', 'The caller sends more than its share.', { retryAfterMs });

const tooLarge = () =>
  new CountersignError('CONNECTOR_MESSAGE_TOO_LARGE', 'The message is larger than the endpoint takes.', {
    expected: `at most ${MOST_MESSAGE_BYTES} bytes`,
  });

function send(response: ServerResponse, status: number, value: object): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.byteLength,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}
