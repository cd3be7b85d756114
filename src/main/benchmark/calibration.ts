/** How true the engine's probabilities are: the Brier score and a reliability table. Pure. */

export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean of the probabilities that were told. */
  readonly told: number;
  /** Share that was right. */
  readonly right: number;
}

export interface Calibration {
  /** Best explanations that were rated. */
  readonly count: number;
  /** Mean square of probability less outcome; 0 is perfect, 0.25 is a coin's. */
  readonly brier: number;
  /** Bins that hold anything. */
  readonly bins: readonly ReliabilityBin[];
}

const EDGES = [0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1] as const;

/** Counts told probabilities against what came true. */
export function createCalibration(): {
  add(probability: number, isRight: boolean): void;
  report(): Calibration;
} {
  const bins = EDGES.slice(0, -1).map(() => ({ count: 0, told: 0, right: 0 }));
  let squares = 0;
  let count = 0;
  return {
    add(probability, isRight) {
      const at = Math.max(
        0,
        EDGES.findLastIndex((edge) => probability >= edge),
      );
      const bin = bins[Math.min(at, bins.length - 1)]!;
      bin.count += 1;
      bin.told += probability;
      bin.right += isRight ? 1 : 0;
      squares += (probability - (isRight ? 1 : 0)) ** 2;
      count += 1;
    },
    report: () => ({
      count,
      brier: count === 0 ? 0 : squares / count,
      bins: bins
        .map((bin, at) => ({ from: EDGES[at]!, to: EDGES[at + 1]!, ...bin }))
        .filter((bin) => bin.count > 0)
        .map((bin) => ({ ...bin, told: bin.told / bin.count, right: bin.right / bin.count })),
    }),
  };
}
