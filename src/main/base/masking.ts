/**
 * Masking of answers: which fields hold an account number or a name is data in the contract's schemas;
 * this file makes of each schema, once, what masks its values. A schema without a mark costs nothing.
 */
import { mapEventIterator } from '@orpc/client';
import { type AnySchema, getEventIteratorSchemaDetails } from '@orpc/contract';
import type { $ZodType, $ZodTypes } from 'zod/v4/core';
import { type MaskKind, masks } from '../../contract/common.ts';
import { MASKS } from './masks.ts';

type Mask = (value: unknown) => unknown;

/** What masks the values of a schema; null where it holds nothing to mask. */
const compiled = new WeakMap<object, Mask | null>();

/** The answer of a procedure as a session sees it that may not see parties. */
export function maskOutput(schema: AnySchema | undefined, output: unknown): unknown {
  if (schema === undefined) return output;
  const mask = maskOf(schema);
  return mask === null ? output : mask(output);
}

function maskOf(schema: object): Mask | null {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  // Stands while the schema is looked at, so that one that holds itself ends.
  compiled.set(schema, null);
  const made = compile(schema);
  compiled.set(schema, made);
  return made;
}

function compile(schema: object): Mask | null {
  const events = getEventIteratorSchemaDetails(schema as AnySchema);
  if (events !== undefined) return ofEvents(events.yields, events.returns);
  if (!('_zod' in schema)) return null;
  const mark = masks.get(schema as $ZodType);
  return mark === undefined ? ofParts(schema as $ZodTypes) : ofText(mark.mask);
}

const ofText = (kind: MaskKind): Mask => {
  const mask = MASKS[kind];
  return (value) => (typeof value === 'string' ? mask(value) : value);
};

function ofEvents(yields: AnySchema, returns: AnySchema | undefined): Mask | null {
  const each = maskOf(yields);
  const last = returns === undefined ? null : maskOf(returns);
  if (each === null && last === null) return null;
  return (value) =>
    mapEventIterator(value as AsyncIterator<unknown, unknown, unknown>, {
      value: async (item, done) => {
        const mask = done ? last : each;
        return mask === null ? item : mask(item);
      },
      error: async (error) => error,
    });
}

function ofParts(schema: $ZodTypes): Mask | null {
  const { def } = schema._zod;
  switch (def.type) {
    case 'object':
      return ofObject(def.shape);
    case 'array':
      return ofEach(maskOf(def.element));
    case 'tuple':
      return ofTuple(def.items.map(maskOf), def.rest === null ? null : maskOf(def.rest));
    case 'record':
      return ofRecord(maskOf(def.valueType));
    case 'union':
      return ofUnion(def.options);
    case 'intersection':
      return chain([maskOf(def.left), maskOf(def.right)]);
    case 'pipe':
      return maskOf(def.out);
    case 'lazy':
      return maskOf(def.getter());
    case 'nullable':
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return maskOf(def.innerType);
    default:
      return null;
  }
}

function ofObject(shape: Readonly<Record<string, $ZodType>>): Mask | null {
  const parts = Object.entries(shape).flatMap(([key, schema]) => {
    const mask = maskOf(schema);
    return mask === null ? [] : [[key, mask] as const];
  });
  if (parts.length === 0) return null;
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const copy: Record<string, unknown> = { ...value };
    for (const [key, mask] of parts) if (copy[key] !== undefined) copy[key] = mask(copy[key]);
    return copy;
  };
}

const ofEach = (mask: Mask | null): Mask | null =>
  mask === null ? null : (value) => (Array.isArray(value) ? value.map(mask) : value);

function ofTuple(items: readonly (Mask | null)[], rest: Mask | null): Mask | null {
  if (rest === null && items.every((mask) => mask === null)) return null;
  return (value) =>
    Array.isArray(value)
      ? value.map((item: unknown, at) => {
          const mask = at < items.length ? items[at]! : rest;
          return mask === null ? item : mask(item);
        })
      : value;
}

function ofRecord(mask: Mask | null): Mask | null {
  if (mask === null) return null;
  return (value) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mask(item)]))
      : value;
}

/** By the option that takes the value; where none says so, by all of them: rather too much than too little. */
function ofUnion(options: readonly $ZodType[]): Mask | null {
  const all = options.map((schema) => ({ schema, mask: maskOf(schema) }));
  if (all.every(({ mask }) => mask === null)) return null;
  return (value) => {
    const own = all.find(({ schema }) => takes(schema, value));
    if (own !== undefined) return own.mask === null ? value : own.mask(value);
    return chain(all.map(({ mask }) => mask))!(value);
  };
}

/** Whether every literal and enum of an object schema is what the value has there. */
function takes(schema: $ZodType, value: unknown): boolean {
  const { def } = (schema as $ZodTypes)._zod;
  if (def.type !== 'object' || typeof value !== 'object' || value === null) return false;
  const fixed = Object.entries(def.shape).flatMap(([key, part]) => {
    const { values } = part._zod;
    return values === undefined ? [] : [[key, values] as const];
  });
  const fields = value as Record<string, unknown>;
  return fixed.length > 0 && fixed.every(([key, values]) => values.has(fields[key] as never));
}

function chain(all: readonly (Mask | null)[]): Mask | null {
  const some = all.filter((mask) => mask !== null);
  if (some.length === 0) return null;
  return (value) => some.reduce((masked, mask) => mask(masked), value);
}
