/** The keys as bands over time: one line for what they are for, one band for each version. Pure. */
import type { Key, KeyType } from '../../../contract/keys.ts';

export interface Band {
  readonly key: Key;
  readonly fromMs: number;
  /** Until when it was used: its end, or now. */
  readonly toMs: number;
  /** Until when the policy lets it be used; null where it has left use or is past its time. */
  readonly plannedToMs: number | null;
  /** From when on it is past its time; null where it is not. */
  readonly overdueFromMs: number | null;
}

export interface Line {
  readonly id: string;
  readonly type: KeyType;
  readonly purpose: string | null;
  readonly retentionClass: string | null;
  readonly quarter: string | null;
  /** The oldest first. */
  readonly bands: readonly Band[];
}

const RANK: Readonly<Record<KeyType, number>> = { KEK: 0, signing: 1, log: 2, transport: 3, DEK: 4 };

/** Keys by line, in the order of the inventory; keys that were never in use have no band. */
export function linesOf(keys: readonly Key[], nowMs: number): readonly Line[] {
  const lines = new Map<string, Line & { readonly bands: Band[] }>();
  for (const key of keys) {
    const band = bandOf(key, nowMs);
    if (band === null) continue;
    const { type, purpose, retentionClass, quarter } = key;
    const id = [type, purpose, retentionClass, quarter].join('/');
    const line = lines.get(id) ?? { id, type, purpose, retentionClass, quarter, bands: [] };
    line.bands.push(band);
    lines.set(id, line);
  }
  for (const line of lines.values()) line.bands.sort((a, b) => a.fromMs - b.fromMs);
  return [...lines.values()].sort(
    (a, b) =>
      RANK[a.type] - RANK[b.type] ||
      (a.purpose ?? '').localeCompare(b.purpose ?? '') ||
      (a.retentionClass ?? '').localeCompare(b.retentionClass ?? '') ||
      (b.quarter ?? '').localeCompare(a.quarter ?? ''),
  );
}

function bandOf(key: Key, nowMs: number): Band | null {
  const fromMs = key.activatedAtMs;
  if (fromMs === null) return null;
  const toMs = Math.max(fromMs, key.endedAtMs ?? nowMs);
  const isLive = key.endedAtMs === null && key.expiresAtMs !== null;
  const isPast = isLive && key.expiresAtMs! <= nowMs;
  return {
    key,
    fromMs,
    toMs,
    plannedToMs: isLive && !isPast ? key.expiresAtMs : null,
    overdueFromMs: isPast ? key.expiresAtMs : null,
  };
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the axis spans: from the first band to the last planned end, with a little room at both ends. */
export function spanOf(lines: readonly Line[], nowMs: number): Span {
  let fromMs = nowMs;
  let toMs = nowMs;
  for (const { bands } of lines)
    for (const band of bands) {
      fromMs = Math.min(fromMs, band.fromMs);
      toMs = Math.max(toMs, band.toMs, band.plannedToMs ?? 0);
    }
  const room = Math.max(86_400_000, (toMs - fromMs) * 0.02);
  return { fromMs: fromMs - room, toMs: toMs + room };
}

/** Where an instant lies on the axis, in percent. */
export function percentOf(atMs: number, { fromMs, toMs }: Span): number {
  return ((atMs - fromMs) / (toMs - fromMs)) * 100;
}

const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60] as const;
const MOST_TICKS = 9;

/** First days of months within a span, as many as can be read beside each other. */
export function ticksOf({ fromMs, toMs }: Span): readonly number[] {
  const from = new Date(fromMs);
  const months = (toMs - fromMs) / (30.44 * 86_400_000);
  const step = MONTH_STEPS.find((each) => months / each <= MOST_TICKS) ?? 120;
  const ticks: number[] = [];
  const first = Math.floor(from.getUTCMonth() / step) * step;
  for (let month = first; ; month += step) {
    const atMs = Date.UTC(from.getUTCFullYear(), month, 1);
    if (atMs > toMs) return ticks;
    if (atMs >= fromMs) ticks.push(atMs);
  }
}
