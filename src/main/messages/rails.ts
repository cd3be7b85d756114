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
      /** ISO weekdays, 1 is Monday, on which the window opens. */
      readonly opensOn: readonly number[];
      /** `HH:MM`. An opening later than the closing opens on the evening before the business day. */
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
  /** Calendar days after the settlement date by whose end a statement must have shown the payment. */
  readonly confirmedWithinDays: number;
  /** What one payment may be at most, in minor units of the rail's currency, where the scheme has a limit. */
  readonly limitMinor?: bigint;
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
