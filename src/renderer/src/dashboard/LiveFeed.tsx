/** The Live Feed: money matched the moment its message arrives, as it is told by the engine. */
import { Button } from '@blueprintjs/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { LiveFigures } from '../../../contract/connectors.ts';
import { places } from '../app/places.ts';
import { railWord } from '../instant/words.ts';
import { Figure, Money, PlaceLink, RelativeTime, StatusTag, useKeys, writePercent } from '../kit/index.ts';
import { LiveTicker } from './LiveTicker.tsx';
import { useLive } from './live.ts';
import { shareMatched, valueLines } from './liveValues.ts';
import { writeMs } from './liveWords.ts';
import { t } from './messages.ts';

export function LiveFeed() {
  const { figures, staleSinceMs } = useLive();
  const [held, setHeld] = useState<LiveFigures | null>(null);
  const toggle = () => setHeld((before) => (before === null ? figures : null));
  useKeys(
    t('live.title'),
    [{ combo: 'Space', label: t('live.pauseKey'), run: toggle, disabled: figures === null }],
    {
      level: 'part',
    },
  );
  const isEmpty = figures !== null && figures.totals.messages === 0 && figures.valueToday.length === 0;
  return (
    <section className="cs-card cs-live" aria-label={t('live.title')}>
      <header className="cs-card-head">
        <h2>{t('live.title')}</h2>
        <LiveState held={held} figures={figures} staleSinceMs={staleSinceMs} />
        <span className="cs-card-controls">
          <Button
            size="small"
            variant="minimal"
            disabled={figures === null}
            aria-pressed={held !== null}
            onClick={toggle}
            title={t('live.pauseTitle')}
          >
            {held === null ? t('live.pause') : t('live.resume')}
          </Button>
        </span>
      </header>
      {figures !== null && isEmpty && <EmptyFeed />}
      {figures !== null && !isEmpty && (
        <>
          <Pace figures={figures} />
          <div className="cs-live-body">
            <ValueToday values={figures.valueToday} fromMs={dayOf(figures.atMs)} />
            <LiveTicker events={(held ?? figures).latest} total={(held ?? figures).totals.messages} />
          </div>
        </>
      )}
      <Spoken figures={figures} />
    </section>
  );
}

function LiveState({
  held,
  figures,
  staleSinceMs,
}: {
  readonly held: LiveFigures | null;
  readonly figures: LiveFigures | null;
  readonly staleSinceMs: number | null;
}) {
  if (staleSinceMs !== null) {
    return (
      <span className="cs-muted">
        <span aria-hidden="true">▲</span> {t('live.stale')} <RelativeTime atMs={staleSinceMs} />
      </span>
    );
  }
  if (figures === null) return null;
  if (held !== null) {
    const count = figures.totals.messages - held.totals.messages;
    return (
      <span className="cs-muted">
        <span aria-hidden="true">‖</span> {t('live.paused', { count })}
      </span>
    );
  }
  return (
    <span className="cs-muted">
      <span aria-hidden="true">●</span> {t('live.now')}
    </span>
  );
}

function EmptyFeed() {
  return (
    <p className="cs-card-note cs-muted">
      {t('live.empty')} <PlaceLink to={places.connectors()}>{t('live.setUp')}</PlaceLink>
    </p>
  );
}

/** Value of today by rail and currency: what came in, and what of it was matched at once. */
function ValueToday({
  values,
  fromMs,
}: {
  readonly values: LiveFigures['valueToday'];
  readonly fromMs: number;
}) {
  const lines = valueLines(values);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="cs-live-values" tabIndex={0} aria-label={t('live.valueTitle')}>
      <table className="cs-plain-table">
        <caption className="cs-hidden">{t('live.valueTitle')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('live.rail')}</th>
            <th scope="col" className="cs-end">
              {t('live.received')}
            </th>
            <th scope="col" className="cs-end">
              {t('live.matched')}
            </th>
            <th scope="col" className="cs-end">
              {t('live.share')}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const share = shareMatched(line);
            const asked = {
              currency: line.currency,
              rail: line.isTotal ? undefined : line.rail,
              from: fromMs,
            };
            return (
              <tr
                key={`${line.currency}/${line.rail}/${line.isTotal}`}
                className={line.isTotal ? 'cs-live-total' : undefined}
              >
                <th scope="row">
                  {line.isTotal ? t('live.allRails', { currency: line.currency }) : railWord(line.rail)}
                </th>
                <td className="cs-end">
                  <Figure to={places.instant(asked)}>
                    <Money amountMinor={line.amountMinor} currency={line.currency} />
                  </Figure>
                </td>
                <td className="cs-end">
                  <Figure to={places.instant({ ...asked, matched: true })}>
                    <Money amountMinor={line.matchedMinor} currency={line.currency} />
                  </Figure>
                </td>
                <td className="cs-end">{share === null ? '–' : writePercent(share)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

const DAY_MS = 86_400_000;
/** The start of the day that the engine counts in: that of UTC. */
const dayOf = (atMs: number) => atMs - (atMs % DAY_MS);

const writeRate = (rate: number) =>
  (rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10).toLocaleString();
/** How fast messages are answered, and what waits and why. */
function Pace({ figures }: { readonly figures: LiveFigures }) {
  const { waiting, deadLettersOpen, totals } = figures;
  const today = places.instant({ from: dayOf(figures.atMs) });
  const ofToday = (key: string, words: string) => (
    <Figure key={key} to={today}>
      {words}
    </Figure>
  );
  const facts: readonly (readonly [name: string, value: ReactNode, title?: string])[] = [
    [t('live.rate'), ofToday('rate', writeRate(figures.ratePerSecond)), t('live.rateTitle')],
    [t('live.median'), ofToday('median', writeMs(figures.p50Ms)), t('live.latencyTitle')],
    [t('live.p99'), ofToday('p99', writeMs(figures.p99Ms)), t('live.latencyTitle')],
    [
      t('live.waiting'),
      <span key="waiting">
        <Figure to={places.connectors()}>{waiting.count.toLocaleString()}</Figure>{' '}
        {waiting.why !== 'nothing' && <span className="cs-live-why">{t(`live.why.${waiting.why}`)}</span>}
      </span>,
    ],
    [
      t('live.deadLetters'),
      <Figure key="dead" to={places.connectors({ view: 'dead-letters' })}>
        {deadLettersOpen === 0 ? '0' : <StatusTag status="failed" label={deadLettersOpen.toLocaleString()} />}
      </Figure>,
    ],
    [
      t('live.held'),
      <Figure key="held" to={places.reconciliation({ status: 'quarantined' })}>
        {totals.held.toLocaleString()}
      </Figure>,
    ],
    [
      t('live.messages'),
      <Figure key="messages" to={places.instant({ from: figures.sinceMs })}>
        {totals.messages.toLocaleString()}
      </Figure>,
      t('live.messagesTitle'),
    ],
  ];
  return (
    <dl className="cs-live-pace">
      {facts.map(([name, value, title]) => (
        <div key={name} title={title}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const SPOKEN_EVERY_MS = 10_000;

/** Says, at most every ten seconds, that messages wait or were put aside: what a person must hear of. */
function Spoken({ figures }: { readonly figures: LiveFigures | null }) {
  const [words, setWords] = useState('');
  const last = useRef({ atMs: Number.NEGATIVE_INFINITY, deadLetters: 0, why: 'nothing' });
  const deadLetters = figures?.deadLettersOpen ?? 0;
  const why = figures?.waiting.why ?? 'nothing';
  useEffect(() => {
    const before = last.current;
    const isWorse = deadLetters > before.deadLetters || (why !== before.why && why !== 'nothing');
    const now = performance.now();
    if (!isWorse || now - before.atMs < SPOKEN_EVERY_MS) return;
    last.current = { atMs: now, deadLetters, why };
    const waits = why === 'nothing' ? '' : t(`live.why.${why}`);
    setWords(`${t('live.spokenDead', { count: deadLetters })} ${waits}`.trim());
  }, [deadLetters, why]);
  return (
    <p className="cs-hidden" role="status">
      {words}
    </p>
  );
}
