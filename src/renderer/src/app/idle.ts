import { useEffect, useRef } from 'react';

/** What counts as somebody being there. */
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus'] as const;
/** How often the clock is looked at; a machine that slept is noticed at the first look. */
const LOOK_EVERY_MS = 5_000;

/** Runs `onIdle` once nobody has touched the window for `idleMs`; null rests. */
export function useIdle(idleMs: number | null, onIdle: () => void | Promise<void>): void {
  const run = useRef(onIdle);
  run.current = onIdle;
  useEffect(() => {
    if (idleMs === null) return;
    // The wall clock, because the monotonic one may stand still while the machine sleeps.
    let seenMs = Date.now();
    let done = false;
    const see = () => {
      seenMs = Date.now();
    };
    const timer = setInterval(() => {
      if (done || Date.now() - seenMs < idleMs) return;
      done = true;
      void run.current();
    }, LOOK_EVERY_MS);
    for (const sign of SIGNS) window.addEventListener(sign, see, { capture: true, passive: true });
    return () => {
      clearInterval(timer);
      for (const sign of SIGNS) window.removeEventListener(sign, see, { capture: true });
    };
  }, [idleMs]);
}
