import { catalogue } from '../kit/catalogue.ts';

/** Sentences of the audit screens. */
export const t = catalogue('audit', { title: 'Audit' });
