import type { IncidentLine } from '../../../contract/incidents.ts';
import { StatusTag, useSecond, writeClockSpan } from '../kit/index.ts';
import { nextSteps } from './clock.ts';
import { t } from './messages.ts';

export function Severity({ severity }: { readonly severity: IncidentLine['severity'] }) {
  return <StatusTag status={severity} label={t(`severity.${severity}`)} />;
}

export function State({ state }: { readonly state: IncidentLine['state'] }) {
  return <StatusTag status={state === 'open' ? 'unmatched' : state} label={t(`state.${state}`)} />;
}

/** What is left to acknowledge an incident, counting down, then up. */
export function Clock({ untilMs }: { readonly untilMs: number }) {
  const leftMs = untilMs - useSecond();
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
