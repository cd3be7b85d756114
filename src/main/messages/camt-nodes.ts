/** The building blocks of the tree of elements: groups, texts, amounts, dates. */
import type { CamtRecord } from './camt-record.ts';
import type { MoneyAmount } from './types.ts';

export type Open = (reader: CamtRecord, byteStart: number) => void;
type Close = (reader: CamtRecord, text: string, byteEnd: number) => void;

export interface CamtNode {
  readonly children: ReadonlyMap<string, CamtNode>;
  /** True where the element's text is read. */
  readonly leaf: boolean;
  readonly open?: Open;
  readonly close?: Close;
}

export type Children = Readonly<Record<string, CamtNode>>;

const NO_CHILDREN: ReadonlyMap<string, CamtNode> = new Map();

export function group(children: Children, on: { open?: Open; close?: Close } = {}): CamtNode {
  return { children: new Map(Object.entries(children)), leaf: false, ...on };
}

/** An element whose text is read; empty text sets nothing. */
export function text(set: (reader: CamtRecord, value: string) => void): CamtNode {
  return {
    children: NO_CHILDREN,
    leaf: true,
    close: (reader, value) => {
      if (value !== '') set(reader, value);
    },
  };
}

export function amount(set: (reader: CamtRecord, value: MoneyAmount) => void): CamtNode {
  return {
    children: NO_CHILDREN,
    leaf: true,
    close: (reader, value) => set(reader, reader.readAmount(value)),
  };
}

/** `<Dt>`, `<DtTm>` or, in some versions, the date itself as text. */
export function date(set: (reader: CamtRecord, value: string) => void): Children {
  const leaf = text((reader, value) => set(reader, reader.readDate(value)));
  return { Dt: leaf, DtTm: leaf };
}

export const direction = (set: (reader: CamtRecord, value: 'credit' | 'debit') => void): CamtNode =>
  text((reader, value) => set(reader, reader.readDirection(value)));
