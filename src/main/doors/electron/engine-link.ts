import { dirname, join } from 'node:path';
import type { MessageChannelMain, UtilityProcess, utilityProcess, WebFrameMain } from 'electron';
import { ENGINE_FLAGS } from '../../../../build/lib/engine-flags.mjs';
import { HostedProcesses } from './hosted-processes.ts';
import { type EngineNotice, type EngineWish, PORT_MESSAGE, type ShellMessage } from './messages.ts';

export interface EngineLinkOptions {
  readonly utilityProcess: typeof utilityProcess;
  readonly MessageChannelMain: typeof MessageChannelMain;
  readonly enginePath: string;
  readonly vault: string | undefined;
  readonly demo: boolean;
  /** Called when the engine ends without having been told to. */
  onCrash(): void;
  /** Called when the engine has something urgent to say. */
  onNotice(notice: EngineNotice): void;
}

const STOP_TIMEOUT_MS = 10_000;

/** The engine in a process of its own, started when the first window asks for it. */
export class EngineLink {
  readonly #options: EngineLinkOptions;
  #child: UtilityProcess | null = null;
  #isFirst = true;

  constructor(options: EngineLinkOptions) {
    this.#options = options;
  }

  /** Gives a frame a port of its own to the engine. */
  connect(frame: WebFrameMain): void {
    const child = this.#child ?? this.#start();
    const { port1, port2 } = new this.#options.MessageChannelMain();
    this.#say(child, { type: 'connect' }, [port1]);
    frame.postMessage(PORT_MESSAGE, null, [port2]);
  }

  /** Ends the engine: keys are forgotten with its memory. Resolves when it is gone. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#say(child, { type: 'stop' });
    const timer = setTimeout(() => child.kill(), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  #start(): UtilityProcess {
    const { enginePath, vault, demo, onCrash, onNotice } = this.#options;
    const child = this.#options.utilityProcess.fork(enginePath, [], {
      serviceName: 'Countersign engine',
      stdio: 'inherit',
      // These are switches of the process, so V8's flags travel as Chromium's switch for them, and
      // are set before the first allocation. Nothing else that could steer Node reaches the engine.
      execArgv: [`--js-flags=${ENGINE_FLAGS.join(' ')}`],
    });
    this.#child = child;
    const hosted = new HostedProcesses({
      utilityProcess: this.#options.utilityProcess,
      MessageChannelMain: this.#options.MessageChannelMain,
      folder: join(dirname(enginePath), 'workers'),
      say: (message, ports) => this.#say(child, message, ports),
    });
    child.on('message', (message: EngineNotice | EngineWish) => {
      if (message?.type === 'notice') onNotice(message);
      else if (message?.type === 'spawn' || message?.type === 'kill') hosted.hear(message);
    });
    child.on('exit', () => {
      hosted.endAll();
      if (this.#child !== child) return;
      this.#child = null;
      onCrash();
    });
    // The demo runs once; an engine that is started again finds its vault by the page.
    this.#say(child, {
      type: 'start',
      demo: demo && this.#isFirst,
      ...(vault === undefined ? {} : { vault }),
    });
    this.#isFirst = false;
    return child;
  }

  #say(child: UtilityProcess, message: ShellMessage, ports: Electron.MessagePortMain[] = []): void {
    child.postMessage(message, ports);
  }
}
