import { resolve } from 'node:path';
import { generateSampleData, type SampleData } from '../../build/sample-data/generate.ts';

export const REPOSITORY = resolve(import.meta.dirname, '../..');
export const DEMO_FOLDER = resolve(REPOSITORY, 'resources/demo');
/** The options of the committed set. */
export const DEMO = { seed: 7, customers: 200, days: 30, to: '2026-11-20' };

/** A small world: enough for every class of line, quick enough to make several of. */
export function smallWorld(seed: number): SampleData {
  return generateSampleData({ seed, customers: 40, days: 12, to: '2026-11-20' });
}

export interface TruthTransaction {
  file: string;
  statement: number;
  index: number;
  accountServicerReference: string;
  endToEndId: string | null;
  bookingDate: string;
  direction: 'credit' | 'debit';
  amount: string;
  currency: string;
  class: string;
  pays: { invoice: string; currency: string; allocated: string; discount?: string; charges?: string }[];
  of?: { file: string; index: number };
  planted?: string;
}

export interface Truth {
  seed: number;
  classes: Record<string, number>;
  planted: { id: string; kind: string; invoices: string[] }[];
  transactions: TruthTransaction[];
}

export function truthOf(data: SampleData): Truth {
  return JSON.parse(data.truth.bytes.toString('utf8')) as Truth;
}
