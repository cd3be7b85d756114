/** The room's shell: the queue, the road behind it, the list of dead letters, and the connectors before it. */
import type {
  CallerKey,
  ConnectorLine,
  ConnectorSettings,
  DeadLetter,
  LiveFigures,
  MessageAnswer,
  WaitingReason,
} from '../../contract/connectors.ts';
import type { Recorder } from '../audit/index.ts';
import {
  type Caller,
  CountersignError,
  isCountersignError,
  type Logger,
  type Metrics,
  type RaiseIncident,
  type Runtime,
  silentLogger,
} from '../base/index.ts';
import type { Feed } from '../jobs/index.ts';
import type { InstantMessage } from '../messages/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import { requireFolder } from './folder.ts';
import { requireFreePort } from './http.ts';
import { createLive } from './live.ts';
import { createQueue, type Queue } from './queue.ts';
import { createSetup, type SetUp, type Wanted } from './setup.ts';
import { createStore } from './store.ts';
import { createSupervision } from './supervision.ts';
import { createTaking } from './taking.ts';
import type { ImportFile, InstantRoad, Submission } from './types.ts';

export interface ConnectorsOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Recorder;
  readonly runtime: Runtime;
  readonly road: InstantRoad;
  /** Bytes in, a message out; throws typed refusals. */
  readonly read: (bytes: Uint8Array, receivedAtMs: number) => InstantMessage;
  readonly importFile: ImportFile;
  readonly feed?: Feed | undefined;
  readonly log?: Logger | undefined;
  readonly metrics?: Metrics | undefined;
  readonly raise?: RaiseIncident | undefined;
  /** Why nothing may be taken now: the books are not ready, an epoch is not signed; null where it may. */
  readonly hold?: (() => WaitingReason | null) | undefined;
  /** Bounds of the queue, lower in tests. */
  readonly most?: { readonly count?: number; readonly bytes?: number } | undefined;
}

/** Single messages, from wherever they come, into an open vault. */
export interface Connectors
  extends Pick<DeadLetters, 'list' | 'counts' | 'get'>,
    Pick<Queue, 'submit' | 'waiting'> {
  /** One message of whoever calls, at the console or by a script. */
  take(bytes: Uint8Array, deliveryId: string | undefined, caller: Caller): Promise<MessageAnswer>;
  /** Starts what is set up to start with the vault; the doors that stay open call it. */
  startAll(): Promise<void>;
  connectors(): ConnectorLine[];
  /** Errors: `CONNECTOR_NAME_TAKEN`, and what the connector's own start refuses. */
  add(wanted: Wanted, caller: Caller): Promise<ConnectorLine>;
  change(id: string, wanted: Wanted, caller: Caller): Promise<ConnectorLine>;
  start(id: string, caller: Caller): Promise<ConnectorLine>;
  stop(id: string, caller: Caller): Promise<ConnectorLine>;
  remove(id: string, reason: string, caller: Caller): Promise<void>;
  keys(id: string): CallerKey[];
  createKey(id: string, name: string, caller: Caller): CallerKey & { secret: string };
  revokeKey(keyId: string, caller: Caller): CallerKey;
  raw(id: string, caller: Caller): Buffer;
  retry(id: string, caller: Caller): Promise<MessageAnswer>;
  retryAll(code: string, caller: Caller): Promise<{ tried: number; taken: number; failed: number }>;
  dismiss(id: string, reason: string, caller: Caller): DeadLetter;
  live(): LiveFigures;
  watchLive(signal?: AbortSignal): AsyncGenerator<LiveFigures, void, void>;
  /** Connectors stop, what waits stays with its sender. */
  close(): Promise<void>;
}

/** Dead letters that are tried again at a time: they wait in the same queue as what comes in. */
const RETRY_AT_ONCE = 100;
const CHANGED_EVERY_MS = 1_000;

/** Opens the room on a vault. */
export function createConnectors(options: ConnectorsOptions): Connectors {
  const { vault, sealing, audit, runtime, road, read, feed, metrics, raise } = options;
  const log = options.log ?? silentLogger;
  const store = createStore(vault.db);
  const setup = createSetup({ vault, sealing, audit });
  const labelOf = (source: string) => {
    const id = /^connector-(\d{1,15})$/.exec(source)?.[1];
    return (id === undefined ? undefined : setup.label(Number(id))) ?? source;
  };
  const deadLetters = createDeadLetters({ vault, sealing, audit, store, raise, labelOf });
  const live = createLive({
    ...{ store, runtime, metrics },
    waiting: () => queue.waiting(),
    deadLettersOpen: deadLetters.open,
  });
  const screens = createAnnouncer(runtime, feed);
  const taking = createTaking({ vault, store, deadLetters, road, log });
  const queue = createQueue({
    ...{ vault, runtime, log, read, most: options.most },
    ...taking,
    answered(one) {
      live.answered(one);
      if (one.answer.result !== 'duplicate') screens.moved();
    },
    refused: live.refused,
    hold: options.hold ?? (() => null),
  });
  const supervision = createSupervision({
    ...{ setup, runtime, log, submit: queue.submit, importFile: options.importFile },
    changed: () => feed?.changed('connectors'),
  });

  async function started(one: SetUp): Promise<ConnectorLine> {
    await supervision.start(one);
    return supervision.line(one);
  }

  async function retry(id: string, caller: Caller): Promise<MessageAnswer> {
    const letter = deadLetters.bytesToRetry(id);
    const submission: Submission = { bytes: letter.bytes, source: letter.source, caller };
    return queue.submit({ ...submission, retried: letter.id });
  }

  return {
    ...{ list: deadLetters.list, counts: deadLetters.counts, get: deadLetters.get, raw: deadLetters.raw },
    ...{ submit: queue.submit, waiting: queue.waiting, keys: setup.keys },
    ...{ createKey: setup.createKey, revokeKey: setup.revokeKey, dismiss: deadLetters.dismiss },
    ...{ live: live.figures, watchLive: live.watch, retry },
    take: (bytes, deliveryId, caller) => queue.submit({ bytes, source: caller.actor, deliveryId, caller }),
    async startAll() {
      for (const one of setup.all()) if (one.enabled) await supervision.start(one);
    },
    connectors: () => setup.all().map(supervision.line),
    async add(wanted, caller) {
      await requireUsable(wanted.settings);
      return started(setup.add(wanted, caller));
    },
    async change(id, wanted, caller) {
      await requireUsable(wanted.settings, supervision.line(setup.one(id)));
      const one = setup.change(id, wanted, caller);
      if (one.enabled) return started(one);
      return supervision.line(one);
    },
    async start(id, caller) {
      const one = setup.one(id);
      await requireUsable(one.settings, supervision.line(one));
      return started(setup.enable(id, true, caller));
    },
    async stop(id, caller) {
      const one = setup.enable(id, false, caller);
      await supervision.stop(one.id);
      return supervision.line(one);
    },
    async remove(id, reason, caller) {
      const one = setup.one(id);
      setup.remove(id, reason, caller);
      await supervision.stop(one.id);
    },
    async retryAll(code, caller) {
      const result = { tried: 0, taken: 0, failed: 0 };
      let after = 0;
      for (;;) {
        const ids = deadLetters.openIds(code, after, RETRY_AT_ONCE);
        if (ids.length === 0) return result;
        after = ids.at(-1)!;
        const answers = await Promise.all(ids.map((id) => retryOpen(String(id))));
        for (const answer of answers.filter((one) => one !== undefined)) {
          result.tried += 1;
          if (answer.result === 'dead-lettered') result.failed += 1;
          else result.taken += 1;
        }
      }
      /** One that somebody else settled meanwhile is not tried. */
      async function retryOpen(id: string): Promise<MessageAnswer | undefined> {
        try {
          return await retry(id, caller);
        } catch (error) {
          if (isCountersignError(error, 'DEAD_LETTER_SETTLED')) return undefined;
          throw error;
        }
      }
    },
    async close() {
      // First of all the queue: whoever waits is told, and acknowledges nothing.
      await queue.close();
      await supervision.stopAll();
      live.close();
      screens.close();
    },
  };
}

/**
 * What the schema cannot say: nothing is set up that could not be started. `running` is what it is now: its own port
 * is not taken by somebody else.
 */
async function requireUsable(settings: ConnectorSettings, running?: ConnectorLine): Promise<void> {
  if (settings.kind === 'folder') {
    if (!/^(\/|[A-Za-z]:[\\/])/.test(settings.folder)) {
      throw new CountersignError('CONNECTOR_SETTINGS_INVALID', 'The folder is named by its whole path.', {
        path: 'settings.folder',
        expected: 'an absolute path',
      });
    }
    await requireFolder(settings.folder);
  } else if (settings.kind === 'http') {
    const isOwn = running?.state === 'running' && running.address?.includes(`:${settings.port}/`);
    if (!isOwn) await requireFreePort(settings.port);
  }
}

/** The screens ask again for what they show once a second at most, however fast messages come. */
function createAnnouncer(runtime: Runtime, feed: Feed | undefined) {
  let cancel: (() => void) | undefined;
  return {
    moved() {
      cancel ??= runtime.schedule(CHANGED_EVERY_MS, () => {
        cancel = undefined;
        feed?.changed(
          'connectors',
          'instant',
          'reconciliation',
          'statements',
          'receivables',
          'ledger',
          'dashboard',
          'audit',
        );
      });
    },
    close() {
      cancel?.();
    },
  };
}
