/**
 * A durable pull consumer of NATS JetStream. A message is acknowledged once the vault has it; what was
 * delivered again is known by stream and sequence and answered as before. Only the servers that were
 * named are ever connected to.
 */
import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  jetstreamManager,
} from '@nats-io/jetstream';
import {
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
  nanos,
  nkeyAuthenticator,
} from '@nats-io/transport-node';
import type { z } from 'zod';
import type { natsSettings } from '../../contract/connectors.ts';
import { isCountersignError, type Runtime } from '../base/index.ts';
import type { Connector, ConnectorControl } from './types.ts';

export interface NatsOptions {
  readonly settings: z.infer<typeof natsSettings>;
  /** A password, a token, an nkey seed or the text of a credentials file. */
  readonly secret: string | undefined;
  readonly runtime: Runtime;
}

/** Messages that are asked for at a time: they wait in the queue, so more would only wait longer. */
const BATCH = 256;
const FETCH_MS = 2_000;
const RETRY_MS = 1_000;
const CONNECT_WITHIN_MS = 5_000;
/** How long a message stays away that cannot be taken at the moment, and one that never can be. */
const AGAIN_SOON_MS = 1_000;
const AGAIN_LATE_MS = 10 * 60_000;
const STOP_WITHIN_MS = 2_000;

/** What is asked of the server, by what the secret looks like. */
function authentication({ settings, secret }: NatsOptions): Partial<NodeConnectionOptions> {
  if (secret === undefined) return settings.user === undefined ? {} : { user: settings.user };
  if (settings.user !== undefined) return { user: settings.user, pass: secret };
  const bytes = new TextEncoder().encode(secret.trim());
  if (secret.includes('BEGIN NATS USER JWT')) return { authenticator: credsAuthenticator(bytes) };
  if (/^SU[A-Z2-7]{56}$/.test(secret.trim())) return { authenticator: nkeyAuthenticator(bytes) };
  return { token: secret };
}

export function createNatsConnector(options: NatsOptions, control: ConnectorControl): Connector {
  const { settings, runtime } = options;
  let stopped = true;
  let running: Promise<void> = Promise.resolve();
  let connection: NatsConnection | undefined;
  let fetching: ConsumerMessages | undefined;
  let wake: (() => void) | undefined;
  const underWay = new Set<Promise<void>>();

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      if (stopped) return resolve();
      const end = () => {
        cancel();
        wake = undefined;
        resolve();
      };
      const cancel = runtime.schedule(ms, end);
      wake = end;
    });

  async function work(): Promise<void> {
    while (!stopped) {
      try {
        await connected();
      } catch {
        // What the client says may quote an address or a name; what is to be told is that it does not work.
        if (!stopped) control.state('waiting', { code: 'CONNECTOR_UNREACHABLE' });
      } finally {
        await disconnect();
      }
      await sleep(RETRY_MS);
    }
  }

  async function connected(): Promise<void> {
    const nats = await connect({
      ...authentication(options),
      servers: settings.servers,
      ...(settings.servers.some((server) => server.startsWith('tls:')) ? { tls: {} } : {}),
      name: 'countersign',
      timeout: CONNECT_WITHIN_MS,
      // A cluster that tells of further servers leads nowhere that nobody named.
      ignoreClusterUpdates: true,
      // The loop above connects anew, and finds out again whether stream and consumer are there.
      reconnect: false,
    });
    connection = nats;
    const manager = await jetstreamManager(nats);
    const stream = await manager.streams.info(settings.stream);
    await manager.consumers.add(settings.stream, {
      durable_name: settings.durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(settings.ackWaitMs),
      max_ack_pending: 4 * BATCH,
      max_deliver: -1,
      ...(settings.subject === undefined ? {} : { filter_subject: settings.subject }),
    });
    const consumer = await manager.jetstream().consumers.get(settings.stream, settings.durable);
    control.state('running', { address: nats.getServer() });
    // A stream that was deleted and made anew counts from one again: its age tells them apart.
    const consuming = consume(nats, consumer, `${settings.stream}@${stream.created}`);
    // A connection that ends does not end every wait of the client; those that are left lead to nothing.
    consuming.catch(() => undefined);
    await Promise.race([consuming, nats.closed()]);
    if (!stopped) control.state('waiting', { code: 'CONNECTOR_UNREACHABLE' });
  }

  async function consume(nats: NatsConnection, consumer: Consumer, streamId: string): Promise<void> {
    while (!stopped && !nats.isClosed()) {
      fetching = await consumer.fetch({ max_messages: BATCH, expires: FETCH_MS });
      for await (const message of fetching) {
        const one = take(message, streamId);
        underWay.add(one);
        void one.finally(() => underWay.delete(one));
      }
      // The next are asked for when these are answered: the queue is never filled with what may be taken elsewhere.
      await Promise.all(underWay);
      if (!nats.isClosed()) await nats.flush();
    }
  }

  async function take(message: JsMsg, streamId: string): Promise<void> {
    const what = `${settings.stream} ${message.seq}`;
    try {
      const answer = await control.submit({ bytes: message.data, deliveryId: `${streamId}#${message.seq}` });
      if (answer.result === 'dead-lettered') message.term();
      else message.ack();
    } catch (error) {
      const code = isCountersignError(error) ? error.code : 'INTERNAL';
      // Without an answer it is delivered again by itself.
      if (code === 'CONNECTOR_STOPPED') return;
      const never = code === 'CONNECTOR_MESSAGE_TOO_LARGE' || code === 'CONNECTOR_DELIVERY_REUSED';
      if (code !== 'CONNECTOR_QUEUE_FULL') control.problem(code, what);
      message.nak(never ? AGAIN_LATE_MS : AGAIN_SOON_MS);
    }
  }

  async function disconnect(): Promise<void> {
    const closing = connection;
    connection = undefined;
    fetching = undefined;
    await closing?.close().catch(() => undefined);
  }

  return {
    async start() {
      stopped = false;
      control.state('waiting', { code: 'CONNECTOR_UNREACHABLE' });
      running = work();
    },
    async stop() {
      stopped = true;
      wake?.();
      void fetching?.close()?.catch(() => undefined);
      // What is under way is acknowledged where that takes no longer than this; else it comes again and is known.
      // The loop flushes and closes its connection, and nothing here waits for an answer over that connection:
      // one that is asked for while it closes never comes.
      await Promise.race([running, within(runtime, STOP_WITHIN_MS)]);
      await Promise.race([disconnect(), within(runtime, STOP_WITHIN_MS)]);
    },
  };
}

const within = (runtime: Runtime, ms: number) =>
  new Promise<void>((resolve) => {
    runtime.schedule(ms, resolve);
  });
