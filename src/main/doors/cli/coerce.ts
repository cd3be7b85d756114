import type { z } from 'zod';

/** The parts of a zod 4 schema that are looked at; `def` is its documented description. */
interface Described {
  readonly def: { readonly type: string; readonly [part: string]: unknown };
}

const WRAPPERS: ReadonlySet<string> = new Set([
  'optional',
  'nullable',
  'default',
  'prefault',
  'readonly',
  'nonoptional',
  'catch',
]);

/**
 * JSON from the command line as the schema wants it: JSON has no integers beyond 2^53, so where
 * the schema asks for a bigint, decimal text (or a whole number) is taken for one. Everything else
 * stays as it is; the schema itself then judges the whole.
 */
export function withBigints(schema: z.ZodType | undefined, value: unknown): unknown {
  return schema === undefined ? value : coerce(schema as unknown as Described, value);
}

function coerce(schema: Described, value: unknown): unknown {
  const { def } = schema;
  if (def.type === 'bigint') return asBigint(value);
  if (WRAPPERS.has(def.type)) return value === null ? null : coerce(def.innerType as Described, value);
  if (def.type === 'array' && Array.isArray(value)) {
    return value.map((item) => coerce(def.element as Described, item));
  }
  if (def.type === 'object' && value !== null && typeof value === 'object') {
    const shape = def.shape as Record<string, Described>;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const part = Object.hasOwn(shape, key) ? shape[key] : undefined;
        return [key, part === undefined ? item : coerce(part, item)];
      }),
    );
  }
  if (def.type === 'union') {
    // Only a union with a bigint among its members concerns us.
    const members = def.options as Described[];
    return members.some((member) => member.def.type === 'bigint') ? asBigint(value) : value;
  }
  return value;
}

function asBigint(value: unknown): unknown {
  if (typeof value === 'string' && /^-?\d{1,40}$/.test(value)) return BigInt(value);
  return Number.isSafeInteger(value) ? BigInt(value as number) : value;
}
