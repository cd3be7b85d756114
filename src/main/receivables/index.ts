/** Customers and what they owe. */
export { type AgeBucket, ageBucket, ageBuckets } from './ageing.ts';
export { receivablesProcedures } from './procedures.ts';
export {
  type AgeingFigure,
  type Customer,
  type CustomerForMatching,
  createReceivables,
  type OpenItemForMatching,
  type Receivables,
  type ReceivablesOptions,
  type ReceivablesTextSearch,
} from './service.ts';
