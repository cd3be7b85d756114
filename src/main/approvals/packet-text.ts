import { z } from 'zod';
import { CountersignError } from '../base/index.ts';
import { type CanonicalJson, canonicalJsonBytes } from '../crypto/index.ts';
import { fromBase64 } from '../proof/index.ts';

/**
 * The files that travel between consoles (packet, answer, card) are JSON, written in exactly one way:
 * a file of which any character was changed is either another statement or no file of ours.
 */
export const fileText = (value: object): string => `${JSON.stringify(value, null, 1)}\n`;

export interface Form<T> {
  readonly schema: z.ZodType<T>;
  readonly most: number;
  readonly code: 'PACKET_INVALID' | 'CARD_INVALID';
  /** What it is called in a sentence. */
  readonly what: string;
}

/** Reads a file of ours. Throws the form's code, with the place where it goes wrong. */
export function readFile<T extends object>(form: Form<T>, text: string): T {
  const refuse = (path: string, expected: string) =>
    new CountersignError(form.code, `This is no ${form.what} as Countersign writes them.`, {
      path,
      expected,
    });
  if (text.length > form.most) throw refuse('', `at most ${form.most} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('', 'JSON');
  }
  const read = form.schema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw refuse(
      (issue?.path ?? []).join('.'),
      issue?.code === 'custom' ? issue.message : 'the form of the file',
    );
  }
  // Spaces, the order of members and escapes are fixed too.
  if (fileText(read.data) !== text) throw refuse('', 'the one way in which such a file is written');
  return read.data;
}

/** What the signature of a file is over: everything else in it. */
export function signedPart<T extends { readonly signature: string }>(file: T): Buffer {
  const { signature: _, ...rest } = file;
  return canonicalJsonBytes(rest as unknown as CanonicalJson);
}

const well = (text: string) => text.isWellFormed();
const LEAST_TIME_MS = 0;

/** Words that the files share. Every length is bounded, since the files come from outside. */
export const part = {
  text: (most: number) => z.string().max(most).refine(well, 'valid Unicode'),
  id: z.string().regex(/^[\w-]{1,64}$/),
  policyId: z.string().regex(/^[a-z0-9-]{1,64}$/),
  procedure: z.string().regex(/^[a-zA-Z]+(\.[a-zA-Z]+){1,4}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  version: z.number().int().positive(),
  time: z.number().int().min(LEAST_TIME_MS).max(Number.MAX_SAFE_INTEGER),
  bytes: z
    .string()
    .max(16_384)
    .refine((text) => fromBase64(text) !== undefined, 'Base 64'),
};

/** Bytes of a field that `part.bytes` has let through. */
export const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64');
