import { catalogue } from '../kit/catalogue.ts';

export const t = catalogue('receivables', { title: 'Receivables' });
