/**
 * The rails that single messages come by, as data: which messages they use, by which ids a payment is known
 * on them, in which currency and when they run, when a payment is final, and by when the end-of-day statement must
 * show it. Nothing here is computed; desks read it.
 */
import type { InstantKind, PaymentKeys, RailId } from './instant-types.ts';

/** When a rail takes payments, on the clock of its own zone. */
export type RailHours =
  | { readonly kind: 'always' }
  | {
      readonly kind: 'window';
      /** IANA time zone. */
      readonly zone: string;
      /** ISO weekdays, 1 is Monday, whose business day the window is. */
      readonly opensOn: readonly number[];
      /** `HH:MM`. An opening later than the closing is on the evening before the business day. */
      readonly opensAt: string;
      readonly closesAt: string;
    };

export interface Rail {
  readonly id: RailId;
  readonly name: string;
  readonly messages: readonly InstantKind[];
  /** By what a payment is known again on this rail, strongest first. */
  readonly keys: readonly (keyof PaymentKeys)[];
  /** ISO 4217; empty where the rail carries every currency. */
  readonly currencies: readonly string[];
  readonly hours: RailHours;
  /**
   * `on-acceptance`: final once the receiving bank has accepted and the rail has settled, within seconds;
   * `on-settlement`: final once the central bank has booked it; `on-credit`: once the creditor's bank says so.
   */
  readonly finality: 'on-acceptance' | 'on-settlement' | 'on-credit';
  /** What a status must say before the money is final, of a pacs.002. */
  readonly finalStatuses: readonly string[];
  /**
   * Business days of the currency's banks after the settlement date by whose end a statement must have shown
   * the payment. No scheme says when a bank sends its statement: this is the console's own rule. Rails that
   * never close pay on days on which no statement is drawn up; the first business day books what they paid,
   * and the second is there for a statement that comes on the morning after.
   */
  readonly confirmedWithinBusinessDays: number;
  /** What one payment may be at most, in minor units of the rail's only currency, where the scheme has a limit. */
  readonly limitMinor?: bigint;
}

const INSTANT_MESSAGES: readonly InstantKind[] = ['pacs.008', 'pacs.002', 'pacs.004', 'camt.056', 'camt.054'];
const ALWAYS: RailHours = { kind: 'always' };

/** Every rail the console knows, in the order in which screens list them. */
export const rails: readonly Rail[] = [
  {
    id: 'fednow',
    name: 'FedNow',
    messages: INSTANT_MESSAGES,
    // The UETR is mandatory in its pacs.008 (FedNow ISO 20022 specifications, release 1).
    keys: ['uetr', 'endToEndId', 'instructionId', 'accountServicerReference'],
    currencies: ['USD'],
    hours: ALWAYS,
    finality: 'on-acceptance',
    finalStatuses: ['ACSC', 'ACCC'],
    confirmedWithinBusinessDays: 2,
    // Ten million dollars since November 2025 (Federal Reserve Financial Services, 16 September 2025).
    limitMinor: 1_000_000_000n,
  },
  {
    id: 'rtp',
    name: 'RTP',
    messages: INSTANT_MESSAGES,
    // InstrId and TxId are one number that the network makes unique; the UETR came with later versions.
    keys: ['uetr', 'transactionId', 'instructionId', 'endToEndId', 'accountServicerReference'],
    currencies: ['USD'],
    hours: ALWAYS,
    finality: 'on-acceptance',
    finalStatuses: ['ACSC', 'ACCC'],
    confirmedWithinBusinessDays: 2,
    // Ten million dollars since 9 February 2025 (The Clearing House, 4 December 2024).
    limitMinor: 1_000_000_000n,
  },
  {
    id: 'sepa-instant',
    name: 'SEPA Instant',
    messages: INSTANT_MESSAGES,
    keys: ['transactionId', 'uetr', 'accountServicerReference', 'endToEndId'],
    currencies: ['EUR'],
    hours: ALWAYS,
    finality: 'on-acceptance',
    finalStatuses: ['ACCP', 'ACSC', 'ACCC'],
    confirmedWithinBusinessDays: 2,
    // The rulebook of 5 October 2025 follows Regulation (EU) 2024/886; the scheme sets no limit of its own here.
  },
  {
    id: 'faster-payments',
    name: 'Faster Payments',
    messages: INSTANT_MESSAGES,
    keys: ['uetr', 'transactionId', 'accountServicerReference', 'endToEndId'],
    currencies: ['GBP'],
    hours: ALWAYS,
    finality: 'on-acceptance',
    finalStatuses: ['ACSC', 'ACCC'],
    confirmedWithinBusinessDays: 2,
    // One million pounds since February 2022 (Pay.UK).
    limitMinor: 100_000_000n,
  },
  {
    id: 'pix',
    name: 'Pix',
    messages: INSTANT_MESSAGES,
    // The EndToEndId is made by the paying bank and unique in the whole system.
    keys: ['endToEndId', 'transactionId', 'accountServicerReference'],
    currencies: ['BRL'],
    hours: ALWAYS,
    finality: 'on-acceptance',
    finalStatuses: ['ACSC', 'ACCC'],
    confirmedWithinBusinessDays: 2,
  },
  {
    id: 'fedwire',
    name: 'Fedwire',
    messages: INSTANT_MESSAGES,
    keys: ['uetr', 'clearingSystemReference', 'instructionId', 'endToEndId', 'accountServicerReference'],
    currencies: ['USD'],
    // 9 p.m. on the evening before until 7 p.m. Eastern time, Monday to Friday (Board of Governors, 7 May 2021).
    hours: {
      kind: 'window',
      zone: 'America/New_York',
      opensOn: [1, 2, 3, 4, 5],
      opensAt: '21:00',
      closesAt: '19:00',
    },
    finality: 'on-settlement',
    finalStatuses: ['ACSC', 'ACCC'],
    confirmedWithinBusinessDays: 2,
  },
  {
    id: 'swift-gpi',
    name: 'SWIFT gpi',
    messages: INSTANT_MESSAGES,
    // The UETR is what gpi tracks a payment by through every bank of the chain.
    keys: ['uetr', 'accountServicerReference', 'endToEndId', 'instructionId', 'transactionId'],
    currencies: [],
    // Messages pass at any time; when money moves is up to each correspondent.
    hours: ALWAYS,
    finality: 'on-credit',
    finalStatuses: ['ACCC'],
    confirmedWithinBusinessDays: 3,
  },
];

/** The rules of one rail. */
export function railById(id: RailId): Rail {
  // Every `RailId` is in the list; a test sees to it.
  return rails.find((one) => one.id === id) as Rail;
}

/** What a message says that tells its rail. */
export interface RailFacts {
  /** By the envelope around the message. */
  envelope?: RailId;
  /** `SttlmInf/ClrSys`, of the message or of the one it answers. */
  clearingSystem?: string;
  readonly localInstruments: string[];
  readonly serviceLevels: string[];
}
