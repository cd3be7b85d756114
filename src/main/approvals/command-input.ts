import type { Permission, ProcedureMeta } from '../../contract/common.ts';
import { contract } from '../../contract/index.ts';
import { type InputSchema, withBigints } from '../base/index.ts';
import { commandTextOf } from './signed.ts';

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

/** The one way in which an integer is written in a stored command. */
const toBigint = (value: unknown): unknown =>
  typeof value === 'string' && WHOLE.test(value) ? BigInt(value) : value;

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
  const parsed = schema.safeParse(withBigints(schema, input ?? undefined, toBigint));
  if (!parsed.success || commandTextOf(procedure, parsed.data) !== text) return { ok: false };
  return { ok: true, procedure, input: parsed.data };
}

/** The input of a command as JSON says it, integers as text: for showing it where it cannot be read back. */
export const plainInput = (text: string): unknown => (JSON.parse(text) as { input: unknown }).input;
