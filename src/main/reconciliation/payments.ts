/** What this room asks of the desk that keeps payments told of by single messages; the engine hands it in. */
import type { TransactionForMatching } from '../statements/index.ts';

export type PaymentContent = TransactionForMatching['content'];

export interface Payments {
  /**
   * Holds every line that counts against the payments that wait for one, so that the machine never
   * matches a line whose payment is matched already.
   */
  confirm(): Promise<void>;
  /** Lines above this id have not been held against the payments yet. */
  confirmedThrough(): bigint;
  /** How many payments stand in the queue by themselves. */
  openCount(): number;
  /** Whether a payment stands in the queue by itself: no line has confirmed it, nothing took all of it back. */
  isOpen(paymentId: bigint): boolean;
  /** The payment that a line confirms. */
  paymentOf(lineId: bigint): bigint | undefined;
  /** Whether a line is the second one of a payment that went back. */
  isReturnLine(lineId: bigint): boolean;
  /** What returns took back of a payment, unsigned. */
  returnedMinor(paymentId: bigint): bigint;
  /** All that messages said of a payment, the fullest first. */
  contentsOf(paymentId: bigint): PaymentContent[];
  /** What stands of a payment in In-transit, signed: its line will clear it. */
  transitMinor(paymentId: bigint): bigint;
  /** What a payment has in In-transit changes by this much, signed. In a vault transaction. */
  addTransit(paymentId: bigint, deltaMinor: bigint): void;
}

/** Where no single messages arrive. */
export const noPayments: Payments = {
  confirm: async () => {},
  confirmedThrough: () => 2n ** 62n,
  openCount: () => 0,
  isOpen: () => false,
  paymentOf: () => undefined,
  isReturnLine: () => false,
  returnedMinor: () => 0n,
  contentsOf: () => [],
  transitMinor: () => 0n,
  addTransit: () => {},
};

/** What several messages say of one payment: what the first leaves out the next ones add. Pure. */
export function mergeContents(contents: readonly PaymentContent[]): PaymentContent {
  const [first, ...others] = contents;
  return others.reduce(mergeTwo, first!);
}

function mergeTwo(own: PaymentContent, other: PaymentContent): PaymentContent {
  const merged = { ...other, ...own };
  for (const party of ['debtor', 'creditor', 'ultimateDebtor', 'ultimateCreditor'] as const) {
    if (own[party] && other[party]) Object.assign(merged, { [party]: { ...other[party], ...own[party] } });
  }
  return {
    ...merged,
    remittance: {
      unstructured: fuller(own.remittance.unstructured, other.remittance.unstructured),
      structured: fuller(own.remittance.structured, other.remittance.structured),
    },
  };
}

const fuller = <T>(own: readonly T[], other: readonly T[]): readonly T[] => (own.length > 0 ? own : other);
