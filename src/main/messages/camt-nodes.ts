/** The building blocks of the tree of elements: groups, texts, amounts, dates. */
import type { FieldRecord } from './field-record.ts';
import type { MoneyAmount } from './types.ts';

export type Open<R = FieldRecord> = (reader: R, byteStart: number) => void;
type Close<R> = (reader: R, text: string, byteEnd: number) => void;

/** One element, as far as what may stand in it goes. */
export interface ElementShape {
  readonly children: ReadonlyMap<string, ElementShape>;
  readonly leaf: boolean;
}

/** One element: what may stand in it and what it sets in the record `R`. */
export interface ElementNode<R = FieldRecord> {
  readonly children: ReadonlyMap<string, ElementNode<R>>;
  /** True where the element's text is read. */
  readonly leaf: boolean;
  readonly open?: Open<R>;
  readonly close?: Close<R>;
}

export type Children<R = FieldRecord> = Readonly<Record<string, ElementNode<R>>>;

const NO_CHILDREN: ReadonlyMap<string, ElementNode> = new Map();

export function group<R extends FieldRecord = FieldRecord>(
  children: Children<R>,
  on: { open?: Open<R>; close?: Close<R> } = {},
): ElementNode<R> {
  return { children: new Map(Object.entries(children)), leaf: false, ...on };
}

/** An element whose text is read; empty text sets nothing. */
export function text<R extends FieldRecord = FieldRecord>(
  set: (reader: R, value: string) => void,
): ElementNode<R> {
  return {
    children: NO_CHILDREN,
    leaf: true,
    close: (reader, value) => {
      if (value !== '') set(reader, value);
    },
  };
}

export function amount<R extends FieldRecord = FieldRecord>(
  set: (reader: R, value: MoneyAmount) => void,
): ElementNode<R> {
  return {
    children: NO_CHILDREN,
    leaf: true,
    close: (reader, value) => set(reader, reader.readAmount(value)),
  };
}

/** `<Dt>`, `<DtTm>` or, in some versions, the date itself as text. */
export function date<R extends FieldRecord = FieldRecord>(
  set: (reader: R, value: string) => void,
): Children<R> {
  const leaf = text<R>((reader, value) => set(reader, reader.readDate(value)));
  return { Dt: leaf, DtTm: leaf };
}

export function direction<R extends FieldRecord = FieldRecord>(
  set: (reader: R, value: 'credit' | 'debit') => void,
): ElementNode<R> {
  return text<R>((reader, value) => set(reader, reader.readDirection(value)));
}
