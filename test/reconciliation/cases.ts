/** Short ways to write payments, items and customers in tests. */
import type { MatchCustomer, MatchItem, MatchTransaction } from '../../src/main/reconciliation/types.ts';

let nextId = 1n;

export interface PaymentCase extends Partial<MatchTransaction> {
  /** Euro cents; 100.00 where it is left out. */
  readonly cents?: bigint;
  readonly text?: string;
  readonly reference?: string;
  readonly name?: string;
  readonly iban?: string;
  readonly onBehalfOf?: string;
}

export function payment({
  cents = 10_000n,
  text,
  reference,
  name,
  iban,
  onBehalfOf,
  ...given
}: PaymentCase): MatchTransaction {
  const party = {
    ...(name === undefined ? {} : { name }),
    ...(iban === undefined ? {} : { account: iban }),
  };
  return {
    id: nextId++,
    direction: 'credit',
    amountMinor: cents,
    currency: 'EUR',
    reversal: false,
    bookingDate: '2026-11-01',
    remittance: {
      unstructured: text === undefined ? [] : text.split('\n'),
      structured: reference === undefined ? [] : [{ reference, referenceType: 'SCOR' }],
    },
    ...(name === undefined && iban === undefined
      ? {}
      : given.direction === 'debit'
        ? { creditor: party }
        : { debtor: party }),
    ...(onBehalfOf === undefined ? {} : { ultimateDebtor: { name: onBehalfOf } }),
    ...given,
  };
}

export function item(
  invoiceNumber: string,
  customerId: string,
  cents: bigint,
  given: Partial<MatchItem> = {},
): MatchItem {
  return {
    id: nextId++,
    invoiceNumber,
    customerId,
    kind: 'invoice',
    issuedOn: '2026-10-01',
    dueOn: '2026-10-31',
    currency: 'EUR',
    amountMinor: cents,
    availableMinor: cents,
    ...given,
  };
}

export const MUSTER_IBAN = 'DE89370400440532013000';
export const NORD_IBAN = 'DE75512108001245126199';
export const NORD_SISTER_IBAN = 'DE12500105170648489890';

export const customers: readonly MatchCustomer[] = [
  { customerId: 'C1001', name: 'Muster Handels GmbH', aliases: ['Muster'], ibans: [MUSTER_IBAN] },
  { customerId: 'C1002', name: 'Nordlicht Logistik AG', aliases: [], ibans: [NORD_IBAN] },
  { customerId: 'C1003', name: 'Nordlicht Technik AG', aliases: [], ibans: [NORD_SISTER_IBAN] },
  { customerId: 'C1004', name: 'Castellan S.A.', aliases: [], ibans: [] },
];
