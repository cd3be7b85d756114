/** One token as the engine holds it: a process, a session, the numbers of its keys, and its recovery. */
import { CountersignError, isCountersignError, type Runtime, type SpawnHost } from '../base/index.ts';
import type { HsmCallName, HsmCalls, KeyRef, LibraryChoice, TokenChoice, TokenFacts } from './calls.ts';
import { type HsmClient, startHsmClient } from './client.ts';
import type { Op } from './frames.ts';
import { type CircuitState, createRecovery, type Recovery } from './recovery.ts';
import { RECOVERY_PLANS } from './recovery-plans.ts';
import { type HsmCode, hsmError, isHsmCode } from './refusals.ts';

export interface LinkOptions {
  readonly spawnHost: SpawnHost;
  readonly entry: URL;
  readonly runtime: Runtime;
  readonly library: () => LibraryChoice;
  readonly token: TokenChoice;
  readonly silentMs: number;
  readonly generateMs: number;
  /** Whether a process waits beside the one that serves. */
  readonly keepsSpare: boolean;
  /** A person must look at it. */
  readonly onAlert: () => void;
  /** Whether another token serves what this one did. */
  readonly othersServe: () => boolean;
  readonly onState: (state: CircuitState, before: CircuitState, why: HsmCode | null) => void;
  /** It serves, for the first time or again. */
  readonly onReady: () => void;
}

export interface Link {
  readonly ready: boolean;
  readonly facts: TokenFacts | null;
  readonly mechanisms: readonly number[];
  readonly recovery: Recovery;
  /** The last thing that went wrong. */
  readonly lastError: HsmCode | null;
  readonly inFlight: number;
  /** Milliseconds of the last check, and when it was. */
  readonly lastCheck: { readonly atMs: number; readonly tookMs: number } | null;
  /** Opens the session. The PIN stays in memory until `close`. Throws what the token refuses. */
  open(pin: string): Promise<void>;
  /** Whether the PIN is known, so that it can be opened again without a person. */
  readonly hasPin: boolean;
  /** A person lets it try again, now. */
  resume(): Promise<boolean>;
  /** Another process with a session on the same token, for a migration. The caller ends it. */
  another(): Promise<{ readonly client: HsmClient; readonly pin: string }>;
  call<Name extends HsmCallName>(
    name: Name,
    input: HsmCalls[Name]['in'],
    silentMs?: number,
  ): Promise<HsmCalls[Name]['out']>;
  /**
   * Serves from a new process, without a gap: a library may not see what another process has put
   * on its token. The old one ends when it has answered all it was asked.
   */
  renew(): Promise<void>;
  use(op: Exclude<Op, 0>, ref: KeyRef, bytes: Uint8Array): Promise<Buffer>;
  forget(keyId: string): void;
  /** Ends the session, forgets the PIN. */
  close(): void;
}

/** What says that the token does not answer as it should; anything else is an answer. */
const FAILURES: ReadonlySet<HsmCode> = new Set([
  'HSM_CRASHED',
  'HSM_HANGS',
  'HSM_ANSWER_INVALID',
  'HSM_TOKEN_GONE',
  'HSM_TOKEN_MISSING',
  'HSM_TOKEN_FAILED',
  'HSM_SESSION_LOST',
]);
/** The process or its session is gone: there is nothing to count. */
const CERTAIN: ReadonlySet<HsmCode> = new Set([
  'HSM_CRASHED',
  'HSM_HANGS',
  'HSM_ANSWER_INVALID',
  'HSM_TOKEN_GONE',
  'HSM_SESSION_LOST',
]);
/** No program tries these again: a PIN would lock, and what lied once is asked by a person. */
const STOPS: ReadonlySet<HsmCode> = new Set([
  'HSM_PIN_WRONG',
  'HSM_PIN_LOCKED',
  'HSM_SIGNATURE_WRONG',
  'HSM_TOKEN_AMBIGUOUS',
]);

/** Whether another token may be asked the same after this. */
export const isOfToken = (error: unknown): boolean =>
  error instanceof CountersignError &&
  isHsmCode(error.code) &&
  (FAILURES.has(error.code) || STOPS.has(error.code) || error.code === 'HSM_MECHANISM_LIED');

const IDLE_LOOK_MS = 50;

export function createLink(options: LinkOptions): Link {
  const { runtime, spawnHost, entry } = options;
  let client: HsmClient | undefined;
  /** A process that has loaded its code and waits, so that a crash costs no start. */
  let spare: HsmClient | undefined;
  let pin: string | undefined;
  let ready = false;
  let facts: TokenFacts | null = null;
  let mechanisms: readonly number[] = [];
  let lastError: HsmCode | null = null;
  let lastCheck: Link['lastCheck'] = null;
  let closed = false;
  const numbers = new Map<string, Promise<number>>();

  const start = (silentMs = options.silentMs): HsmClient => {
    const started: HsmClient = startHsmClient({
      ...{ spawnHost, entry, runtime, silentMs },
      onGone: (error) => {
        if (started === spare) spare = undefined;
        else if (started === client && ready) noteFailure(error);
      },
    });
    return started;
  };

  function leaveProcess(): void {
    ready = false;
    numbers.clear();
    const leaving = client;
    client = undefined;
    leaving?.kill();
  }

  /** Takes an error of the token to heart. The session is over where there is no doubt. */
  function noteFailure(error: unknown): void {
    if (!(error instanceof CountersignError) || !isHsmCode(error.code) || closed) return;
    const { code } = error;
    if (STOPS.has(code)) {
      lastError = code;
      leaveProcess();
      recovery.stop();
    } else if (FAILURES.has(code)) {
      lastError = code;
      const isCertain = CERTAIN.has(code);
      if (isCertain) leaveProcess();
      recovery.failed(isCertain);
    }
  }

  async function connect(): Promise<void> {
    if (pin === undefined) throw hsmError('HSM_PIN_NEEDED');
    leaveProcess();
    const fresh = spare ?? start();
    spare = undefined;
    client = fresh;
    const opened = await fresh.call('open', { ...options.library(), token: options.token });
    facts = opened.token;
    mechanisms = opened.mechanisms;
    await fresh.call('login', { pin });
    await look(fresh);
    if (closed || client !== fresh) throw hsmError('HSM_SESSION_LOST');
    ready = true;
    lastError = null;
    if (options.keepsSpare) spare = start();
    options.onReady();
  }

  /** Lets the token do something, and notes how long it took. */
  async function look(asked: HsmClient): Promise<void> {
    const startedMs = runtime.monotonicMs();
    facts = (await asked.call('check', null)).token;
    lastCheck = { atMs: runtime.nowMs(), tookMs: runtime.monotonicMs() - startedMs };
  }

  /** Connects; a refused PIN and the like end all tries. */
  async function reconnect(): Promise<boolean> {
    try {
      await connect();
      return true;
    } catch (error) {
      if (isCountersignError(error) && isHsmCode(error.code)) lastError = error.code;
      leaveProcess();
      if (lastError !== null && STOPS.has(lastError)) recovery.stop();
      return false;
    }
  }

  const recovery = createRecovery({
    plan: RECOVERY_PLANS.hsm,
    runtime,
    take: (step) => {
      if (step === 'reconnect') return reconnect();
      if (step === 'fail-over') return options.othersServe();
      options.onAlert();
      return true;
    },
    check: async () => {
      if (client === undefined || !ready) return pin === undefined;
      try {
        await look(client);
        return true;
      } catch (error) {
        if (isCountersignError(error) && isHsmCode(error.code)) lastError = error.code;
        return false;
      }
    },
    onState: (state, before) => options.onState(state, before, lastError),
  });

  /** Another process with a session on the same token. */
  async function another(silentMs = options.generateMs): Promise<{ client: HsmClient; pin: string }> {
    if (pin === undefined) throw hsmError('HSM_PIN_NEEDED');
    const opened = start(silentMs);
    try {
      await opened.call('open', { ...options.library(), token: options.token });
      await opened.call('login', { pin });
      return { client: opened, pin };
    } catch (error) {
      opened.kill();
      throw error;
    }
  }

  function endWhenIdle(old: HsmClient): void {
    if (old.gone) return;
    if (old.inFlight === 0 || closed) old.kill();
    else runtime.schedule(IDLE_LOOK_MS, () => endWhenIdle(old));
  }

  function serving(): HsmClient {
    if (client !== undefined && ready) return client;
    throw hsmError(pin === undefined ? 'HSM_PIN_NEEDED' : 'HSM_SESSION_LOST');
  }

  /** Asks the process there is; what it refuses counts only while it is the one in use. */
  async function told<T>(ask: (asked: HsmClient) => Promise<T>): Promise<T> {
    const asked = serving();
    try {
      const result = await ask(asked);
      recovery.succeeded();
      return result;
    } catch (error) {
      if (asked === client) noteFailure(error);
      throw error;
    }
  }

  /** The number of a key on this process; keys are shown to a new process as they are needed. */
  function numberOf(asked: HsmClient, ref: KeyRef): Promise<number> {
    const known = numbers.get(ref.keyId);
    if (known !== undefined) return known;
    const found = asked.call('use', ref).then(({ number }) => number);
    numbers.set(ref.keyId, found);
    found.catch(() => numbers.delete(ref.keyId));
    return found;
  }

  return {
    get ready() {
      return ready;
    },
    get facts() {
      return facts;
    },
    get mechanisms() {
      return mechanisms;
    },
    get lastError() {
      return lastError;
    },
    get lastCheck() {
      return lastCheck;
    },
    get inFlight() {
      return client?.inFlight ?? 0;
    },
    recovery,
    async open(typed) {
      pin = typed;
      try {
        await connect();
      } catch (error) {
        leaveProcess();
        // A PIN that did not open the session is not kept, so nothing tries it again.
        pin = undefined;
        if (isCountersignError(error) && isHsmCode(error.code)) lastError = error.code;
        recovery.stop();
        throw error;
      }
      if (recovery.state !== 'healthy') await recovery.resume();
    },
    get hasPin() {
      return pin !== undefined;
    },
    resume: () => recovery.resume(),
    another,
    async renew() {
      if (client === undefined || !ready) return;
      const old = client;
      const { client: fresh } = await another(options.silentMs);
      // It may have failed and come back meanwhile, with a process that is as new.
      if (client !== old || closed) return fresh.kill();
      client = fresh;
      numbers.clear();
      endWhenIdle(old);
    },
    call: (name, input, silentMs = name === 'generate' ? options.generateMs : undefined) =>
      told((asked) => asked.call(name, input, silentMs)),
    use: (op, ref, bytes) => told(async (asked) => asked.use(op, await numberOf(asked, ref), bytes)),
    forget: (keyId) => void numbers.delete(keyId),
    close() {
      closed = true;
      pin = undefined;
      recovery.close();
      leaveProcess();
      spare?.kill();
      spare = undefined;
    },
  };
}
