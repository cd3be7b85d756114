/** Finds everything of a party: by what the desks know of them, and by looking into every sealed column. */
import type { PartySubject } from '../../contract/privacy.ts';
import { CountersignError, yieldToLoop } from '../base/index.ts';
import { columnName, type KeyLine, type SealedColumn, type SealedRef } from '../sealing/index.ts';
import type { KnownCustomer, KnownItem, PrivacyContext } from './context.ts';
import {
  bareAccount,
  mentionedInBytes,
  mentionedInValue,
  normalName,
  type Terms,
  termsOf,
} from './mentions.ts';
import { type Fate, fateOf } from './places.ts';

/** A party as it is looked for. */
export interface Subject {
  readonly terms: Terms;
  readonly customers: readonly KnownCustomer[];
  readonly items: readonly KnownItem[];
  /** Values that are theirs by their place, whatever stands in them. */
  readonly refs: readonly SealedRef[];
}

/** A value of the party. */
export interface Hit {
  readonly place: string;
  readonly ref: SealedRef;
  readonly line: KeyLine;
  readonly fate: Exclude<Fate, 'ours'>;
}

/** Values opened between two turns of the event loop. */
const SLICE = 150;
/** Bytes of a message that are looked at at once, and how far the next stretch reaches back into them. */
const STRETCH_BYTES = 256 * 1024;
const OVERLAP_BYTES = 512;

const CHUNKS = 'import_chunk.bytes';
/** Bytes that are no text, in which nothing is looked for as in text. */
const RAW = new Set(['evidence_chunk.bytes']);
const NO_TEXT = new Set(['evidence.file_key']);

/** Throws `PRIVACY_PARTY_MISSING`, `PRIVACY_PARTY_UNKNOWN`, `PRIVACY_OWN_ACCOUNT`. */
export function subjectOf({ sources }: PrivacyContext, party: PartySubject): Subject {
  const { customerId, name, account } = party;
  if (customerId === undefined && name === undefined && account === undefined) {
    throw new CountersignError('PRIVACY_PARTY_MISSING', 'Name a customer, a name or an account number.');
  }
  const own = new Set(sources.ownAccounts().map(bareAccount));
  if (account !== undefined && own.has(bareAccount(account))) {
    throw new CountersignError('PRIVACY_OWN_ACCOUNT', 'The account is one of our own.', { path: 'account' });
  }
  const customers = [...sources.customers()].filter((customer) => isMeant(customer, party));
  if (customerId !== undefined && customers.length === 0) {
    throw new CountersignError('PRIVACY_PARTY_UNKNOWN', 'There is no such customer.', { path: 'customerId' });
  }
  const sealed = customers.map(({ id }) => sources.sealedOf(id));
  const contents = sealed.flatMap((one) => one.contents);
  const names = contents.flatMap((one) => [one.name, ...one.aliases]);
  const accounts = contents.flatMap(({ ibans }) => ibans).filter((iban) => !own.has(bareAccount(iban)));
  const ids = new Set(customers.map(({ id }) => id));
  return {
    terms: termsOf(
      name === undefined ? names : [...names, name],
      account ? [...accounts, account] : accounts,
    ),
    customers,
    items: ids.size === 0 ? [] : [...sources.items()].filter(({ customer }) => ids.has(customer)),
    refs: sealed.flatMap(({ refs }) => refs),
  };
}

function isMeant(customer: KnownCustomer, { customerId, name, account }: PartySubject): boolean {
  const { id, customerId: known, name: called, aliases, ibans } = customer;
  if (customerId !== undefined && (known === customerId || id.toString() === customerId)) return true;
  const wanted = name === undefined ? undefined : normalName(name);
  if (wanted !== undefined && [called, ...aliases].some((one) => normalName(one) === wanted)) return true;
  return account !== undefined && ibans.some((iban) => bareAccount(iban) === bareAccount(account));
}

/** What lies in the vault of each of several parties, in one walk over everything that is sealed. */
export async function findAll(context: PrivacyContext, subjects: readonly Subject[]): Promise<Hit[][]> {
  const found = subjects.map(() => new Map<bigint, Hit>());
  if (subjects.length === 0) return [];
  const add = (at: number, ref: SealedRef, fate: Hit['fate']) => {
    const line = context.sealing.keeping.lineOf(ref.id);
    if (line !== undefined) found[at]!.set(ref.id, { place: `${ref.table}.${ref.column}`, ref, line, fate });
  };
  for (const [at, { refs }] of subjects.entries()) for (const ref of refs) add(at, ref, 'erase');
  for (const column of context.sealedColumns) {
    const place = columnName(column);
    const fate = fateOf(place);
    if (fate === 'ours' || NO_TEXT.has(place)) continue;
    if (place === CHUNKS) await findInFiles(context, column, subjects, add);
    else await findInColumn(context, column, subjects, (at, ref) => add(at, ref, fate));
  }
  return found.map((hits) => [...hits.values()]);
}

/** The values of a column, a few at a time. */
async function* valuesOf({ sealing }: PrivacyContext, column: SealedColumn) {
  let cursor: string | null = null;
  for (;;) {
    const placed = sealing.keeping.walk(column, cursor, SLICE);
    if (placed.length === 0) return;
    cursor = placed.at(-1)!.cursor;
    yield placed.map(
      ({ sealedId, applicationId }): SealedRef => ({
        id: sealedId,
        table: column.table,
        column: column.column,
        applicationId,
      }),
    );
    await yieldToLoop();
  }
}

async function findInColumn(
  context: PrivacyContext,
  column: SealedColumn,
  subjects: readonly Subject[],
  add: (at: number, ref: SealedRef) => void,
): Promise<void> {
  const isRaw = RAW.has(columnName(column));
  for await (const refs of valuesOf(context, column)) {
    const opened = context.sealing.openMany(refs);
    for (const [i, value] of opened.entries()) {
      // What does not open any more tells of nobody.
      if (value instanceof Error) continue;
      const text = isRaw ? '' : value.toString('utf8');
      for (const [at, { terms }] of subjects.entries()) {
        if (isRaw ? mentionedInBytes(value, terms) : mentionedInValue(text, terms)) add(at, refs[i]!);
      }
    }
  }
}

/** A file is of a party where any of its bytes tells of it: all its chunks then share one fate. */
async function findInFiles(
  context: PrivacyContext,
  column: SealedColumn,
  subjects: readonly Subject[],
  add: (at: number, ref: SealedRef, fate: Hit['fate']) => void,
): Promise<void> {
  const files = new Map<bigint, SealedRef[]>();
  for await (const refs of valuesOf(context, column)) {
    for (const ref of refs) {
      const importId = BigInt(ref.applicationId.split('/')[0]!);
      const chunks = files.get(importId);
      if (chunks) chunks.push(ref);
      else files.set(importId, [ref]);
    }
  }
  for (const [importId, chunks] of files) {
    const telling = await whoIsIn(context, importId, subjects);
    const fate = context.sources.isList(importId) ? 'erase' : 'keep';
    for (const at of telling) for (const ref of chunks) add(at, ref, fate);
  }
}

async function whoIsIn(
  { sources }: PrivacyContext,
  importId: bigint,
  subjects: readonly Subject[],
): Promise<Set<number>> {
  const telling = new Set<number>();
  for (let start = 0; ; start += STRETCH_BYTES) {
    const from = Math.max(0, start - OVERLAP_BYTES);
    const bytes = sources.bytes(importId, from, start + STRETCH_BYTES);
    if (bytes === null) return telling;
    for (const [at, { terms }] of subjects.entries()) {
      if (!telling.has(at) && mentionedInBytes(bytes, terms)) telling.add(at);
    }
    if (bytes.byteLength < start - from + STRETCH_BYTES) return telling;
    await yieldToLoop();
  }
}
