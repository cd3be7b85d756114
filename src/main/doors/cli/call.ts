import type { z } from 'zod';
import { contract } from '../../../contract/index.ts';
import type { Client } from '../shared/client.ts';
import { withBigints } from './coerce.ts';
import { UsageError } from './exit-codes.ts';

/** The schema of a procedure's input, found by its name in the contract. Throws `UsageError`. */
export function inputSchemaOf(procedure: string): z.ZodType | undefined {
  let place: unknown = contract;
  for (const step of procedure.split('.')) {
    const isHere = place !== null && typeof place === 'object' && Object.hasOwn(place, step);
    if (!isHere || '~orpc' in (place as object)) throw unknownProcedure(procedure);
    place = Reflect.get(place as object, step);
  }
  if (place === null || typeof place !== 'object' || !('~orpc' in place)) throw unknownProcedure(procedure);
  const { inputSchema } = place['~orpc'] as { inputSchema?: z.ZodType };
  return inputSchema;
}

function unknownProcedure(procedure: string): UsageError {
  return new UsageError(
    `There is no procedure ${JSON.stringify(procedure)}. Known rooms: ${Object.keys(contract).join(', ')}.`,
  );
}

/** Calls any procedure of the contract with JSON from the command line. */
export async function callProcedure(
  client: Client,
  procedure: string,
  inputText: string | undefined,
): Promise<unknown> {
  const schema = inputSchemaOf(procedure);
  const input = withBigints(schema, parseInput(inputText));
  // The name was found in the contract, so the client has a function under it.
  let place: unknown = client;
  for (const step of procedure.split('.')) place = Reflect.get(place as object, step);
  return (place as (input: unknown) => Promise<unknown>)(input);
}

function parseInput(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('The input of the procedure is not JSON.');
  }
}
