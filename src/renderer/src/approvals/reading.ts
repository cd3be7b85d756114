/** What the inbox reads out of requests, without a screen: how urgent, which go together, what is missing. */
import type { ApprovalDetail, ApprovalLine } from '../../../contract/approvals.ts';
import type { Money } from '../../../contract/common.ts';
import { parseAmount } from '../../../contract/money.ts';
import { places } from '../app/places.ts';
import { writeMoney } from '../kit/format.ts';

export const BOXES = ['to-answer', 'mine', 'open', 'all'] as const;
export type Box = (typeof BOXES)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const URGENT_SHARE = 0.2;

/** `soon`: the last fifth of the time to answer, two minutes at least and an hour at most. */
export function urgencyOf(
  { askedAtMs, expiresAtMs }: Pick<ApprovalLine, 'askedAtMs' | 'expiresAtMs'>,
  nowMs: number,
): 'calm' | 'soon' | 'over' {
  const leftMs = expiresAtMs - nowMs;
  if (leftMs <= 0) return 'over';
  const urgentMs = Math.min(HOUR_MS, Math.max(2 * MINUTE_MS, (expiresAtMs - askedAtMs) * URGENT_SHARE));
  return leftMs <= urgentMs ? 'soon' : 'calm';
}

/** Whether the clock is worth a second: beyond a day, the day it ends says more. */
export const isDaysAway = (leftMs: number) => leftMs > DAY_MS;

/** The sum in each currency, in the order of the currencies. */
export function totalsOf(lines: readonly { readonly amounts: readonly Money[] }[]): Money[] {
  const sums = new Map<string, bigint>();
  for (const { amounts } of lines)
    for (const { amountMinor, currency } of amounts)
      sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
  return [...sums]
    .map(([currency, amountMinor]) => ({ currency, amountMinor }))
    .sort((a, b) => a.currency.localeCompare(b.currency));
}

export type Bulk =
  | { readonly kind: 'none' }
  /** Some of them are not for whoever is here to answer. */
  | { readonly kind: 'not-yours'; readonly count: number }
  | { readonly kind: 'procedures'; readonly procedures: readonly string[] }
  | { readonly kind: 'policies'; readonly titles: readonly string[] }
  | { readonly kind: 'too-many'; readonly most: number }
  | { readonly kind: 'ready'; readonly lines: readonly ApprovalLine[]; readonly totals: readonly Money[] };

/** As many as the contract takes at once. */
const MOST_AT_ONCE = 200;

/** Whether these can be answered together: like kinds only, one procedure under one policy. */
export function bulkOf(lines: readonly ApprovalLine[]): Bulk {
  if (lines.length === 0) return { kind: 'none' };
  const notYours = lines.filter(({ mine }) => mine !== 'answer').length;
  if (notYours > 0) return { kind: 'not-yours', count: notYours };
  const procedures = [...new Set(lines.map(({ procedure }) => procedure))];
  if (procedures.length > 1) return { kind: 'procedures', procedures };
  const policies = new Map(lines.map(({ policyId, policyTitle }) => [policyId, policyTitle]));
  if (policies.size > 1) return { kind: 'policies', titles: [...policies.values()] };
  if (lines.length > MOST_AT_ONCE) return { kind: 'too-many', most: MOST_AT_ONCE };
  return { kind: 'ready', lines, totals: totalsOf(lines) };
}

/** How many still have to agree. */
export const missingCount = ({ agreed, quorum }: Pick<ApprovalLine, 'agreed' | 'quorum'>) =>
  Math.max(0, quorum - agreed);

/** Whether the answer of whoever is here would be the last one that is needed. */
export const wouldRun = (line: Pick<ApprovalLine, 'agreed' | 'quorum'>) => missingCount(line) === 1;

/** The screen on which a command is sent, to send it again; null where none of ours sends it. */
export function placeOfCommand(procedure: string): string | null {
  const [room] = procedure.split('.');
  if (procedure.startsWith('vault.slots.')) return places.slots();
  if (room === 'operators' || procedure === 'approvals.enrolCard') return places.operators();
  if (room === 'backup') return places.backup();
  if (room === 'intake') return places.imports();
  if (room === 'keys') return places.keys();
  if (room === 'ledger') return places.journal();
  if (room === 'reconciliation') return places.reconciliation();
  if (room === 'policies') return places.policies();
  return null;
}

/** What a maker is told of a request that has moved on since it was seen last; null where nothing is to say. */
export function newsOf(
  before: Pick<ApprovalDetail, 'state'> | undefined,
  now: Pick<ApprovalDetail, 'state'>,
): 'approved' | 'executed' | 'vetoed' | 'expired' | 'failed' | 'void' | null {
  if (before === undefined || before.state === now.state) return null;
  switch (now.state) {
    case 'approved':
    case 'executed':
    case 'vetoed':
    case 'expired':
    case 'failed':
    case 'void':
      return now.state;
    default:
      return null;
  }
}

const PLAIN_AMOUNT = /(?<![\d.])(-?\d+(?:\.\d+)?) ([A-Z]{3})\b/g;

/** The engine's plain amounts, grouped as amounts are everywhere else: `3100.00 EUR` as `3,100.00 EUR`. */
export function groupAmounts(text: string): string {
  return text.replace(PLAIN_AMOUNT, (whole, amount: string, currency: string) => {
    const read = parseAmount(amount, currency);
    return read.ok ? writeMoney(read.amountMinor, currency) : whole;
  });
}

const isScalar = (value: unknown) => typeof value !== 'object' || value === null;

/** The canonical text with line breaks, for reading only: what is signed is the text without them. */
export function spreadOut(raw: string): string {
  try {
    return spread(JSON.parse(raw), '');
  } catch {
    return raw;
  }
}

function spread(value: unknown, indent: string): string {
  if (isScalar(value)) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every(isScalar)) return JSON.stringify(value);
    return `[\n${value.map((one) => inner + spread(one, inner)).join(',\n')}\n${indent}]`;
  }
  const lines = Object.entries(value as object).map(
    ([name, one]) => `${inner}${JSON.stringify(name)}: ${spread(one, inner)}`,
  );
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}
