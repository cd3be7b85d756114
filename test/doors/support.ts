import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { os } from '@orpc/server';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { runProgram, type Surroundings } from '../../src/main/doors/cli/program.ts';
import { type Loopback, startLoopback } from '../../src/main/doors/loopback/index.ts';
import type { EngineHost } from '../../src/main/engine/index.ts';
import { nextCode } from '../support/people.ts';

/** An engine of three procedures: what the doors do does not depend on what lies behind them. */
export interface FakeHost {
  readonly host: EngineHost;
  /** The procedures that were reached, in order. */
  readonly calls: string[];
  readonly doors: string[];
}

export function fakeHost(directory: string | null = null): FakeHost {
  const calls: string[] = [];
  const doors: string[] = [];
  const router = {
    vault: {
      status: os.handler(() => {
        calls.push('vault.status');
        return { state: directory === null ? 'closed' : 'open', directory };
      }),
    },
    ledger: {
      post: os.input(z.object({ entries: z.array(z.object({ memo: z.string() })) })).handler(({ input }) => {
        calls.push('ledger.post');
        return { count: input.entries.length, total: 12n };
      }),
    },
    intake: {
      write: os.input(z.object({ bytes: z.instanceof(Blob) })).handler(({ input }) => {
        calls.push('intake.write');
        return { receivedBytes: input.bytes.size };
      }),
    },
  };
  const host = {
    router,
    contextFor: (door: string) => {
      doors.push(door);
      return { session: null, traceId: 'trace', gate: () => undefined };
    },
    close: async () => {},
  };
  return { host: host as unknown as EngineHost, calls, doors };
}

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whoever the command line signs in as; a service account has no code. */
export interface SignedIn {
  readonly name: string;
  readonly passphrase: string;
  code?(): string;
}

/** The command line in this process, with folders of its own. `as` signs somebody in for one command. */
export function commandLine(
  surroundings: Pick<Surroundings, 'dataFolder' | 'runFolder' | 'runtime'>,
): (argv: readonly string[], as?: SignedIn, signal?: AbortSignal) => Promise<Run> {
  return async (argv, as, signal = new AbortController().signal) => {
    const written = { stdout: '', stderr: '' };
    const stream = (name: 'stdout' | 'stderr') => ({
      isTTY: false,
      columns: 80,
      write: (text: string) => {
        written[name] += text;
        return true;
      },
    });
    const [stdout, stderr] = [stream('stdout') as never, stream('stderr') as never];
    if (as !== undefined) {
      process.env.COUNTERSIGN_OPERATOR_PASSPHRASE = as.passphrase;
      const code = as.code?.bind(as);
      if (code !== undefined) process.env.COUNTERSIGN_TOTP = await nextCode({ code });
    }
    const all = as === undefined ? argv : [...argv, '--operator', as.name];
    try {
      const code = await runProgram({ argv: all, stdout, stderr, signal, ...surroundings });
      return { code, ...written };
    } finally {
      if (as !== undefined) {
        delete process.env.COUNTERSIGN_OPERATOR_PASSPHRASE;
        delete process.env.COUNTERSIGN_TOTP;
      }
    }
  };
}

/** A temporary folder that is gone after the test. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'countersign-doors-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The loopback door over a fake engine, with a small page. */
export async function fakeLoopback(): Promise<
  FakeHost & { loopback: Loopback; authority: string; port: number; token: string; close(): Promise<void> }
> {
  const folder = temporaryFolder();
  const page = join(folder.path, 'renderer');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(page, 'assets', 'index-abc.js'), 'export {};');
  writeFileSync(join(folder.path, 'secret.html'), 'not for the page');
  const fake = fakeHost();
  const loopback = await startLoopback({ host: fake.host, rendererFolder: page });
  const { host: authority, port, hash } = new URL(loopback.url);
  return {
    ...fake,
    loopback,
    authority,
    port: Number(port),
    token: hash.slice('#token='.length),
    close: async () => {
      await loopback.close();
      folder.remove();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request whose path and headers go out exactly as they are given; `fetch` would tidy them. */
export function rawRequest(
  port: number,
  options: { path: string; method?: string; headers?: Record<string, string>; body?: string },
): Promise<Answer> {
  const { path, method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: text }),
      );
    });
    request.end(body);
  });
}

export function exchange(port: number, token: string, headers: Record<string, string> = {}): Promise<Answer> {
  return rawRequest(port, {
    path: '/session',
    method: 'POST',
    headers: {
      host: `127.0.0.1:${port}`,
      origin: `http://127.0.0.1:${port}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({ token }),
  });
}

/** Opens a WebSocket and answers how that went: open, or refused with which status. */
export function openSocket(
  port: number,
  options: { path?: string; headers?: Record<string, string> } = {},
): Promise<{ socket: WebSocket; status: number | 'open' }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${options.path ?? '/rpc'}`, {
    headers: { origin: `http://127.0.0.1:${port}`, ...options.headers },
    perMessageDeflate: false,
  });
  return new Promise((resolve) => {
    socket.once('open', () => resolve({ socket, status: 'open' }));
    socket.once('unexpected-response', (_, response) => resolve({ socket, status: response.statusCode! }));
    socket.once('error', () => resolve({ socket, status: 0 }));
  });
}

/** The next message of a socket as text, or the code it was closed with. */
export function nextEvent(socket: WebSocket): Promise<{ message: string } | { closed: number }> {
  return new Promise((resolve) => {
    socket.once('message', (data) => resolve({ message: String(data) }));
    socket.once('close', (code) => resolve({ closed: code }));
  });
}

/** A socket that has signed in. */
export async function signedIn(port: number, token: string): Promise<WebSocket> {
  const { secret } = JSON.parse((await exchange(port, token)).body) as { secret: string };
  const { socket } = await openSocket(port);
  socket.send(JSON.stringify({ secret }));
  const answer = await nextEvent(socket);
  if (!('message' in answer)) throw new Error(`not admitted: ${answer.closed}`);
  return socket;
}
