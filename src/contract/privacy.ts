import { z } from 'zod';
import {
  accountNumber,
  command,
  freeText,
  id,
  isoDate,
  look,
  pageInput,
  pageOf,
  partyName,
  query,
  recordNumber,
} from './common.ts';

export const privacyErrors = {
  PRIVACY_MASKED: 'What is asked for shows names or account numbers, and the session may not see them.',
  PRIVACY_THING_UNKNOWN: 'There is nothing of that kind under that id.',
  PRIVACY_YEARS_TOO_FEW: 'The class must be kept longer than that by law, by policy or by its keys.',
  PRIVACY_CLASS_FIXED: 'Data of this class is kept as long as the vault stands.',
  PRIVACY_HOLD_UNKNOWN: 'There is no hold under that id.',
  PRIVACY_HOLD_RELEASED: 'The hold was released before.',
  PRIVACY_HOLD_SAME_PERSON: 'A hold is released by another person than the one who set it.',
  PRIVACY_HOLD_EMPTY: 'The hold is on nothing: the vault holds nothing of that quarter, party or thing.',
  PRIVACY_PARTY_MISSING: 'A party is named by a customer, a name or an account number.',
  PRIVACY_PARTY_UNKNOWN: 'Nothing in the vault is of that party.',
  PRIVACY_OWN_ACCOUNT: 'The account is our own and names no other party.',
  PRIVACY_UNDER_HOLD: 'Something of the party is under a legal hold and must be kept.',
  PRIVACY_RETENTION_RUNS: 'Something of the party must still be kept; the error says until when.',
  PRIVACY_STILL_OPEN: 'The party still owes something, or is owed something; settle it first.',
  PRIVACY_CONFIRMATION_WRONG: 'The confirmation was not typed as asked for.',
  PRIVACY_SEARCH_UNKNOWN: 'There is no such search, or what it was for was erased.',
  PRIVACY_REASON_NAMES: 'A reason that stays in the log must not name the party it is about.',
  PRIVACY_STALE: 'Something of the party was added since the preview; look again.',
  PRIVACY_PURGE_UNDER_WAY: 'A purge is already running.',
} as const;

/** What can be shown in the clear for a reason. */
export const unmaskKinds = [
  'bank-transaction',
  'open-item',
  'customer',
  'statement',
  'account',
  'audit-record',
  'incident',
] as const;
export type UnmaskKind = (typeof unmaskKinds)[number];

/** One value in the clear, by where it stands in the answer that was masked. */
export const clearValue = z.object({ path: z.array(z.union([z.string(), z.number()])), value: z.string() });
export type ClearValue = z.infer<typeof clearValue>;

export const dataClassIds = [
  'bank-messages',
  'parties',
  'invoices',
  'evidence-7y',
  'evidence-10y',
  'audit-details',
  'operators',
] as const;
export type DataClassId = (typeof dataClassIds)[number];
const dataClass = z.enum(dataClassIds);
const quarter = z.string().regex(/^\d{4}Q[1-4]$/, 'expected YYYYQn');

export const retentionLine = z.object({
  id: dataClass,
  /** Years after the end of the quarter; null where it is kept as long as the vault stands. */
  years: z.number().int().nullable(),
  defaultYears: z.number().int().nullable(),
  /** Fewer are refused: the most that law, the keys and the policies in force ask for. */
  minimumYears: z.number().int().nullable(),
  /** Sealed values that lie under keys of the class. */
  values: z.number().int(),
  /** Quarters of which something is left, the oldest first. */
  quarters: z.array(
    z.object({
      quarter,
      values: z.number().int(),
      /** The first day on which it may be purged; null where that never comes. */
      dueOn: isoDate.nullable(),
      state: z.enum(['kept', 'held', 'due']),
      /** Holds that keep it. */
      holdIds: z.array(id),
    }),
  ),
});
export type RetentionLine = z.infer<typeof retentionLine>;

/** Who is meant: a customer by id, or whoever goes by a name or an account number. */
export const partySubject = z.object({
  customerId: id.optional(),
  name: z.string().trim().min(2).max(140).optional(),
  account: z.string().trim().min(4).max(40).optional(),
});
export type PartySubject = z.infer<typeof partySubject>;

export const holdTarget = z.discriminatedUnion('on', [
  z.object({ on: z.literal('quarter'), dataClass, quarter }),
  z.object({ on: z.literal('party'), party: partySubject }),
  z.object({ on: z.literal('thing'), kind: z.enum(['bank-transaction', 'open-item']), id }),
]);
export type HoldTarget = z.infer<typeof holdTarget>;

export const hold = z.object({
  id,
  on: z.enum(['quarter', 'party', 'thing']),
  dataClass: dataClass.nullable(),
  quarter: z.string().nullable(),
  customerId: z.string().nullable(),
  partyName: partyName().nullable(),
  account: accountNumber().nullable(),
  kind: z.string().nullable(),
  thingId: z.string().nullable(),
  reason: freeText().nullable(),
  setBy: z.string(),
  setAtMs: z.number(),
  record: recordNumber,
  released: z
    .object({ by: z.string(), atMs: z.number(), reason: freeText().nullable(), record: recordNumber })
    .nullable(),
});
export type Hold = z.infer<typeof hold>;

/** What of a party lies where. */
export const foundPart = z.object({
  /** Table and column that holds it, which names the room. */
  place: z.string(),
  count: z.number().int(),
  /** `erase`: goes; `keep`: is not the party's alone and stays, which refuses the erasure. */
  fate: z.enum(['erase', 'keep']),
});

export const erasePreview = z.object({
  /** What `erase` is asked with, so that a request for approval names nobody. */
  searchId: id,
  parts: z.array(foundPart),
  total: z.number().int(),
  customers: z.number().int(),
  transactions: z.number().int(),
  openItems: z.number().int(),
  /** Why it is refused now; null where it is allowed. */
  refusal: z.object({ code: z.string(), message: z.string(), until: isoDate.nullable() }).nullable(),
  /** The words to be typed. */
  confirmation: z.string(),
  /** Changes when something of the party is added; `erase` takes it back. */
  fingerprint: z.string(),
  /** Backups that hold the party until they expire. */
  backups: z.array(z.object({ path: z.string(), atMs: z.number(), record: recordNumber })),
});
export type ErasePreview = z.infer<typeof erasePreview>;

export const purgeLine = z.object({
  id,
  atMs: z.number(),
  dataClass,
  quarter,
  values: z.number().int(),
  /** Values that are still in use and were sealed anew under the present quarter. */
  carried: z.number().int(),
  keys: z.number().int(),
  by: z.string(),
  record: recordNumber,
});
export type PurgeLine = z.infer<typeof purgeLine>;

export const lookLine = z.object({
  id,
  atMs: z.number(),
  by: z.string(),
  kind: z.enum(unmaskKinds),
  thingId: z.string(),
  /** Null where it was erased. */
  reason: z.string().nullable(),
  values: z.number().int(),
  record: recordNumber,
});
export type LookLine = z.infer<typeof lookLine>;

const reason = z.string().trim().min(3).max(400);

export const privacy = {
  /** Every class of data: how long it is kept, what lies under which quarter, and what is due when. */
  retention: query('read').output(z.array(retentionLine)),
  /** Years of a class; null takes the default back. Never fewer than law, keys and policies ask for. */
  setRetention: command('privacy')
    .input(z.object({ dataClass, years: z.number().int().min(0).max(100).nullable(), reason }))
    .output(retentionLine),
  /** Standing holds first, then the released ones, newest first. */
  holds: query('read').output(z.array(hold)),
  hold: command('evidence')
    .input(z.object({ target: holdTarget, reason }))
    .output(hold),
  /** By another person than the one who set it. */
  release: command('evidence').input(z.object({ id, reason })).output(hold),
  /** Purges what is due now, as the calendar does every month: one record for each class and quarter. */
  purge: command('privacy')
    .input(z.object({ confirm: z.string().max(100) }))
    .output(
      z.object({
        purged: z.array(purgeLine),
        /** What was due and stays, because of holds. */
        held: z.array(z.object({ dataClass, quarter, holds: z.number().int() })),
      }),
    ),
  purges: query('read').input(pageInput).output(pageOf(purgeLine)),
  /** Everything of one party, counted where it lies. Leaves a record, for it opens all that is sealed. */
  find: command('privacy').input(partySubject).output(erasePreview),
  /** Erases one party. The log still verifies, the books still balance. */
  erase: command('privacy')
    .input(
      z.object({
        searchId: id,
        reason,
        confirm: z.string().max(200),
        fingerprint: z.string().max(64),
      }),
    )
    .output(z.object({ record: recordNumber, erased: z.number().int(), parts: z.array(foundPart) })),
  /** Shows one thing in the clear, after writing who looked and why. */
  unmask: look('unmask')
    .input(z.object({ kind: z.enum(unmaskKinds), id, reason }))
    .output(z.object({ kind: z.enum(unmaskKinds), id, record: recordNumber, values: z.array(clearValue) })),
  /** Who looked at what and why, newest first. */
  looks: query('unmask').input(pageInput).output(pageOf(lookLine)),
  /** Backups that still hold what was purged or erased since they were written. */
  backups: query('read').output(
    z.array(z.object({ path: z.string(), atMs: z.number(), record: recordNumber, holdsErased: z.boolean() })),
  ),
};
