// The engine's side of hosted processes under Electron. With the RunAsNode fuse off a utility
// process cannot fork, so the engine asks the shell, which forks and sends back a port.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MessagePortMain } from 'electron';
import type { HostedProcess, SpawnHost } from '../../base/index.ts';
import type { EngineWish, ShellMessage } from './messages.ts';

export interface ShellSpawner {
  readonly spawnHost: SpawnHost;
  /** Hears what the shell says of hosted processes. */
  hear(message: Extract<ShellMessage, { id: number }>, port: MessagePortMain | undefined): void;
}

/** Starts processes through the shell, which `ask` speaks to. */
export function createShellSpawner(ask: (wish: EngineWish) => void): ShellSpawner {
  const hosted = new Map<number, ShellProcess>();
  let lastId = 0;
  return {
    spawnHost: (entry) => {
      lastId += 1;
      const id = lastId;
      const child = new ShellProcess(() => ask({ type: 'kill', id }));
      hosted.set(id, child);
      ask({ type: 'spawn', id, entry: basename(fileURLToPath(entry)) });
      return child;
    },
    hear: (message, port) => {
      if (message.type === 'spawned') {
        if (port !== undefined) hosted.get(message.id)?.connect(port);
      } else {
        hosted.get(message.id)?.end(message.code);
        hosted.delete(message.id);
      }
    },
  };
}

class ShellProcess implements HostedProcess {
  readonly kill: () => void;
  readonly #listeners: ((message: unknown) => void)[] = [];
  readonly #ended: ((code: number | null) => void)[] = [];
  readonly #waiting: unknown[] = [];
  #port: MessagePortMain | undefined;

  constructor(kill: () => void) {
    this.kill = kill;
  }

  connect(port: MessagePortMain): void {
    this.#port = port;
    port.on('message', ({ data }) => {
      for (const listener of this.#listeners) listener(data);
    });
    port.start();
    for (const message of this.#waiting.splice(0)) port.postMessage(message);
  }

  end(code: number | null): void {
    this.#port?.close();
    for (const listener of this.#ended) listener(code);
  }

  send(message: unknown): void {
    if (this.#port === undefined) this.#waiting.push(message);
    else this.#port.postMessage(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listeners.push(listener);
  }

  onExit(listener: (code: number | null) => void): void {
    this.#ended.push(listener);
  }
}
