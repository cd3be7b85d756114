/** Latencies of the last minute and messages of the last seconds, in memory that never grows. */

/** Buckets grow by two in a hundred, from a hundredth of a millisecond to a hundred seconds. */
const GROWTH = Math.log(1.02);
const SMALLEST_MS = 0.01;
const BUCKETS = Math.ceil(Math.log(1e7) / GROWTH) + 1;

const SLICE_MS = 5_000;
/** A minute of slices, and the one that is being filled. */
const SLICES = 13;
const RATE_SECONDS = 5;

const bucketOf = (ms: number): number =>
  ms <= SMALLEST_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / SMALLEST_MS) / GROWTH));
const upperEdge = (bucket: number): number => SMALLEST_MS * Math.exp(bucket * GROWTH);

/** Counts latencies and answers percentiles of them. */
export interface Histogram {
  add(ms: number): void;
  /** The value below which `percent` of them lie, two in a hundred too high at most; null of none. */
  percentile(percent: number): number | null;
}

function percentileOf(counts: Uint32Array, total: number, percent: number): number | null {
  if (total === 0) return null;
  let left = Math.max(1, Math.ceil((percent / 100) * total));
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    left -= counts[bucket]!;
    if (left <= 0) return upperEdge(bucket);
  }
  return upperEdge(BUCKETS - 1);
}

/** Everything since it was made. */
export function createHistogram(): Histogram {
  const counts = new Uint32Array(BUCKETS);
  let total = 0;
  return {
    add(ms) {
      counts[bucketOf(ms)]! += 1;
      total += 1;
    },
    percentile: (percent) => percentileOf(counts, total, percent),
  };
}

/** The last minute of latencies and the rate of the last seconds, by a clock that never goes back. */
export interface RecentLatency {
  add(ms: number, nowMs: number): void;
  percentiles(nowMs: number): { readonly p50Ms: number | null; readonly p99Ms: number | null };
  /** Messages a second. */
  rate(nowMs: number): number;
}

/** Rings of counts that are cleared when their time comes round again. */
function createRing(cells: number, cellMs: number, width: number) {
  const counts = Array.from({ length: cells }, () => new Uint32Array(width));
  const ages = new Array<number>(cells).fill(-1);
  const ageOf = (nowMs: number) => Math.floor(nowMs / cellMs);
  return {
    at(nowMs: number): Uint32Array {
      const age = ageOf(nowMs);
      const cell = age % cells;
      if (ages[cell] !== age) {
        counts[cell]!.fill(0);
        ages[cell] = age;
      }
      return counts[cell]!;
    },
    /** Cells of the last `span`, without the one that is being filled where `whole` is asked for. */
    *recent(nowMs: number, span: number, whole: boolean): Generator<Uint32Array> {
      const age = ageOf(nowMs);
      for (let i = whole ? 1 : 0; i < (whole ? span + 1 : span); i += 1) {
        const wanted = age - i;
        const cell = ((wanted % cells) + cells) % cells;
        if (ages[cell] === wanted) yield counts[cell]!;
      }
    },
  };
}

export function createRecentLatency(startedAtMs: number): RecentLatency {
  const slices = createRing(SLICES, SLICE_MS, BUCKETS);
  const seconds = createRing(RATE_SECONDS + 2, 1_000, 1);
  const merged = new Uint32Array(BUCKETS);
  return {
    add(ms, nowMs) {
      slices.at(nowMs)[bucketOf(ms)]! += 1;
      seconds.at(nowMs)[0]! += 1;
    },
    percentiles(nowMs) {
      merged.fill(0);
      let total = 0;
      for (const slice of slices.recent(nowMs, SLICES, false)) {
        for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
          const count = slice[bucket]!;
          merged[bucket]! += count;
          total += count;
        }
      }
      return { p50Ms: percentileOf(merged, total, 50), p99Ms: percentileOf(merged, total, 99) };
    },
    rate(nowMs) {
      const whole = Math.min(RATE_SECONDS, Math.floor(nowMs / 1_000) - Math.floor(startedAtMs / 1_000));
      let count = 0;
      for (const second of seconds.recent(nowMs, Math.max(1, whole), whole > 0)) count += second[0]!;
      return count / Math.max(1, whole);
    },
  };
}
