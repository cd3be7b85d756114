/**
 * The engine's end of the line to one process of the HSM. Requests of one turn travel together; a
 * process that ends, or answers nothing for too long, refuses all that were under way at once.
 */
import { CountersignError, type HostedProcess, type Runtime, type SpawnHost } from '../base/index.ts';
import type { HsmCallName, HsmCalls } from './calls.ts';
import {
  type Frame,
  OP,
  type Op,
  packFrames,
  packJson,
  packUse,
  STATUS,
  unpackFrames,
  unpackJson,
} from './frames.ts';
import { hsmError, isHsmCode } from './refusals.ts';

export interface HsmClientOptions {
  readonly spawnHost: SpawnHost;
  readonly entry: URL;
  readonly runtime: Runtime;
  /** A library that answers nothing for so long hangs. */
  readonly silentMs?: number;
  /** Called once, with the reason, when the process is gone. */
  readonly onGone?: (error: CountersignError) => void;
}

/** One process of the HSM. */
export interface HsmClient {
  call<Name extends HsmCallName>(
    name: Name,
    input: HsmCalls[Name]['in'],
    silentMs?: number,
  ): Promise<HsmCalls[Name]['out']>;
  /** Uses a key by its number on this line. */
  use(op: Exclude<Op, 0>, keyNumber: number, bytes: Uint8Array): Promise<Buffer>;
  readonly inFlight: number;
  readonly gone: boolean;
  /** Ends the process; what is under way is refused with `HSM_CRASHED`. */
  kill(): void;
}

interface Waiting {
  resolve(body: Buffer): void;
  reject(error: Error): void;
}

const SILENT_MS = 5_000;
/** A process says by an empty message that it has started; until then it is given time. */
const START_MS = 20_000;
/** Frames of one message: enough to spare messages, few enough that answers come back while others work. */
const MOST_FRAMES = 64;

export function startHsmClient(options: HsmClientOptions): HsmClient {
  const { spawnHost, entry, runtime, onGone } = options;
  const usualSilentMs = options.silentMs ?? SILENT_MS;
  const host: HostedProcess = spawnHost(entry);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ready: Frame[] = [];
  let gone: CountersignError | undefined;
  let stopWatch = () => {};
  let heardAtMs = runtime.monotonicMs();
  let allowedMs = usualSilentMs;
  let started = false;

  function end(error: CountersignError): void {
    if (gone) return;
    gone = error;
    stopWatch();
    const lost = [...waiting.values()];
    waiting.clear();
    ready = [];
    for (const { reject } of lost) reject(error);
    onGone?.(error);
  }

  /** One clock for all: what matters is that answers come, not which. */
  function watch(): void {
    stopWatch();
    stopWatch = runtime.schedule(Math.max(50, allowedMs / 4), () => {
      if (waiting.size === 0 || gone) return;
      const mostMs = started ? allowedMs : Math.max(allowedMs, START_MS);
      if (runtime.monotonicMs() - heardAtMs < mostMs) return watch();
      end(hsmError('HSM_HANGS', { expected: `an answer within ${mostMs} ms` }));
      host.kill();
    });
  }

  function take({ id, kind, body }: Frame): void {
    const request = waiting.get(id);
    // An id is answered once; what comes again, or was never asked, reaches nobody.
    if (request === undefined) return;
    const refusal = kind === STATUS.done ? undefined : refusedBy(body);
    waiting.delete(id);
    if (refusal) request.reject(refusal);
    else request.resolve(Buffer.from(body));
  }

  function send(): void {
    const frames = ready;
    ready = [];
    for (let at = 0; at < frames.length; at += MOST_FRAMES) {
      host.send(packFrames(frames.slice(at, at + MOST_FRAMES)));
    }
  }

  function ask(kind: Op, body: Buffer, silentMs = usualSilentMs): Promise<Buffer> {
    if (gone) return Promise.reject(gone);
    return new Promise((resolve, reject) => {
      lastId = (lastId + 1) % 0xffff_ffff;
      if (waiting.size === 0) {
        heardAtMs = runtime.monotonicMs();
        allowedMs = silentMs;
      }
      allowedMs = Math.max(allowedMs, silentMs);
      waiting.set(lastId, { resolve, reject });
      if (waiting.size === 1) watch();
      // What is asked in the same turn goes along, however many promises it comes through.
      if (ready.length === 0) setImmediate(send);
      ready.push({ id: lastId, kind, body });
    });
  }

  host.onMessage((message) => {
    heardAtMs = runtime.monotonicMs();
    started = true;
    try {
      for (const frame of unpackFrames(message)) take(frame);
    } catch (error) {
      // A process that sends what is no frame is beside itself.
      end(error instanceof CountersignError ? error : hsmError('HSM_ANSWER_INVALID'));
      host.kill();
    }
  });
  host.onExit(() => end(hsmError('HSM_CRASHED')));

  return {
    async call(name, input, silentMs) {
      return unpackJson(await ask(OP.call, packJson({ name, input }), silentMs)) as never;
    },
    use: (op, keyNumber, bytes) => ask(op, packUse(keyNumber, bytes)),
    get inFlight() {
      return waiting.size;
    },
    get gone() {
      return gone !== undefined;
    },
    kill() {
      end(hsmError('HSM_CRASHED'));
      host.kill();
    },
  };
}

/** A refusal as the process words it; a code that is none of ours counts as a failure of the token. */
function refusedBy(body: Buffer): Error {
  const { code, details } = unpackJson(body) as { code: unknown; details: CountersignError['details'] };
  return hsmError(isHsmCode(code) ? code : 'HSM_TOKEN_FAILED', details);
}
