import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Operation } from './plan.ts';
import type {
  ChildClock,
  CrashPoint,
  Decision,
  Dump,
  FromChild,
  Head,
  Outcome,
  ToChild,
  VaultPlace,
} from './protocol.ts';

/** The child is gone: killed by itself, by the parent, or by a fault of its own. */
export class ChildGone extends Error {}

type Waiting = { readonly resolve: (message: FromChild) => void; readonly reject: (error: Error) => void };

/** One child process and the calls that wait for its answers. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<string, Waiting>();
  readonly #gone: Promise<void>;
  #onIntent: (key: number, id: number, decision: Decision) => void = () => {};
  #fault: string | undefined;
  #isGone = false;
  #nextId = 1;
  writes = 0;

  constructor() {
    this.#process = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), {
      serialization: 'advanced',
      execArgv: ['--no-warnings', ...(process.env.SIMFLAGS ?? '').split(',').filter(Boolean)],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    // The simulation takes what the other tests leave; those have screens to wait for.
    const { pid } = this.#process;
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
    this.#process.on('message', (message: FromChild) => this.#take(message));
    this.#gone = new Promise((resolve) => {
      // `close` comes after the last message was delivered: an acknowledgement sent before death counts.
      this.#process.once('close', () => {
        this.#isGone = true;
        const error = new ChildGone(this.#fault ?? 'the child was killed');
        for (const { reject } of this.#waiting.values()) reject(error);
        this.#waiting.clear();
        resolve();
      });
    });
  }

  /** A failure that is no crash: the child threw. */
  get fault(): string | undefined {
    return this.#fault;
  }

  #take(message: FromChild): void {
    if (message.type === 'intent') {
      this.#onIntent(message.key, message.id, message.decision);
      return;
    }
    if (message.type === 'fault') {
      this.#fault = message.message;
      this.#process.kill('SIGKILL');
      return;
    }
    if ('writes' in message) this.writes = message.writes;
    const name = 'id' in message ? `${message.type}/${message.id}` : message.type;
    this.#waiting.get(name)?.resolve(message);
    this.#waiting.delete(name);
  }

  #wait<T extends FromChild['type']>(type: T, id?: number): Promise<Extract<FromChild, { type: T }>> {
    if (this.#isGone) return Promise.reject(new ChildGone('the child is gone'));
    const { promise, resolve, reject } = Promise.withResolvers<FromChild>();
    this.#waiting.set(id === undefined ? type : `${type}/${id}`, { resolve, reject });
    return promise as Promise<Extract<FromChild, { type: T }>>;
  }

  #send(message: ToChild): void {
    if (!this.#isGone && this.#process.connected) this.#process.send(message, () => {});
  }

  onIntent(listener: (key: number, id: number, decision: Decision) => void): void {
    this.#onIntent = listener;
  }

  async open(vaults: readonly VaultPlace[], clock: ChildClock, crash?: CrashPoint): Promise<void> {
    const id = this.takeId();
    const answer = this.#wait('opened', id);
    const places = vaults.map(({ key, directory }) => ({ key, directory }));
    this.#send({ type: 'open', id, vaults: places, clock, ...(crash ? { crash } : {}) });
    await answer;
  }

  /** The id under which the next operation will be sent, so that the model knows of it beforehand. */
  takeId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }

  async perform(
    key: number,
    id: number,
    operation: Operation,
    options: { readonly bytes?: Buffer; readonly crash?: CrashPoint } = {},
  ): Promise<{ outcome: Outcome; head: Head | null }> {
    const answer = this.#wait('done', id);
    this.#send({ type: 'operation', key, id, operation, ...options });
    return answer;
  }

  /** Restores a backup of a vault, and answers what the restored one shows. */
  async restore(
    key: number,
    options: { readonly source: string; readonly heads: readonly bigint[]; readonly perMille?: number },
  ): Promise<{ record: bigint; dump: Dump }> {
    const id = this.takeId();
    const answer = this.#wait('restore', id);
    this.#send({ type: 'restore', key, id, ...options });
    return answer;
  }

  async dump(
    key: number,
    { heads, verify, atRest = false }: { heads: readonly bigint[]; verify: boolean; atRest?: boolean },
  ): Promise<Dump> {
    const id = this.takeId();
    const answer = this.#wait('dump', id);
    this.#send({ type: 'dump', key, id, heads, verify, atRest });
    return (await answer).dump;
  }

  async ready(): Promise<void> {
    await this.#wait('ready');
  }

  /** SIGKILL from outside, at whatever the child is doing. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#gone;
  }

  async close(): Promise<void> {
    const answer = this.#wait('closed');
    this.#send({ type: 'close' });
    await answer;
    await this.#gone;
  }
}
