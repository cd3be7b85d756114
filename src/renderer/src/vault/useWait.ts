import { useEffect, useState } from 'react';
import { problemOf } from '../kit/index.ts';

const TICK_MS = 250;

/** Whether an error only asks for patience. */
export const isWait = (error: unknown): boolean =>
  /^(VAULT|SESSION)_BACKING_OFF$/.test(problemOf(error).code);

/** Whole seconds until the engine takes another passphrase, counted down; 0 where nothing is waited for. */
export function useWait(error: unknown): number {
  const [untilMs, setUntilMs] = useState(0);
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    const waitMs = error && isWait(error) ? Number(problemOf(error).details.retryAfterMs ?? 0) : 0;
    setUntilMs(performance.now() + waitMs);
    setNowMs(performance.now());
    if (!(waitMs > 0)) return;
    const timer = setInterval(() => setNowMs(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [error]);
  return Math.max(0, Math.ceil((untilMs - nowMs) / 1_000));
}
