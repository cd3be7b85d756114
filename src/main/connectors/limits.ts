/** What holds a caller to its share: a bucket of tokens, and a memory of nonces that never grows beyond a bound. */

/** Tokens that come by the second; a request takes one. */
export interface Bucket {
  /** 0 where the request may pass; else how long until the next one may. */
  take(nowMs: number): number;
}

/** Full at first: `burst` requests may come at once. By a clock that never goes back. */
export function createBucket(perSecond: number, burst: number, nowMs: number): Bucket {
  let tokens = burst;
  let lastMs = nowMs;
  return {
    take(atMs) {
      tokens = Math.min(burst, tokens + ((atMs - lastMs) * perSecond) / 1_000);
      lastMs = atMs;
      if (tokens >= 1) {
        tokens -= 1;
        return 0;
      }
      return Math.ceil(((1 - tokens) * 1_000) / perSecond);
    },
  };
}

/** Nonces that were used while their timestamp is still in the window. */
export interface Nonces {
  /** `full`: as many are remembered as may be, and nothing new can be told from a replay. */
  use(nonce: string, nowMs: number): 'new' | 'used' | 'full';
}

const MOST_NONCES = 400_000;

/**
 * Two generations, each as long as a timestamp can stay in the window on both sides: when the younger is
 * that old, nothing of the elder can be replayed any more. By a clock that never goes back.
 */
export function createNonces(windowMs: number, nowMs: number, most = MOST_NONCES): Nonces {
  const ageMs = 2 * windowMs;
  let young = new Set<string>();
  let old = new Set<string>();
  let sinceMs = nowMs;
  return {
    use(nonce, atMs) {
      if (atMs - sinceMs >= ageMs) {
        old = atMs - sinceMs >= 2 * ageMs ? new Set() : young;
        young = new Set();
        sinceMs = atMs;
      }
      if (young.has(nonce) || old.has(nonce)) return 'used';
      if (young.size + old.size >= most) return 'full';
      young.add(nonce);
      return 'new';
    },
  };
}
