import { catalogue } from '../kit/catalogue.ts';

/** Sentences of the ledger screens. */
export const t = catalogue('ledger', { title: 'Ledger' });
