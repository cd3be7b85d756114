/** Retention, legal holds, erasing, and looking at what is masked. */
export type { PartySources, PrivacyOptions } from './context.ts';
export { privacyProcedures } from './procedures.ts';
export { privacySealedColumns } from './sealed-columns.ts';
export { createPrivacy, type Privacy } from './service.ts';
