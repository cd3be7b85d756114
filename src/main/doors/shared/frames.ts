import { CountersignError } from '../../base/index.ts';

/** The largest frame a door takes: a chunk of a file (1 MiB) or a batch of 8,190 entries fits well. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** Ends the JSON head of a frame that carries a blob; it cannot occur in UTF-8. */
const HEAD_END = 0xff;

const FRAME_TYPES: ReadonlySet<unknown> = new Set([undefined, 1, 3, 4]);

/**
 * Checks that a frame from outside has the form of the protocol (`@orpc/standard-server-peer`
 * 1.16: `{i, t?, p}`, then bytes after 0xff), before the library sees it. The library throws on
 * other forms in places where nobody could catch it, and prints what it was given.
 */
export function assertFrame(frame: unknown): asserts frame is string | Uint8Array {
  const message = parseHead(frame);
  if (message === null || typeof message !== 'object' || Array.isArray(message)) refuse();
  const { i: id, t: type, p: payload } = message as Record<string, unknown>;
  if (typeof id !== 'string' || id.length === 0 || id.length > 64) refuse();
  if (!FRAME_TYPES.has(type)) refuse();
  if (type === 4) return;
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) refuse();
  if (type === undefined || type === 1) assertRequest(payload as Record<string, unknown>);
  assertPlain(payload, 0);
}

function assertRequest({ u: url, m: method, h: headers }: Record<string, unknown>): void {
  if (typeof url !== 'string' || !/^\/[A-Za-z0-9/._-]{1,200}$/.test(url)) refuse();
  if (method !== undefined && method !== 'POST') refuse();
  if (headers !== undefined && (headers === null || typeof headers !== 'object')) refuse();
}

function parseHead(frame: unknown): unknown {
  try {
    if (typeof frame === 'string') {
      if (frame.length > MAX_FRAME_BYTES) refuse();
      return JSON.parse(frame);
    }
    if (!(frame instanceof Uint8Array) || frame.length > MAX_FRAME_BYTES) refuse();
    const end = frame.indexOf(HEAD_END);
    const head = end === -1 ? frame : frame.subarray(0, end);
    return JSON.parse(Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('utf8'));
  } catch {
    refuse();
  }
}

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_DEPTH = 40;

/** Refuses keys that could reach a prototype and nesting that could exhaust the stack. */
function assertPlain(value: unknown, depth: number): void {
  if (value === null || typeof value !== 'object') return;
  if (depth > MAX_DEPTH) refuse();
  if (Array.isArray(value)) {
    for (const item of value) assertPlain(item, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) refuse();
    assertPlain((value as Record<string, unknown>)[key], depth + 1);
  }
}

function refuse(): never {
  throw new CountersignError('INPUT_INVALID', 'The frame does not have the form of the protocol.');
}
