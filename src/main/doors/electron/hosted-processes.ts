// The shell's side of hosted processes: it forks what the engine asks for and hands over a port.
import { join } from 'node:path';
import type { MessageChannelMain, MessagePortMain, UtilityProcess, utilityProcess } from 'electron';
import type { EngineWish, ShellMessage } from './messages.ts';

export interface HostedProcessesOptions {
  readonly utilityProcess: typeof utilityProcess;
  readonly MessageChannelMain: typeof MessageChannelMain;
  /** Where the bundled entries of workers and processes lie. */
  readonly folder: string;
  /** Speaks to the engine that asked. */
  say(message: ShellMessage, ports?: MessagePortMain[]): void;
}

/** Only entries of our own bundle are run, whatever the engine was talked into asking for. */
const ENTRY = /^[a-z0-9-]+\.process\.js$/;

/** The processes of one engine. */
export class HostedProcesses {
  readonly #options: HostedProcessesOptions;
  readonly #children = new Map<number, UtilityProcess>();

  constructor(options: HostedProcessesOptions) {
    this.#options = options;
  }

  hear(wish: EngineWish): void {
    if (wish.type === 'kill') this.#children.get(wish.id)?.kill();
    else if (ENTRY.test(wish.entry)) this.#start(wish.id, wish.entry);
    else this.#options.say({ type: 'ended', id: wish.id, code: null });
  }

  /** Ends them all: a process that the engine hosts does not outlive it. */
  endAll(): void {
    for (const child of this.#children.values()) child.kill();
    this.#children.clear();
  }

  #start(id: number, entry: string): void {
    const { utilityProcess, MessageChannelMain, folder, say } = this.#options;
    const child = utilityProcess.fork(join(folder, entry), [], {
      serviceName: 'Countersign host',
      stdio: 'inherit',
      execArgv: [],
    });
    this.#children.set(id, child);
    child.once('exit', (code) => {
      if (this.#children.delete(id)) say({ type: 'ended', id, code });
    });
    const { port1, port2 } = new MessageChannelMain();
    child.postMessage({ type: 'connect' }, [port2]);
    say({ type: 'spawned', id }, [port1]);
  }
}
