/** One measured figure, and what it is held against. */
export interface BenchFigure {
  readonly section: string;
  /** What was measured, in words: `import of camt.053`. */
  readonly name: string;
  readonly value: number;
  /** `entries/s`, `ms`, `MB`, `%`. */
  readonly unit: string;
  /** Measured in the same run on the same machine, in the same unit. */
  readonly reference?: { readonly name: string; readonly value: number };
  /** What it must reach: of the value itself, or of its ratio to the reference. */
  readonly goal?: BenchGoal;
}

export interface BenchGoal {
  readonly of: 'value' | 'ratio';
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface BenchOptions {
  /** Smaller inputs, for a first look; the figures then are no promise. */
  readonly quick: boolean;
  /** How long steady work is measured, where it is asked for. */
  readonly seconds?: number | undefined;
  /** Says on standard error what is being done. */
  say(text: string): void;
}

/** A section of `npm run bench`. */
export type BenchSection = (options: BenchOptions) => Promise<readonly BenchFigure[]>;

/** Value over reference; `undefined` where nothing was measured beside it. */
export function ratioOf(figure: BenchFigure): number | undefined {
  return figure.reference && figure.reference.value !== 0 ? figure.value / figure.reference.value : undefined;
}

/** Whether the goal is reached; `undefined` where there is none. */
export function reaches(figure: BenchFigure): boolean | undefined {
  const { goal } = figure;
  if (!goal) return undefined;
  const measured = goal.of === 'ratio' ? ratioOf(figure) : figure.value;
  if (measured === undefined) return false;
  return measured >= (goal.atLeast ?? -Infinity) && measured <= (goal.atMost ?? Infinity);
}

/** Middle value of several measurements. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `percent` of the measurements lie (nearest rank). */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('There is nothing measured.');
  return value;
}
