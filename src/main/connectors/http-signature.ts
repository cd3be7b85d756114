/** How a request to the local endpoint is signed, and what of its headers is checked before its body is read. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { CountersignError } from '../base/index.ts';

export const HEADERS = {
  key: 'countersign-key',
  timestamp: 'countersign-timestamp',
  nonce: 'countersign-nonce',
  delivery: 'countersign-delivery',
  signature: 'countersign-signature',
} as const;

/** How far the sender's clock may be from ours. */
export const WINDOW_MS = 5 * 60_000;

export interface SignedHeaders {
  readonly keyId: string;
  /** Seconds since 1970 as the request gives them. */
  readonly timestamp: string;
  readonly nonce: string;
  /** Empty where the sender gives the delivery no id. */
  readonly delivery: string;
  readonly signature: string;
}

const FORMS: readonly [keyof typeof HEADERS, RegExp, string, 'needed' | 'optional'][] = [
  ['key', /^[a-z0-9-]{1,64}$/, 'the id of a key', 'needed'],
  ['timestamp', /^\d{1,12}$/, 'seconds since 1970', 'needed'],
  ['nonce', /^[A-Za-z0-9_-]{16,64}$/, '16 to 64 letters, digits, - or _', 'needed'],
  ['delivery', /^[A-Za-z0-9._:-]{1,128}$/, '1 to 128 letters, digits, . _ : or -', 'optional'],
  ['signature', /^[0-9a-f]{64}$/, '64 hexadecimal digits', 'needed'],
];

/** The headers of a request in their form. Throws `CONNECTOR_REQUEST_INVALID`. */
export function readHeaders(headers: IncomingHttpHeaders): SignedHeaders {
  const values = FORMS.map(([name, form, expected, need]) => {
    const value = headers[HEADERS[name]];
    if (value === undefined && need === 'optional') return '';
    if (typeof value === 'string' && form.test(value)) return value;
    throw new CountersignError('CONNECTOR_REQUEST_INVALID', 'A header is missing or malformed.', {
      path: HEADERS[name],
      expected,
    });
  });
  const [keyId, timestamp, nonce, delivery, signature] = values as [string, string, string, string, string];
  return { keyId, timestamp, nonce, delivery, signature };
}

/** Throws `CONNECTOR_CLOCK_APART`. */
export function checkTime({ timestamp }: SignedHeaders, nowMs: number): void {
  if (Math.abs(Number(timestamp) * 1_000 - nowMs) <= WINDOW_MS) return;
  throw new CountersignError('CONNECTOR_CLOCK_APART', 'The timestamp lies outside the window.', {
    path: HEADERS.timestamp,
    expected: `within ${WINDOW_MS / 1_000} s of ${Math.floor(nowMs / 1_000)}`,
  });
}

/** What stands before the body in what is signed: version, method, path, timestamp, nonce, delivery id, a line each. */
export const signedPrefix = (
  method: string,
  path: string,
  signed: Omit<SignedHeaders, 'keyId' | 'signature'>,
) => `countersign-1\n${method}\n${path}\n${signed.timestamp}\n${signed.nonce}\n${signed.delivery}\n`;

/** HMAC-SHA-256 of a request under the text of a secret. */
export function signRequest(secret: string, prefix: string, body: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(prefix, 'utf8').update(body).digest();
}

/** Whether a signature is the request's; in a time that tells nothing of where it differs. */
export function isSigned(secret: string, prefix: string, body: Uint8Array, signature: string): boolean {
  return timingSafeEqual(signRequest(secret, prefix, body), Buffer.from(signature, 'hex'));
}
