/** Money that arrives at once: single messages of instant rails, decided and pre-posted as they come. */
export type { InstantOptions, OverduePrePost } from './context.ts';
export { createSingleMessages } from './messages.ts';
export { createPaymentBook, type PaymentBook } from './payment-book.ts';
export { instantProcedures } from './procedures.ts';
export { instantSealedColumns } from './sealed-columns.ts';
export { createInstant, type Instant } from './service.ts';
export { readStanding, type Standing } from './store-standing.ts';
export type { InstantOutcome, Taking, ValueReceived } from './taking.ts';
