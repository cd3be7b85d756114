// biome-ignore-all lint/a11y/noStaticElementInteractions: the bands are a picture; the table one key away is the way by keyboard.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: as above.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { type Band, type Line, percentOf, type Span, ticksOf } from './bands.ts';
import { t } from './messages.ts';
import { classWords, kindWords, protectsWords } from './parts.tsx';

const ROW_HEIGHT = 24;
const BAND_HEIGHT = 12;
/** A key made a minute ago still shows. */
const LEAST_PERCENT = 0.35;

const utcDay = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);

interface BandChartProps {
  readonly lines: readonly Line[];
  readonly span: Span;
  readonly nowMs: number;
  readonly onOpen: (keyId: string) => void;
}

/** One row a line, one band a key, the time from left to right; what the pointer is on is read below. */
export function BandChart({ lines, span, nowMs, onOpen }: BandChartProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Band | null>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
  });
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div ref={scroller} className="cs-key-chart" tabIndex={0} onPointerLeave={() => setPointed(null)}>
        <div aria-hidden="true">
          <Hatch />
          <Axis span={span} nowMs={nowMs} />
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => {
              const line = lines[item.index]!;
              return (
                <div key={line.id} className="cs-key-line" style={{ top: item.start, height: ROW_HEIGHT }}>
                  <span className="cs-key-line-name" title={`${lineWords(line)} ${classWords(line)}`}>
                    {lineWords(line)} <span className="cs-muted">{classWords(line)}</span>
                  </span>
                  <svg width="100%" height={ROW_HEIGHT} aria-hidden="true">
                    <Grid span={span} nowMs={nowMs} />
                    {stoppedLast(line.bands).map((band) => (
                      <BandMark
                        key={band.key.id}
                        band={band}
                        span={span}
                        onPoint={() => setPointed(band)}
                        onOpen={() => onOpen(band.key.id)}
                      />
                    ))}
                  </svg>
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <div className="cs-key-pointed" aria-hidden="true">
        <span className="cs-key-pointed-words">
          {pointed === null ? <span className="cs-muted">{t('timeline.pointer')}</span> : bandWords(pointed)}
        </span>
        {pointed === null && <Legend />}
      </div>
    </>
  );
}

/** A key that was compromised soon after it was made must not lie under its successor. */
const stoppedLast = (bands: readonly Band[]): readonly Band[] =>
  [...bands].sort((a, b) => Number(a.key.state === 'compromised') - Number(b.key.state === 'compromised'));

/** `DEK customer_pii`: short enough to stand beside its bands. */
const lineWords = (line: Line): string =>
  line.purpose === null ? kindWords(line) : t('timeline.dek', { purpose: line.purpose });

function bandWords({ key, fromMs, toMs, plannedToMs }: Band): string {
  return t('timeline.band', {
    id: key.id,
    version: String(key.version),
    state: t(`state.${key.state}`),
    from: utcDay(fromMs),
    to: plannedToMs === null ? utcDay(toMs) : t('timeline.toPlanned', { date: utcDay(plannedToMs) }),
    protects: protectsWords(key),
  });
}

const LEGEND = ['used', 'ahead', 'overdue', 'past', 'stopped', 'gone'] as const;

function Legend() {
  return (
    <span className="cs-key-legend">
      {LEGEND.map((each) => (
        <span key={each}>
          <svg width="18" height="10" aria-hidden="true">
            <rect className={`cs-band cs-band--${each}`} x="0.5" y="0.5" width="17" height="9" />
          </svg>{' '}
          {t(`timeline.${each}`)}
        </span>
      ))}
    </span>
  );
}

/** What is compromised is told by its stripes too, not by its colour alone. */
function Hatch() {
  return (
    <svg width="0" height="0" className="cs-key-hatch" aria-hidden="true">
      <defs>
        <pattern
          id="cs-band-hatch"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="6" height="6" className="cs-band-hatch-ground" />
          <rect width="2.5" height="6" className="cs-band-hatch-line" />
        </pattern>
      </defs>
    </svg>
  );
}

/** The days of the ticks and of now, above the bands. */
function Axis({ span, nowMs }: { readonly span: Span; readonly nowMs: number }) {
  const nowAt = percentOf(nowMs, span);
  return (
    <div className="cs-key-axis">
      <span className="cs-muted">{t('timeline.time')}</span>
      <span className="cs-key-ticks">
        {ticksOf(span)
          .map((atMs) => ({ atMs, at: percentOf(atMs, span) }))
          .filter(({ at }) => Math.abs(at - nowAt) > 6 && at < 96)
          .map(({ atMs, at }) => (
            <span key={atMs} style={{ left: `${at}%` }}>
              {utcDay(atMs).slice(0, 7)}
            </span>
          ))}
        <strong style={{ left: `${nowAt}%` }}>{t('timeline.now')}</strong>
      </span>
    </div>
  );
}

function Grid({ span, nowMs }: { readonly span: Span; readonly nowMs: number }) {
  const at = (atMs: number) => `${percentOf(atMs, span)}%`;
  return (
    <>
      {ticksOf(span).map((atMs) => (
        <line key={atMs} className="cs-key-tick" x1={at(atMs)} x2={at(atMs)} y1="0" y2={ROW_HEIGHT} />
      ))}
      <line className="cs-key-now" x1={at(nowMs)} x2={at(nowMs)} y1="0" y2={ROW_HEIGHT} />
    </>
  );
}

const PAST = { compromised: 'stopped', destroyed: 'gone' } as const;

/** What was, what is past its time, and what is planned, one after the other. */
function BandMark({
  band,
  span,
  onPoint,
  onOpen,
}: {
  readonly band: Band;
  readonly span: Span;
  readonly onPoint: () => void;
  readonly onOpen: () => void;
}) {
  const { key, fromMs, toMs, plannedToMs, overdueFromMs } = band;
  const past =
    key.endedAtMs === null ? 'used' : key.state in PAST ? PAST[key.state as keyof typeof PAST] : 'past';
  const part = (kind: string, from: number, to: number) => {
    const x = percentOf(from, span);
    const width = Math.max(LEAST_PERCENT, percentOf(to, span) - x);
    return (
      <rect
        key={kind}
        className={`cs-band cs-band--${kind}`}
        x={`${x}%`}
        y={(ROW_HEIGHT - BAND_HEIGHT) / 2}
        width={`${width}%`}
        height={BAND_HEIGHT}
      />
    );
  };
  return (
    <g className="cs-key-band" onPointerEnter={onPoint} onClick={onOpen}>
      {plannedToMs !== null && part('ahead', toMs, plannedToMs)}
      {part(past, fromMs, overdueFromMs ?? toMs)}
      {overdueFromMs !== null && part('overdue', overdueFromMs, toMs)}
    </g>
  );
}
