/** What became of a file, in words for people and for the record. */
import type { Outcome } from './store.ts';

/** What became of a file before it is written down. */
export interface Ending {
  readonly outcome: Outcome;
  readonly code?: string;
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  readonly statements: number;
  readonly transactions: number;
}

/** Details as JSON can carry them. */
export function plainDetails(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
  );
}

/** Where a fault arose, without its message. */
export function faultText(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frame = (error.stack ?? '')
    .split('\n')
    .find((line) => line.includes('/src/main/') || line.includes('/out/main/'));
  return `${error.name} ${frame?.trim().replace(/^at .*?([^/\\]+\/[^/\\]+:\d+:\d+)\)?$/, '$1') ?? ''}`;
}

/** Canonical JSON takes whole characters only. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}
