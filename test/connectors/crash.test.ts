import { type ChildProcess, fork } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openTestVault } from '../support/vault.ts';
import { startNats } from './nats-server.ts';
import { bytesOf, withFolder } from './support.ts';

/** Between every two steps that a message takes. */
const STEPS = [
  'before-take',
  'after-take',
  'before-commit',
  'after-commit',
  'before-acknowledgement',
  'around-acknowledgement',
] as const;

const MESSAGES = [
  ...Array.from({ length: 14 }, (_, n) => bytesOf({ id: `m${n}` })),
  bytesOf({ id: 'p', fate: 'poison' }),
];

const CHILD = fileURLToPath(new URL('./crash.child.ts', import.meta.url));

interface Told {
  key?: { keyId: string; secret: string };
  address?: string;
  keys?: string[];
  dead?: number[];
  records?: number;
}

/** One life of the console; what it tells is gathered. */
function live(env: Record<string, string>): { child: ChildProcess; told: Told; ended: Promise<unknown> } {
  const told: Told = {};
  const stdio = env.SETTINGS?.includes('stdin') ? 'pipe' : 'inherit';
  const child = fork(CHILD, {
    env: { ...process.env, ...env },
    stdio: [stdio, stdio, 'inherit', 'ipc'],
  });
  child.on('message', (message) => Object.assign(told, message));
  return { child, told, ended: new Promise((resolve) => child.once('exit', resolve)) };
}

async function waitFor<T>(of: () => T | undefined | false, withinMs = 30_000): Promise<T> {
  const start = performance.now();
  for (;;) {
    const value = of();
    if (value !== undefined && value !== false) return value;
    if (performance.now() - start > withinMs) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Asks the second life until everything is in, and checks that it is in once. */
async function requireOnce({ child, told }: ReturnType<typeof live>): Promise<void> {
  await waitFor(() => {
    if (child.connected) child.send('tell');
    return told.keys?.length === 14 && told.dead?.length === 1;
  });
  // Whatever is brought once more in the meantime changes nothing.
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.send('tell');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(new Set(told.keys)).toEqual(new Set(Array.from({ length: 14 }, (_, n) => `m${n}`)));
  expect(told.records).toBe(14);
  expect(told.dead).toHaveLength(1);
}

async function withVault(work: (directory: string) => Promise<void>): Promise<void> {
  const test = await openTestVault();
  test.vault.close();
  try {
    await work(test.directory);
  } finally {
    test.close();
  }
}

/** Two lives: the first dies at a step of the sixth message, the second finishes, `atLast` included. */
async function twoLives(
  directory: string,
  settings: object,
  step: string,
  feed: (life: ReturnType<typeof live>) => Promise<void>,
  atLast: () => Promise<void> = async () => {},
): Promise<void> {
  const env = { VAULT: directory, SETTINGS: JSON.stringify(settings) };
  const first = live({ ...env, STEP: step, DIE_AT: '6' });
  await feed(first);
  await first.ended;
  const second = live(env);
  Object.assign(second.told, first.told.key === undefined ? {} : { key: first.told.key });
  try {
    await feed(second);
    await requireOnce(second);
    await atLast();
  } finally {
    second.child.kill('SIGKILL');
    await second.ended;
  }
}

/** A caller that sends each message until it is answered, signing anew each time. */
async function sendAll({ told, child }: ReturnType<typeof live>): Promise<void> {
  const address = await waitFor(() => told.address && told.key && told.address);
  for (const body of MESSAGES) {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const nonce = randomBytes(16).toString('hex');
    const mac = createHmac('sha256', told.key!.secret);
    mac.update(`countersign-1\nPOST\n/messages\n${timestamp}\n${nonce}\n\n`).update(body);
    const headers = {
      'countersign-key': told.key!.keyId,
      'countersign-timestamp': timestamp,
      'countersign-nonce': nonce,
      'countersign-signature': mac.digest('hex'),
    };
    const status = await fetch(address, { method: 'POST', body: new Uint8Array(body), headers }).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 0) return void (await waitFor(() => child.exitCode !== null || child.signalCode !== null));
    expect([200, 422]).toContain(status);
  }
}

describe('a console that is killed', () => {
  it.each(STEPS)(
    'at %s takes each file of its folder once',
    async (step) => {
      await withFolder((folder) =>
        withVault(async (directory) => {
          for (const [n, body] of MESSAGES.entries()) writeFileSync(join(folder, `${100 + n}.json`), body);
          await twoLives(directory, { kind: 'folder', folder, everyMs: 100 }, step, async () => {});
          expect(readdirSync(folder).sort()).toEqual(['done', 'failed']);
          expect(readdirSync(join(folder, 'done'))).toHaveLength(14);
          expect(readdirSync(join(folder, 'failed'))).toHaveLength(1);
        }),
      );
    },
    60_000,
  );

  it.each(STEPS)(
    'at %s takes each request once',
    async (step) => {
      await withVault((directory) =>
        twoLives(directory, { kind: 'http', port: 0, ratePerSecond: 1_000 }, step, sendAll),
      );
    },
    60_000,
  );

  it.each(STEPS)(
    'at %s takes each message of a stream once',
    async (step) => {
      await withFolder(async (folder) => {
        const nats = await startNats(folder);
        try {
          await nats.publish(MESSAGES);
          const settings = {
            ...{ kind: 'nats', servers: [nats.url], stream: 'PAYMENTS', durable: 'd', ackWaitMs: 1_000 },
          };
          // What the first life had committed and not acknowledged is delivered to the second once more.
          const allAcknowledged = async () => {
            const start = performance.now();
            while ((await nats.pending('PAYMENTS', 'd')) > 0) {
              if (performance.now() - start > 20_000) throw new Error('messages are still pending');
              await new Promise((resolve) => setTimeout(resolve, 100));
            }
          };
          await withVault((directory) =>
            twoLives(directory, settings, step, async () => {}, allAcknowledged),
          );
        } finally {
          await nats.stop();
        }
      });
    },
    90_000,
  );

  it.each(STEPS)(
    'at %s takes each message of its input once, when what was not answered is brought again',
    async (step) => {
      await withVault(async (directory) => {
        let answered = 0;
        /** Writes what no life before has answered: four messages, then, once those have their lines, the rest. */
        const feed = async ({ child }: ReturnType<typeof live>) => {
          const open = MESSAGES.slice(answered);
          const lines = { count: 0 };
          child.stdout!.setEncoding('utf8').on('data', (text: string) => {
            lines.count += text.split('\n').length - 1;
          });
          // Whoever dies with its input unread closes the pipe under the writer.
          child.stdin!.on('error', () => {});
          child.stdin!.write(Buffer.concat(open.slice(0, 4).map(withLineEnd)));
          await waitFor(() => lines.count === Math.min(4, open.length));
          child.stdin!.end(Buffer.concat(open.slice(4).map(withLineEnd)));
          await waitFor(() => lines.count === open.length || child.signalCode !== null);
          answered += lines.count;
        };
        await twoLives(directory, { kind: 'stdin' }, step, feed);
        expect(answered).toBe(MESSAGES.length);
      });
    },
    60_000,
  );
});

const withLineEnd = (message: Buffer): Buffer => Buffer.concat([message, Buffer.from('\n')]);
