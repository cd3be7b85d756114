/** Values that the room hands to other desks, and what they ask with. */
import type { z } from 'zod';
import type { customer as customerSchema } from '../../contract/receivables.ts';
import type { IsoDate } from '../base/index.ts';
import type { PageRequest } from '../statements/index.ts';
import type { AgeBucket } from './ageing.ts';

export type Customer = z.infer<typeof customerSchema>;

export interface CustomerQuery extends PageRequest {
  readonly text?: string | undefined;
}

export interface OpenItemQuery extends PageRequest {
  readonly text?: string | undefined;
  readonly customerId?: string | undefined;
  readonly state?: 'open' | 'part-paid' | 'paid' | undefined;
  readonly bucket?: AgeBucket | undefined;
}

/** An open item as matching needs it, opened. */
export interface OpenItemForMatching {
  readonly id: bigint;
  readonly invoiceNumber: string;
  /** Row id of the customer, as in `CustomerForMatching`. */
  readonly customer: bigint;
  readonly customerId: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly issuedOn: IsoDate;
  readonly dueOn: IsoDate;
  readonly currency: string;
  /** Positive for both kinds. */
  readonly amountMinor: bigint;
  /** What remains, positive for both kinds. */
  readonly openMinor: bigint;
  readonly structuredReference: string | null;
  /** Parts per million: 2.5 % is 25,000. */
  readonly discountPpm: bigint | null;
  readonly discountUntil: IsoDate | null;
}

export interface CustomerForMatching {
  readonly id: bigint;
  readonly customerId: string;
  readonly country: string | null;
  readonly name: string;
  readonly ibans: readonly string[];
  readonly aliases: readonly string[];
}

export interface AgeingFigure {
  readonly bucket: AgeBucket;
  readonly currency: string;
  readonly count: number;
  /** Invoices less credit notes. */
  readonly amountMinor: bigint;
}
