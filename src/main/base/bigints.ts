/** The parts of a zod 4 schema that are looked at; `def` is its documented description. */
interface Described {
  readonly def: { readonly type: string; readonly [part: string]: unknown };
}

/** A schema as a contract holds it. */
export interface InputSchema extends Described {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: unknown };
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
 * JSON as a schema wants it: JSON has no integers beyond 2^53, so where the schema asks for a bigint,
 * `toBigint` makes one of what stands there, or leaves it. Everything else stays as it is; the schema
 * itself then judges the whole. Of a union the first member counts that takes the outcome.
 */
export function withBigints(
  schema: InputSchema,
  value: unknown,
  toBigint: (value: unknown) => unknown,
): unknown {
  const within = (part: unknown, item: unknown) => withBigints(part as InputSchema, item, toBigint);
  const { def } = schema;
  if (value === null) return null;
  if (def.type === 'bigint') return toBigint(value);
  if (WRAPPERS.has(def.type)) return within(def.innerType, value);
  if (def.type === 'pipe') return within(def.in, value);
  if (def.type === 'array' && Array.isArray(value)) return value.map((item) => within(def.element, item));
  if (def.type === 'record' && typeof value === 'object') {
    return mapMembers(value, (_, item) => within(def.valueType, item));
  }
  if (def.type === 'object' && typeof value === 'object') {
    const shape = def.shape as Record<string, unknown>;
    return mapMembers(value, (name, item) => (Object.hasOwn(shape, name) ? within(shape[name], item) : item));
  }
  if (def.type === 'union') {
    for (const member of def.options as readonly InputSchema[]) {
      const restored = within(member, value);
      if (member.safeParse(restored).success) return restored;
    }
  }
  return value;
}

const mapMembers = (value: object, work: (name: string, item: unknown) => unknown) =>
  Object.fromEntries(Object.entries(value).map(([name, item]) => [name, work(name, item)]));
