import type { Permission, ProcedureMeta } from '../../contract/common.ts';
import { contract } from '../../contract/index.ts';
import { commandTextOf } from './signed.ts';

/** The parts of a zod 4 schema that are looked at; `def` is its documented description. */
interface Described {
  readonly def: { readonly type: string; readonly [part: string]: unknown };
}

/** A schema as the contract holds it; `safeParse` answers what would be handed to the procedure. */
interface InputSchema extends Described {
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

const WHOLE = /^(0|-?[1-9]\d*)$/;

/** What the contract says of a procedure. */
interface Declared {
  readonly inputSchema?: InputSchema;
  readonly meta: ProcedureMeta;
}

/** A procedure of the contract by its dotted name; undefined where there is none. */
function declared(procedure: string): Declared | undefined {
  let place: unknown = contract;
  for (const step of procedure.split('.')) {
    if (place === null || typeof place !== 'object' || !Object.hasOwn(place, step)) return undefined;
    place = Reflect.get(place, step);
  }
  if (place === null || typeof place !== 'object' || !('~orpc' in place)) return undefined;
  return place['~orpc'] as Declared;
}

/** The permission that a procedure asks for. */
export const permissionOf = (procedure: string): Permission | undefined =>
  declared(procedure)?.meta.permission;

/** JSON values with the integers of the schema as `bigint` again. */
function restore(schema: Described, value: unknown): unknown {
  const { def } = schema;
  if (value === null) return null;
  if (def.type === 'bigint') return typeof value === 'string' && WHOLE.test(value) ? BigInt(value) : value;
  if (WRAPPERS.has(def.type)) return restore(def.innerType as Described, value);
  if (def.type === 'pipe') return restore(def.in as Described, value);
  if (def.type === 'array' && Array.isArray(value)) {
    return value.map((item) => restore(def.element as Described, item));
  }
  if (def.type === 'record' && typeof value === 'object') {
    return mapMembers(value, (_, item) => restore(def.valueType as Described, item));
  }
  if (def.type === 'object' && typeof value === 'object') {
    const shape = def.shape as Record<string, Described>;
    return mapMembers(value, (name, item) =>
      Object.hasOwn(shape, name) ? restore(shape[name]!, item) : item,
    );
  }
  if (def.type === 'union') return restoreUnion(def.options as readonly InputSchema[], value);
  return value;
}

/** The first member of a union that takes the value once its integers are restored. */
function restoreUnion(members: readonly InputSchema[], value: unknown): unknown {
  for (const member of members) {
    const restored = restore(member, value);
    if (member.safeParse(restored).success) return restored;
  }
  return value;
}

const mapMembers = (value: object, work: (name: string, item: unknown) => unknown) =>
  Object.fromEntries(Object.entries(value).map(([name, item]) => [name, work(name, item)]));

/** A command as it is run: read from the stored text and judged by the contract. */
export type ReadCommand =
  | { readonly ok: true; readonly procedure: string; readonly input: unknown }
  | { readonly ok: false };

/**
 * Reads a command back from its canonical text. `ok` only where the contract takes the input and
 * writing it again gives the very same text: then nothing was lost, not even an integer beyond 2^53.
 * A command whose secrets were left out is not ok.
 */
export function readCommand(text: string): ReadCommand {
  const { procedure, input } = JSON.parse(text) as { procedure: string; input: unknown };
  const known = declared(procedure);
  if (known === undefined) return { ok: false };
  const schema = known.inputSchema;
  if (schema === undefined) return input === null ? { ok: true, procedure, input: undefined } : { ok: false };
  const parsed = schema.safeParse(restore(schema, input ?? undefined));
  if (!parsed.success || commandTextOf(procedure, parsed.data) !== text) return { ok: false };
  return { ok: true, procedure, input: parsed.data };
}

/** The input of a command as JSON says it, integers as text: for showing it where it cannot be read back. */
export const plainInput = (text: string): unknown => (JSON.parse(text) as { input: unknown }).input;
