/**
 * The way to the engine. In the desktop app the preload hands over a MessagePort; through
 * the loopback door a one-time token of the URL's fragment is exchanged for a session secret
 * and the calls go over a WebSocket. Either may go away; this file brings it back.
 */
import type { ClientLink } from '@orpc/client';
import { DynamicLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { useSyncExternalStore } from 'react';

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready' }
  /** The engine is gone; another try is under way. */
  | { readonly kind: 'lost'; readonly sinceMs: number }
  /** The door does not know this window: only a fresh start helps. */
  | { readonly kind: 'refused' };

type Link = ClientLink<Record<never, never>>;

/** What calls fail with while there is no engine. */
export class ConnectionLost extends Error {
  readonly code = 'CONNECTION_LOST';
  constructor() {
    super('The console has no connection to its engine.');
    this.name = 'ConnectionLost';
  }
}

const SECRET_KEY = 'countersign.session';
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8_000;
const PATIENCE_MS = 10_000;

let state: ConnectionState = { kind: 'connecting' };
let link: Link | null = null;
let waiting: ((link: Link) => void)[] = [];
let retryMs = FIRST_RETRY_MS;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function become(next: ConnectionState): void {
  state = next;
  for (const listener of listeners) listener();
}

function ready(next: Link): void {
  link = next;
  clearTimeout(retryTimer);
  retryMs = FIRST_RETRY_MS;
  become({ kind: 'ready' });
  for (const wake of waiting) wake(next);
  waiting = [];
}

function lost(): void {
  link = null;
  if (state.kind === 'refused') return;
  if (state.kind !== 'lost') become({ kind: 'lost', sinceMs: Date.now() });
}

/** The link of the moment. A call made while there is none waits a while for one. */
function currentLink(): Promise<Link> {
  if (link) return Promise.resolve(link);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new ConnectionLost()), PATIENCE_MS);
    waiting.push((made) => {
      clearTimeout(timer);
      resolve(made);
    });
  });
}

export const engineLink = new DynamicLink<Record<never, never>>(() => currentLink());

/** Tells a listener of each change; returns how to stop. */
export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function connectionState(): ConnectionState {
  return state;
}

export function useConnection(): ConnectionState {
  return useSyncExternalStore(onConnection, connectionState);
}

// --- desktop app ---------------------------------------------------------------------------

function listenForPort(): void {
  window.addEventListener('message', (event) => {
    if (event.source !== window || event.data !== 'countersign:port') return;
    const port = event.ports[0];
    if (!port) return;
    if (link !== null) {
      // Asked for twice: the first that came is in use.
      port.close();
      return;
    }
    port.addEventListener('close', () => {
      if (link !== made) return;
      lost();
      askForPort();
    });
    const made: Link = new PortLink({ port });
    port.start();
    ready(made);
  });
  askForPort();
}

/** Asks the shell for a way to the engine, again and again until there is one: it may be starting anew. */
function askForPort(): void {
  clearTimeout(retryTimer);
  if (link !== null) return;
  window.postMessage('countersign:ready', window.location.origin);
  retryTimer = setTimeout(askForPort, retryMs);
  retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
}

// --- loopback ------------------------------------------------------------------------------

/** Takes the one-time token out of the address, so that it is neither seen nor kept. */
function takeToken(): string | null {
  const fragment = window.location.hash.replace(/^#/, '');
  if (!fragment.startsWith('token=')) return null;
  const token = new URLSearchParams(fragment).get('token');
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  return token;
}

async function exchange(token: string): Promise<string | null> {
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (!answer.ok) return null;
  const body: unknown = await answer.json();
  return typeof body === 'object' && body !== null && 'secret' in body && typeof body.secret === 'string'
    ? body.secret
    : null;
}

function retryLater(): void {
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connectSocket, retryMs);
  retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
}

/** Close codes with which the door says that the secret is not (or no longer) good. */
const REFUSALS: ReadonlySet<number> = new Set([1008, 4001, 4003, 4401, 4403]);

function connectSocket(): void {
  const secret = sessionStorage.getItem(SECRET_KEY);
  if (secret === null) {
    become({ kind: 'refused' });
    return;
  }
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${window.location.host}/rpc`);
  let made: Link | null = null;
  socket.addEventListener('open', () => socket.send(JSON.stringify({ secret })), { once: true });
  const onFirst = (event: MessageEvent) => {
    socket.removeEventListener('message', onFirst);
    const greeting: unknown = typeof event.data === 'string' ? JSON.parse(event.data) : null;
    if (typeof greeting !== 'object' || greeting === null || !('ready' in greeting)) {
      socket.close();
      return;
    }
    made = new SocketLink({ websocket: socket });
    ready(made);
  };
  socket.addEventListener('message', onFirst);
  socket.addEventListener('close', (event) => {
    if (REFUSALS.has(event.code)) {
      sessionStorage.removeItem(SECRET_KEY);
      link = null;
      become({ kind: 'refused' });
      return;
    }
    if (made === null || link === made || link === null) {
      lost();
      retryLater();
    }
  });
}

async function startLoopback(): Promise<void> {
  const token = takeToken();
  if (token !== null) {
    const secret = await exchange(token).catch(() => null);
    if (secret !== null) sessionStorage.setItem(SECRET_KEY, secret);
  }
  connectSocket();
}

/** Tries again at once, when a person asks for it. */
export function reconnectNow(): void {
  if (state.kind !== 'lost') return;
  if (isDesktop()) askForPort();
  else {
    clearTimeout(retryTimer);
    connectSocket();
  }
}

/** The desktop app serves its page under a scheme of its own, not over HTTP. */
export function isDesktop(): boolean {
  return !/^https?:$/.test(window.location.protocol) || /\bElectron\//.test(navigator.userAgent);
}

/** Opens the way to the engine. Called once, before the router reads the address. */
export function connect(): void {
  if (isDesktop()) listenForPort();
  else void startLoopback();
}
