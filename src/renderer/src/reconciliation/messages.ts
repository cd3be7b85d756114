import { catalogue } from '../kit/catalogue.ts';

/** Sentences of the reconciliation screens. */
export const t = catalogue('reconciliation', { title: 'Reconciliation' });
