/**
 * The figures of single messages as the engine tells them. They are heard while a screen shows them and kept
 * outside React, so that what nobody looks at costs nothing. The engine tells ten times a second at most; the
 * screen follows four times, which is as fast as numbers can be read, or once for whoever asks for less motion.
 */
import { useSyncExternalStore } from 'react';
import type { LiveFigures } from '../../../contract/connectors.ts';
import { client } from '../app/data.ts';

const AGAIN_MS = 1_000;
const SHOW_EVERY_MS = 250;
const CALM_EVERY_MS = 1_000;
const calm = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)');

export interface Live {
  readonly figures: LiveFigures | null;
  /** Since when nothing has been heard; null while the engine tells. */
  readonly staleSinceMs: number | null;
}

let live: Live = { figures: null, staleSinceMs: null };
/** What came since the last showing, or while the window was not to be seen. */
let unseen: LiveFigures | null = null;
let shownAtMs = Number.NEGATIVE_INFINITY;
let showing: ReturnType<typeof setTimeout> | undefined;
let hearing: AbortController | null = null;
let again: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function become(next: Live): void {
  live = next;
  for (const listener of listeners) listener();
}

function take(figures: LiveFigures): void {
  unseen = figures;
  if (showing !== undefined || document.hidden) return;
  const everyMs = calm?.matches ? CALM_EVERY_MS : SHOW_EVERY_MS;
  showing = setTimeout(show, Math.max(0, shownAtMs + everyMs - performance.now()));
}

function show(): void {
  clearTimeout(showing);
  showing = undefined;
  if (document.hidden || unseen === null) return;
  shownAtMs = performance.now();
  become({ figures: unseen, staleSinceMs: null });
  unseen = null;
}

async function hear(signal: AbortSignal): Promise<void> {
  for await (const figures of await client.connectors.watchLive(undefined, { signal })) take(figures);
}

function begin(): void {
  const controller = new AbortController();
  hearing = controller;
  document.addEventListener('visibilitychange', show);
  hear(controller.signal)
    .catch(() => {})
    .finally(() => {
      if (controller.signal.aborted) return;
      if (live.staleSinceMs === null) become({ ...live, staleSinceMs: Date.now() });
      again = setTimeout(begin, AGAIN_MS);
    });
}

function end(): void {
  clearTimeout(again);
  clearTimeout(showing);
  showing = undefined;
  document.removeEventListener('visibilitychange', show);
  hearing?.abort();
  hearing = null;
  unseen = null;
  // What is shown next time is what is heard then; a vault that was locked leaves nothing behind.
  live = { figures: null, staleSinceMs: null };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) begin();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) end();
  };
}

/** The figures now; a component that uses them is drawn anew four times a second at most. */
export function useLive(): Live {
  return useSyncExternalStore(subscribe, () => live);
}
