/** From the odds as weighed to how often they come true. Pure. */
import { CALIBRATION } from './calibration-data.ts';
import type { Ground } from './types.ts';

export interface CalibrationPoint {
  /** Natural-log odds as weighed. */
  readonly logOdds: number;
  /** Share of explanations with these odds that were right. */
  readonly right: number;
}

export interface CalibrationMap {
  readonly version: string;
  /** Where the points come from, so that they can be learned again. */
  readonly learnedFrom: string;
  readonly points: Readonly<Record<Ground, readonly CalibrationPoint[]>>;
}

/**
 * The learned probability: between two points a straight line, beyond the first and the last one their
 * value. Odds of which nothing was learned are taken at their word.
 */
export function calibrated(logOdds: number, ground: Ground, map: CalibrationMap = CALIBRATION): number {
  const points = map.points[ground];
  if (points.length === 0) return 1 / (1 + Math.exp(-logOdds));
  const after = points.findIndex((point) => point.logOdds >= logOdds);
  if (after === 0) return points[0]!.right;
  if (after < 0) return points.at(-1)!.right;
  const [left, right] = [points[after - 1]!, points[after]!];
  const share = (logOdds - left.logOdds) / (right.logOdds - left.logOdds);
  return left.right + share * (right.right - left.right);
}

/** One observation: the odds as weighed, and whether the explanation was right. */
export interface Observation {
  readonly logOdds: number;
  readonly isRight: boolean;
}

/** Nats that one bin spans at least, and observations that it holds at least. */
const BIN_NATS = 0.5;
const BIN_COUNT = 25;

interface Bin {
  readonly logOdds: number;
  readonly right: number;
  readonly count: number;
}

/**
 * Learns points from observations: bins of like odds, each with a little doubt (one right and one wrong
 * added), pooled until more odds never mean less truth.
 */
export function learnPoints(observations: readonly Observation[]): CalibrationPoint[] {
  const sorted = [...observations].sort((left, right) => left.logOdds - right.logOdds);
  const bins: Bin[] = [];
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && !isFull(sorted, from, to)) to += 1;
    const part = sorted.slice(from, to);
    from = to;
    bins.push({
      logOdds: part.reduce((sum, each) => sum + each.logOdds, 0) / part.length,
      right: part.filter(({ isRight }) => isRight).length,
      count: part.length,
    });
    // Adjacent violators are pooled, the youngest first.
    while (bins.length > 1 && shareOf(bins.at(-2)!) >= shareOf(bins.at(-1)!)) {
      const last = bins.pop()!;
      const before = bins.pop()!;
      const count = before.count + last.count;
      bins.push({
        logOdds: (before.logOdds * before.count + last.logOdds * last.count) / count,
        right: before.right + last.right,
        count,
      });
    }
  }
  return bins.map((bin) => ({ logOdds: round(bin.logOdds), right: round(shareOf(bin)) }));
}

/** True where the observations from `from` up to `to` make a bin. */
function isFull(sorted: readonly Observation[], from: number, to: number): boolean {
  return to - from >= BIN_COUNT && sorted[to]!.logOdds - sorted[from]!.logOdds >= BIN_NATS;
}

function shareOf({ right, count }: Bin): number {
  return (right + 1) / (count + 2);
}

const round = (value: number): number => Math.round(value * 1e6) / 1e6;
