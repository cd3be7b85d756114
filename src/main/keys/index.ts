/** The life cycle of every key: inventory, rotation, compromise, destruction, signed notices. */
export { CHECK_EVERY_MS } from './checking.ts';
export type { DualControlDue, KeysOptions, Pace } from './context.ts';
export { checkNotice } from './notice-form.ts';
export { requireLoopback } from './notices.ts';
export { keysProcedures } from './procedures.ts';
export { keysSealedColumns } from './sealed-columns.ts';
export { createKeys, type Keys } from './service.ts';
