/**
 * Processes of their own, for what may crash its host: a vendor's PKCS#11 library above all. The
 * engine cannot start them alike everywhere (under Electron it may not fork at all), so each door
 * supplies the way; the two ends speak whole messages, copied as by structured clone.
 */

/** One end of the line between the engine and a process it hosts. */
export interface ProcessChannel {
  /** Sends a value: plain data and bytes. What is sent after the other end has gone is lost. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** A process as the engine holds it. */
export interface HostedProcess extends ProcessChannel {
  /** Called once when the process is gone; the code is null where it was killed or never ran. */
  onExit(listener: (code: number | null) => void): void;
  kill(): void;
}

/**
 * Starts an entry file in a process of its own. The entry is `NAME.process.ts`, its address made
 * by `workerUrl`; what is sent before the process has come up waits for it.
 */
export type SpawnHost = (entry: URL) => HostedProcess;

interface Port {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
}

interface ParentPort {
  once(event: 'message', listener: (event: { ports: Port[] }) => void): void;
}

/**
 * The hosted process's end of the line, taken once, first thing in its entry file. The process
 * ends when the engine does: it holds nothing that outlives it.
 * @throws where the process was not started by `SpawnHost`
 */
export function hostChannel(): ProcessChannel {
  const { parentPort } = process as unknown as { parentPort?: ParentPort };
  if (parentPort !== undefined) return channelOfShell(parentPort);
  if (process.send === undefined) throw new Error('this entry runs only in a process that the engine hosts');
  process.once('disconnect', () => process.exit());
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => {
      process.on('message', listener);
    },
  };
}

/** Under Electron the shell's first message brings the port to the engine. */
function channelOfShell(parentPort: ParentPort): ProcessChannel {
  const listeners: ((message: unknown) => void)[] = [];
  const waiting: unknown[] = [];
  let engine: Port | undefined;
  parentPort.once('message', ({ ports: [port] }) => {
    if (port === undefined) throw new Error('the shell sent no port to the engine');
    engine = port;
    port.on('message', ({ data }) => {
      for (const listener of listeners) listener(data);
    });
    port.on('close', () => process.exit());
    port.start();
    for (const message of waiting.splice(0)) port.postMessage(message);
  });
  return {
    send: (message) => {
      if (engine === undefined) waiting.push(message);
      else engine.postMessage(message);
    },
    onMessage: (listener) => {
      listeners.push(listener);
    },
  };
}
