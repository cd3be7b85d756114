import type { z } from 'zod';
import { withBigints as restored } from '../../base/index.ts';

/** JSON from the command line as the schema wants it: decimal text, or a whole number, for a bigint. */
export const withBigints = (schema: z.ZodType | undefined, value: unknown): unknown =>
  schema === undefined || value === undefined ? value : restored(schema as never, value, asBigint);

function asBigint(value: unknown): unknown {
  if (typeof value === 'string' && /^-?\d{1,40}$/.test(value)) return BigInt(value);
  return Number.isSafeInteger(value) ? BigInt(value as number) : value;
}
