/** Customers and what they owe. */
export { type AgeBucket, ageBucket, ageBuckets } from './ageing.ts';
export type { ReceivablesOptions } from './context.ts';
export { receivablesProcedures } from './procedures.ts';
export { receivablesSealedColumns } from './sealed-columns.ts';
export type { CustomerSealed } from './sealed-of-customer.ts';
export { createReceivables, type Receivables } from './service.ts';
export type {
  AgeingFigure,
  Customer,
  CustomerForMatching,
  CustomerQuery,
  OpenItemForMatching,
  OpenItemQuery,
} from './values.ts';
