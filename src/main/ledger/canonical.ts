import { dateOfDay } from './days.ts';

/** An entry's input as it is hashed. Two postings stand debit first; more stand as they were given. */
export interface CanonicalEntry {
  readonly id: Buffer;
  readonly day: number;
  readonly reason: string;
  readonly memo: string | null;
  readonly source: { readonly kind: string; readonly id: string } | null;
  readonly reverses: Buffer | null;
  readonly pending: boolean;
  readonly expiresAtMs: number | null;
  readonly debitAccount: bigint | number;
  readonly creditAccount: bigint | number;
  readonly amountMinor: bigint;
  /** Set where the entry has not the form of two postings; the three fields above then say nothing. */
  readonly lines: readonly { readonly accountId: bigint | number; readonly amountMinor: bigint }[] | null;
}

let lastDay = Number.NaN;
let lastDate = '';
let lastReason = '';
let lastReasonJson = '""';

/**
 * The canonical JSON (RFC 8785, integers as strings) of an entry's input, whose hash is its leaf and
 * what its idempotency key stands for. Written out by hand, keys in their order, because this runs
 * once an entry; a test compares it with `canonicalJson`. Texts must be well-formed Unicode.
 */
export function canonicalEntry(entry: CanonicalEntry): string {
  if (entry.day !== lastDay) {
    lastDate = dateOfDay(entry.day);
    lastDay = entry.day;
  }
  if (entry.reason !== lastReason) {
    lastReasonJson = JSON.stringify(entry.reason);
    lastReason = entry.reason;
  }
  const { lines, memo, source, reverses } = entry;
  let out = `{"effectiveDate":"${lastDate}"`;
  if (entry.expiresAtMs !== null) out += `,"expiresAtMs":"${entry.expiresAtMs}"`;
  out += `,"id":"${entry.id.toString('hex')}"`;
  if (memo !== null) out += `,"memo":${JSON.stringify(memo)}`;
  if (entry.pending) out += ',"pending":true';
  out += ',"postings":[';
  if (lines === null) {
    const amount = entry.amountMinor.toString();
    out += `["${entry.debitAccount}","${amount}"],["${entry.creditAccount}","-${amount}"]`;
  } else {
    out += lines.map((line) => `["${line.accountId}","${line.amountMinor}"]`).join(',');
  }
  out += `],"reason":${lastReasonJson}`;
  if (reverses !== null) out += `,"reverses":"${reverses.toString('hex')}"`;
  if (source !== null)
    out += `,"source":{"id":${JSON.stringify(source.id)},"kind":${JSON.stringify(source.kind)}}`;
  return `${out}}`;
}
