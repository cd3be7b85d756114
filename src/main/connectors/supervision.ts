/** Which connectors run, in which state, and what they turned away. */
import { type ConnectorLine, type MessageAnswer, MOST_MESSAGE_BYTES } from '../../contract/connectors.ts';
import { createIdMaker, idToText, isCountersignError, type Logger, type Runtime } from '../base/index.ts';
import { createFolderConnector } from './folder.ts';
import { createHttpConnector } from './http.ts';
import { isSingleMessage } from './kind-of-file.ts';
import { createNatsConnector } from './nats.ts';
import type { SetUp, Setup } from './setup.ts';
import type { Connector, ConnectorControl, ImportFile, Submit } from './types.ts';

const MOST_PROBLEMS = 20;

/** What moves while a connector runs. */
type Moving = Pick<
  ConnectorLine,
  | 'state'
  | 'code'
  | 'address'
  | 'taken'
  | 'deadLettered'
  | 'files'
  | 'refused'
  | 'lastMessageAtMs'
  | 'problems'
>;

const STILL: Moving = {
  ...{ state: 'stopped', code: null, address: null, taken: 0, deadLettered: 0, files: 0, refused: 0 },
  ...{ lastMessageAtMs: null, problems: [] },
};

export interface SupervisionOptions {
  readonly setup: Setup;
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly submit: Submit;
  readonly importFile: ImportFile;
  /** The screens hear of a state that changed. */
  changed(): void;
}

export interface Supervision {
  /** Starts one that is set up. A start that fails is a state, and not thrown. */
  start(one: SetUp): Promise<void>;
  stop(id: number): Promise<void>;
  stopAll(): Promise<void>;
  line(one: SetUp): ConnectorLine;
}

/** Who brings what a connector brings, in the log and as the source of deliveries. */
export const sourceOf = (id: number): string => `connector-${id}`;

export function createSupervision(options: SupervisionOptions): Supervision {
  const { setup, runtime, log } = options;
  const newId = createIdMaker(runtime);
  const running = new Map<number, { connector: Connector; moving: Moving }>();
  /** The last state of those that do not run any more. */
  const rested = new Map<number, Moving>();

  function make(one: SetUp, control: ConnectorControl): Connector {
    const { settings, secret } = one;
    if (settings.kind === 'folder') {
      const isMessage = (head: Uint8Array, size: number) => isSingleMessage(head, size, MOST_MESSAGE_BYTES);
      return createFolderConnector({ ...settings, runtime, isMessage }, control);
    }
    if (settings.kind === 'http') {
      const secretOf = (keyId: string) => setup.secretOf(one.id, keyId);
      return createHttpConnector({ ...settings, runtime, secretOf }, control);
    }
    return createNatsConnector({ settings, secret, runtime }, control);
  }

  /** What one connector is given, and what is noted of what it does. */
  function controlOf(id: number, entry: { moving: Moving }): ConnectorControl {
    const source = sourceOf(id);
    const note = (change: Partial<Moving>) => {
      entry.moving = { ...entry.moving, ...change };
    };
    const noteAnswer = ({ result }: MessageAnswer) => {
      const { taken, deadLettered } = entry.moving;
      note({
        lastMessageAtMs: runtime.nowMs(),
        ...(result === 'dead-lettered' ? { deadLettered: deadLettered + 1 } : { taken: taken + 1 }),
      });
    };
    return {
      async submit({ bytes, deliveryId }) {
        const caller = { actor: source, traceId: idToText(newId()) };
        const answer = await options.submit({ bytes, source, deliveryId, caller });
        noteAnswer(answer);
        return answer;
      },
      async importFile(file) {
        const result = await options.importFile(file, { actor: source, traceId: idToText(newId()) });
        note({ files: entry.moving.files + 1 });
        return result;
      },
      problem(code, what) {
        const problem = { atMs: runtime.nowMs(), code, what };
        const problems = [problem, ...entry.moving.problems].slice(0, MOST_PROBLEMS);
        note({ problems, refused: entry.moving.refused + 1 });
      },
      state(state, { code = null, address }: { code?: string | null; address?: string } = {}) {
        const before = entry.moving;
        note({ state, code, address: address ?? (state === 'running' ? before.address : null) });
        if (before.state !== state || before.code !== code) options.changed();
      },
    };
  }

  async function stop(id: number): Promise<void> {
    const entry = running.get(id);
    if (entry === undefined) return;
    running.delete(id);
    await entry.connector.stop();
    rested.set(id, { ...entry.moving, state: 'stopped', code: null, address: null });
    options.changed();
  }

  return {
    async start(one) {
      await stop(one.id);
      const entry = { moving: { ...(rested.get(one.id) ?? STILL), state: 'starting' } as Moving };
      const connector = make(one, controlOf(one.id, entry));
      running.set(one.id, Object.assign(entry, { connector }));
      try {
        await connector.start();
      } catch (error) {
        const code = isCountersignError(error) ? error.code : 'INTERNAL';
        if (code === 'INTERNAL') log.error('connectors.start-failed', { name: (error as Error).name });
        running.delete(one.id);
        rested.set(one.id, { ...entry.moving, state: 'failed', code });
      }
      options.changed();
    },
    stop,
    async stopAll() {
      await Promise.all([...running.keys()].map(stop));
    },
    line({ id, label, settings, enabled }) {
      const moving = running.get(id)?.moving ?? rested.get(id) ?? STILL;
      return { id: String(id), label, settings, enabled, ...moving };
    },
  };
}
