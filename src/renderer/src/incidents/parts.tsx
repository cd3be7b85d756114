import { useSyncExternalStore } from 'react';
import type { IncidentLine } from '../../../contract/incidents.ts';
import { StatusTag } from '../kit/index.ts';
import { nextSteps, writeClockSpan } from './clock.ts';
import { t } from './messages.ts';

const listeners = new Set<() => void>();
let nowMs = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;

/** One tick a second for all clocks that are on the screen, and none while there is no clock. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (ticking === undefined) {
    nowMs = Date.now();
    ticking = setInterval(() => {
      nowMs = Date.now();
      for (const tell of listeners) tell();
    }, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

export function Severity({ severity }: { readonly severity: IncidentLine['severity'] }) {
  return <StatusTag status={severity} label={t(`severity.${severity}`)} />;
}

export function State({ state }: { readonly state: IncidentLine['state'] }) {
  return <StatusTag status={state === 'open' ? 'unmatched' : state} label={t(`state.${state}`)} />;
}

/** What is left to acknowledge an incident, counting down, then up. */
export function Clock({ untilMs }: { readonly untilMs: number }) {
  const leftMs = untilMs - useSyncExternalStore(subscribe, () => nowMs);
  const time = writeClockSpan(Math.abs(leftMs));
  return leftMs >= 0 ? (
    <span>{t('clock.left', { time })}</span>
  ) : (
    <strong className="cs-overdue">{t('clock.over', { time })}</strong>
  );
}

/** What to do next, by the kind of incident. */
export function NextSteps({ kind }: { readonly kind: string }) {
  return (
    <section className="cs-next" aria-label={t('item.next.title')}>
      <h2>{t('item.next.title')}</h2>
      <ol>
        {nextSteps(kind).map((key) => (
          <li key={key}>{t(key)}</li>
        ))}
      </ol>
    </section>
  );
}
