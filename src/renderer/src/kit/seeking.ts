/** `End` on a list that comes in pages: it loads on until the last row is there, and says how far it is. */
import { useEffect, useRef, useState } from 'react';
import type { Rows } from './rows.ts';

/** One press of `End` loads no more than this many rows; the next press goes on from there. */
export const SEEK_ROWS = 10_000;

/** What to do next on the way to the last row, having set out with `start` rows. */
export function seekStep(
  rows: Pick<Rows<unknown>, 'hasMore' | 'isLoadingMore' | 'state' | 'staleSinceMs'>,
  loaded: number,
  start: number,
): 'load' | 'wait' | 'arrive' {
  if (rows.state !== 'ready' || rows.staleSinceMs !== null || !rows.hasMore) return 'arrive';
  if (loaded - start >= SEEK_ROWS) return 'arrive';
  return rows.isLoadingMore ? 'wait' : 'load';
}

/**
 * The way to the last row: `seek` sets out, `isSeeking` lasts until the last row is loaded or any
 * key but `End` is pressed. `arrive` is told when there is nothing more to load.
 */
export function useSeekEnd<Row>(rows: Rows<Row>, arrive: () => void) {
  const [start, setStart] = useState<number | null>(null);
  const arriving = useRef(arrive);
  useEffect(() => {
    arriving.current = arrive;
  });
  useEffect(() => {
    if (start === null) return;
    const step = seekStep(rows, rows.rows.length, start);
    if (step === 'load') rows.loadMore();
    if (step !== 'arrive') return;
    setStart(null);
    arriving.current();
  });
  const isSeeking = start !== null;
  useEffect(() => {
    if (!isSeeking) return;
    const stop = (event: KeyboardEvent) => {
      // A held End repeats itself; Escape means only this; every other key does what it always does.
      if (event.key === 'End' || event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
      }
      if (event.key !== 'End') setStart(null);
    };
    document.addEventListener('keydown', stop, { capture: true });
    return () => document.removeEventListener('keydown', stop, { capture: true });
  }, [isSeeking]);
  return { isSeeking, seek: () => setStart(rows.rows.length) };
}
