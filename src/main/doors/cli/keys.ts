import type { Key, KeyRotation } from '../../../contract/keys.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { table } from './output.ts';

const PAGE_ROWS = 500;
const POLL_MS = 200;
/** How often progress is told where standard error is no terminal. */
const TELL_MS = 5_000;
const WORDS = 'keys is followed by list, rotate (with --purpose NAME or --key ID), due or rotations.';

/** `countersign keys …`: the inventory, rotation by command, the hourly check now. */
export async function keysCommand(client: Client, args: Arguments, signal: AbortSignal): Promise<Answer> {
  const [verb, ...rest] = args.operands;
  if (rest.length > 0) throw new UsageError(WORDS);
  const isRotation = verb === 'rotate';
  if (!isRotation && (args.purpose !== undefined || args.key !== undefined)) throw new UsageError(WORDS);
  switch (verb) {
    case 'list':
      return listKeys(client, signal);
    case 'rotate':
      return rotateKeys(client, args, signal);
    case 'due': {
      const { rotations, ...check } = await client.keys.runDue();
      const ended = await follow(client, rotations, signal);
      const text = `${check.replaced.length} replaced, ${check.waiting.length} wait for people.`;
      return { json: { ...check, rotations: ended }, text, exitCode: exitOf(ended) };
    }
    case 'rotations': {
      const rotations = await client.keys.rotations();
      return { json: { rotations }, text: rotationsText(rotations), exitCode: EXIT.done };
    }
    default:
      throw new UsageError(WORDS);
  }
}

async function listKeys(client: Client, signal: AbortSignal): Promise<Answer> {
  const keys: Key[] = [];
  let cursor: string | null = null;
  for (;;) {
    signal.throwIfAborted();
    const page: Awaited<ReturnType<Client['keys']['list']>> = await client.keys.list({
      limit: PAGE_ROWS,
      ...(cursor === null ? {} : { cursor }),
    });
    keys.push(...page.rows);
    cursor = page.nextCursor;
    if (cursor !== null) continue;
    const { states, findings } = page;
    return { json: { keys, states, findings }, text: keysText(keys), exitCode: EXIT.done };
  }
}

const day = (atMs: number | null) => (atMs === null ? '' : new Date(atMs).toISOString().slice(0, 10));

function keysText(keys: readonly Key[]): string {
  return table<Key>(
    [
      { title: 'id', text: (key) => key.id },
      { title: 'algorithm', text: (key) => key.algorithm },
      { title: 'purpose', text: (key) => key.purpose ?? '' },
      { title: 'class', text: (key) => key.retentionClass ?? '' },
      { title: 'quarter', text: (key) => key.quarter ?? '' },
      { title: 'v', align: 'right', text: (key) => String(key.version) },
      { title: 'state', text: (key) => key.state },
      { title: 'next rotation', text: (key) => day(key.nextRotationAtMs) },
      { title: 'protects', align: 'right', text: (key) => `${key.protects} ${key.protectsWhat}` },
      { title: 'findings', text: (key) => key.findings.map(({ code }) => code).join(' ') },
    ],
    keys,
  );
}

async function rotateKeys(client: Client, args: Arguments, signal: AbortSignal): Promise<Answer> {
  const { purpose, key: keyId } = args;
  if ((purpose === undefined) === (keyId === undefined)) {
    throw new UsageError('Name what is rotated: --purpose NAME or --key ID.');
  }
  const { replaced, rotations } = await client.keys.rotate(
    purpose === undefined ? { keyId: keyId! } : { purpose },
  );
  const ended = await follow(client, rotations, signal);
  const text = [
    ...replaced.map(({ from, to }) => `${from} is replaced by ${to}.`),
    ...(ended.length === 0 ? [] : [rotationsText(ended)]),
  ].join('\n');
  return { json: { replaced, rotations: ended }, text, exitCode: exitOf(ended) };
}

/** What could not be moved, or waits for somebody to resume it, is told by the exit code too. */
const exitOf = (rotations: readonly KeyRotation[]) =>
  rotations.some(({ state }) => state === 'incomplete' || state === 'paused') ? EXIT.notVerified : EXIT.done;

/**
 * Waits until rotations have ended, and tells on standard error how far they are. An interrupted
 * wait stops nothing: the rotation goes on in the app, or when the vault is opened again.
 */
async function follow(
  client: Client,
  begun: readonly KeyRotation[],
  signal: AbortSignal,
): Promise<KeyRotation[]> {
  const ids = new Set(begun.map(({ id }) => id));
  let toldMs = 0;
  for (;;) {
    if (ids.size === 0) return [];
    const all = (await client.keys.rotations()).filter(({ id }) => ids.has(id));
    const isOver = all.every(({ state }) => state !== 'running');
    if (process.stderr.isTTY || isOver || Date.now() - toldMs >= TELL_MS) {
      toldMs = Date.now();
      process.stderr.write(progressText(all, isOver));
    }
    if (isOver) return all;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    signal.throwIfAborted();
  }
}

function progressText(rotations: readonly KeyRotation[], isOver: boolean): string {
  const done = rotations.reduce((sum, rotation) => sum + rotation.done, 0);
  const total = rotations.reduce((sum, rotation) => sum + rotation.total, 0);
  const rate = rotations.reduce((sum, rotation) => sum + rotation.ratePerSecond, 0);
  const line = `re-sealed ${done} of ${total}${rate === 0 ? '' : `, ${rate}/s`}`;
  return process.stderr.isTTY ? `\r\u001b[2K${line}${isOver ? '\n' : ''}` : `${line}\n`;
}

function rotationsText(rotations: readonly KeyRotation[]): string {
  if (rotations.length === 0) return 'No rotation yet.';
  return table<KeyRotation>(
    [
      { title: 'rotation', align: 'right', text: ({ id }) => String(id) },
      { title: 'what', text: ({ kind, purpose }) => (purpose === null ? kind : `${kind} ${purpose}`) },
      { title: 'reason', text: ({ reason }) => reason },
      { title: 'state', text: ({ state }) => state },
      { title: 'done', align: 'right', text: ({ done, total }) => `${done}/${total}` },
      { title: 'failed', align: 'right', text: ({ failed }) => String(failed) },
    ],
    rotations,
  );
}
