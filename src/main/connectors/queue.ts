/** The queue that every message passes: bounded, answered after the commit, many in one transaction. */
import { type MessageAnswer, MOST_MESSAGE_BYTES, type WaitingReason } from '../../contract/connectors.ts';
import { CountersignError, type Logger, type Runtime, yieldToLoop } from '../base/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { InstantMessage } from '../messages/index.ts';
import type { Vault } from '../vault/index.ts';
import { ofSurroundings } from './failure.ts';
import type { Answered } from './live.ts';
import type { Submission } from './types.ts';

/** Reading and taking of one group: what an engine that must answer screens too can spare at a time. */
const READ_BUDGET_MS = 5;
const TAKE_BUDGET_MS = 8;
/** With many waiting, longer groups share one commit; the loop is still let go of within 50 ms. */
const MANY_WAIT = 64;
const MANY_BUDGET_MS = 30;
const MOST_IN_A_GROUP = 256;
/** What waits at most; whoever brings more is told to wait. */
const MOST_WAITING = 10_000;
const MOST_WAITING_BYTES = 64 * 1_048_576;
/** Groups that are guarded after one in which a message was refused: such messages seldom come alone. */
const GUARDED_GROUPS = 100;
/** How long nothing is tried while the surroundings do not allow it. */
const HOLD_MS = 50;

/** A message that waits, read or not yet. */
export interface Waiting extends Submission {
  readonly receivedAtMs: number;
  readonly contentHash: Buffer;
  /** The dead letter that this is another try of. */
  readonly retried?: number | undefined;
  read?: { readonly message: InstantMessage } | { readonly error: unknown };
}

interface Entry extends Waiting {
  readonly sinceMs: number;
  resolve(answer: MessageAnswer): void;
  reject(error: unknown): void;
}

export interface QueueOptions {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** Bytes in, a message out; throws typed refusals. */
  read(bytes: Uint8Array, receivedAtMs: number): InstantMessage;
  /**
   * One message inside the group's transaction. Guarded, it has a savepoint of its own, and its refusal is an answer;
   * else a refusal is thrown, and takes the transaction along.
   */
  take(
    waiting: Waiting,
    isGuarded: boolean,
  ): Omit<Answered, 'latencyMs'> | { readonly refusal: CountersignError };
  /** What the group as a whole writes, in its transaction. */
  endGroup(answers: readonly Omit<Answered, 'latencyMs'>[]): void;
  /** After the commit, before whoever brought it hears. */
  answered(one: Answered): void;
  refused(): void;
  /** Why nothing may be taken now; null where it may. */
  hold(): WaitingReason | null;
  /** Bounds, lower in tests. */
  readonly most?: { readonly count?: number; readonly bytes?: number } | undefined;
}

export interface Queue {
  /**
   * Settles once the message lies in the vault. Errors: `CONNECTOR_QUEUE_FULL`, `CONNECTOR_STOPPED`,
   * `CONNECTOR_MESSAGE_TOO_LARGE`, `CONNECTOR_DELIVERY_REUSED`, and those of the vault where it cannot be
   * written: then nothing of the message was taken.
   */
  submit(submission: Submission & { readonly retried?: number | undefined }): Promise<MessageAnswer>;
  waiting(): { count: number; bytes: number; why: WaitingReason };
  /** Refuses what waits, and everything from now on. Settles when no group is under way. */
  close(): Promise<void>;
}

export function createQueue(options: QueueOptions): Queue {
  const { vault, runtime, log } = options;
  const { count: mostCount = MOST_WAITING, bytes: mostBytes = MOST_WAITING_BYTES } = options.most ?? {};
  /** First in, first out; what is taken leaves from `head`, and the rest moves up now and then. */
  let entries: Entry[] = [];
  let head = 0;
  let bytes = 0;
  let closed = false;
  let trouble: WaitingReason | undefined;
  let running: Promise<void> | undefined;
  /** How many groups are to be guarded yet. Unguarded ones cost less, and the whole group where one is refused. */
  let guarded = 0;
  /** The group before, whose answers may wait for the disk still. */
  let telling: Promise<void> = Promise.resolve();
  const count = () => entries.length - head;

  function refuse(code: 'CONNECTOR_QUEUE_FULL' | 'CONNECTOR_STOPPED', message: string): never {
    options.refused();
    throw new CountersignError(code, message);
  }

  async function submit(submission: Submission & { retried?: number | undefined }): Promise<MessageAnswer> {
    const { byteLength } = submission.bytes;
    if (closed)
      refuse('CONNECTOR_STOPPED', 'The intake of messages has stopped; send the message again later.');
    if (byteLength > MOST_MESSAGE_BYTES) {
      options.refused();
      throw new CountersignError(
        'CONNECTOR_MESSAGE_TOO_LARGE',
        'The message is larger than the queue takes.',
        {
          expected: `at most ${MOST_MESSAGE_BYTES} bytes`,
          actual: `${byteLength} bytes`,
        },
      );
    }
    if (count() >= mostCount || bytes + byteLength > mostBytes) {
      refuse('CONNECTOR_QUEUE_FULL', 'As many messages wait as the queue holds; send the message again.');
    }
    return new Promise((resolve, reject) => {
      const contentHash = sha256(submission.bytes);
      const receivedAtMs = runtime.nowMs();
      entries.push({
        ...submission,
        contentHash,
        receivedAtMs,
        sinceMs: runtime.monotonicMs(),
        resolve,
        reject,
      });
      bytes += byteLength;
      running ??= run();
    });
  }

  /** Everything that came in the same turn of the loop goes in one group. */
  async function run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (count() > 0 && !closed) {
        const why = options.hold();
        if (why !== null) {
          trouble = why;
          await sleep(runtime, HOLD_MS);
          continue;
        }
        trouble = undefined;
        await takeGroup();
        await (count() > 0 ? vault.breathe() : yieldToLoop());
      }
    } catch (error) {
      // Whatever this is, nobody may wait for ever.
      rejectAll(error);
    } finally {
      running = undefined;
    }
  }

  /**
   * One message alone is soonest answered where its commit waits for the disk. Where more wait, the disk gets
   * a group while the next one is worked on, and its answers are given when it lies there.
   */
  async function takeGroup(): Promise<void> {
    const isAlone = count() === 1;
    const group = readSome();
    const results = commitGroup(group, isAlone ? vault.transaction : vault.provisional);
    if (results === undefined) return;
    for (const [at] of results.entries()) leave(group[at]!);
    await telling;
    const answer = (refused?: { readonly refusal: unknown }) => {
      for (const [at, result] of results.entries()) tell(group[at]!, refused ?? result);
    };
    if (isAlone) answer();
    else {
      telling = vault.lasting().then(
        () => answer(),
        (error: unknown) => answer({ refusal: error }),
      );
    }
  }

  /** Reads what comes first, as far as the time goes; what was read before counts for nothing. */
  function readSome(): Entry[] {
    const untilMs = runtime.monotonicMs() + READ_BUDGET_MS;
    const group: Entry[] = [];
    for (let i = head; i < entries.length && group.length < MOST_IN_A_GROUP; i += 1) {
      const entry = entries[i]!;
      entry.read ??= readOne(entry);
      group.push(entry);
      if (runtime.monotonicMs() >= untilMs) break;
    }
    return group;
  }

  function readOne({ bytes, receivedAtMs }: Entry): NonNullable<Waiting['read']> {
    try {
      return { message: options.read(bytes, receivedAtMs) };
    } catch (error) {
      return { error };
    }
  }

  type Result = Omit<Answered, 'latencyMs'> | { readonly refusal: unknown };

  type Within = Vault['transaction'];

  /** As many of the group as the time allows; `undefined` where it is to be tried again, guarded, in another turn. */
  function commitGroup(group: readonly Entry[], within: Within): Result[] | undefined {
    const isGuarded = guarded > 0;
    if (isGuarded) guarded -= 1;
    try {
      return commit(group, within, isGuarded);
    } catch (error) {
      const surroundings = ofSurroundings(error);
      if (surroundings !== undefined) return failed(group, surroundings);
      guarded = GUARDED_GROUPS;
      if (!isGuarded) return undefined;
      log.error('connectors.group-failed', { name: error instanceof Error ? error.name : typeof error });
      return commitEach(group);
    }
  }

  /** What made a group fail as it was committed is found by committing each by itself. */
  function commitEach(group: readonly Entry[]): Result[] {
    return group.map((entry) => {
      try {
        return commit([entry], vault.transaction, true)[0]!;
      } catch (error) {
        const surroundings = ofSurroundings(error);
        if (surroundings !== undefined) return { refusal: surroundings };
        entry.read = { error };
        return commit([entry], vault.transaction, true)[0]!;
      }
    });
  }

  function commit(group: readonly Entry[], within: Within, isGuarded: boolean): Result[] {
    const budgetMs = count() > MANY_WAIT ? MANY_BUDGET_MS : TAKE_BUDGET_MS;
    const untilMs = runtime.monotonicMs() + budgetMs;
    return within(() => {
      const results: Result[] = [];
      for (const entry of group) {
        results.push(options.take(entry, isGuarded));
        if (runtime.monotonicMs() >= untilMs) break;
      }
      options.endGroup(results.filter((one) => 'answer' in one));
      return results;
    });
  }

  function failed(group: readonly Entry[], error: unknown): Result[] {
    trouble = 'vault-busy';
    return group.map(() => ({ refusal: error }));
  }

  function tell(entry: Entry, result: Result): void {
    if ('refusal' in result) {
      options.refused();
      entry.reject(result.refusal);
      return;
    }
    options.answered({ ...result, latencyMs: runtime.monotonicMs() - entry.sinceMs });
    entry.resolve(result.answer);
  }

  /** The first of those that wait waits for nothing but its answer. */
  function leave(entry: Entry): void {
    bytes -= entry.bytes.byteLength;
    head += 1;
    if (head < 1_024 || head * 2 < entries.length) return;
    entries = entries.slice(head);
    head = 0;
  }

  function rejectAll(error: unknown): void {
    const left = entries.slice(head);
    entries = [];
    head = 0;
    bytes = 0;
    for (const entry of left) entry.reject(error);
  }

  return {
    submit,
    waiting() {
      const waiting = count();
      const why = waiting === 0 ? 'nothing' : (trouble ?? 'queue');
      return { count: waiting, bytes, why: closed ? 'stopped' : why };
    },
    async close() {
      closed = true;
      rejectAll(
        new CountersignError(
          'CONNECTOR_STOPPED',
          'The intake of messages has stopped; nothing of this one was taken.',
        ),
      );
      await running;
      await telling;
    },
  };
}

const sleep = (runtime: Runtime, ms: number): Promise<void> =>
  new Promise((resolve) => {
    runtime.schedule(ms, resolve);
  });
