/** Records over time: a histogram that is brushed, or walked with the arrow keys, to narrow the list. */
import { Button, InputGroup } from '@blueprintjs/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { orpc } from '../app/data.ts';
import { writeTimestamp } from '../kit/index.ts';
import { t } from './messages.ts';

export const MINUTE_MS = 60_000;
const HEIGHT = 44;
const GAP = 0.15;
const POLL_MS = 300;

/** A local time as its field writes it, in milliseconds; undefined where it is none. */
export function msOf(field: string | undefined): number | undefined {
  const ms = field === undefined ? Number.NaN : new Date(field).getTime();
  return Number.isNaN(ms) ? undefined : ms;
}

/** The other way round, to the minute. */
export function fieldOf(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined;
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * MINUTE_MS);
  return local.toISOString().slice(0, 16);
}

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export function Timeline({
  fromMs,
  toMs,
  kind,
  onPick,
}: {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly kind: string | undefined;
  readonly onPick: (range: TimeRange | undefined) => void;
}) {
  const input = {
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs: toMs + MINUTE_MS - 1 }),
  };
  const query = useQuery({
    ...orpc.audit.timeline.queryOptions({ input }),
    placeholderData: keepPreviousData,
  });
  const [brush, setBrush] = useState<readonly [number, number] | undefined>();
  const isDragged = useRef(false);
  const svg = useRef<HTMLDivElement>(null);
  const data = query.data;
  if (data === undefined || data.parts.length === 0) return null;
  const { parts, partMs } = data;
  const counts = parts.map((part) => sumOf(part, kind));
  const most = Math.max(1, ...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const startOf = (at: number) => data.fromMs + at * partMs;
  const pick = ([a, b]: readonly [number, number]) => {
    setBrush(undefined);
    onPick({ fromMs: startOf(Math.min(a, b)), toMs: startOf(Math.max(a, b) + 1) - 1 });
  };
  const partAt = (clientX: number) => {
    const box = svg.current!.getBoundingClientRect();
    const at = Math.floor(((clientX - box.left) / box.width) * parts.length);
    return Math.min(parts.length - 1, Math.max(0, at));
  };
  const [low, high] = brush === undefined ? [-1, -2] : [Math.min(...brush), Math.max(...brush)];
  const shown = brush === undefined ? [0, parts.length - 1] : [low, high];
  const words = t('timeline.range', {
    from: writeTimestamp(startOf(shown[0]!)),
    to: writeTimestamp(startOf(shown[1]! + 1) - 1),
    count: counts.slice(shown[0], shown[1]! + 1).reduce((sum, count) => sum + count, 0),
  });
  return (
    <div className="cs-timeline">
      <div
        ref={svg}
        role="slider"
        tabIndex={0}
        aria-label={t('timeline.label')}
        aria-valuemin={0}
        aria-valuemax={parts.length - 1}
        aria-valuenow={brush?.[1] ?? 0}
        aria-valuetext={words}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          isDragged.current = true;
          const at = partAt(event.clientX);
          setBrush([at, at]);
        }}
        onPointerMove={(event) => {
          if (isDragged.current && brush) setBrush([brush[0], partAt(event.clientX)]);
        }}
        onPointerUp={() => {
          isDragged.current = false;
          if (brush) pick(brush);
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
          if (step !== 0) {
            const to = Math.min(
              parts.length - 1,
              Math.max(0, (brush?.[1] ?? (step > 0 ? -1 : parts.length)) + step),
            );
            setBrush([event.shiftKey && brush ? brush[0] : to, to]);
          } else if (event.key === 'Enter' && brush) pick(brush);
          else if (event.key === 'Escape') {
            setBrush(undefined);
            onPick(undefined);
          } else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <svg aria-hidden="true" viewBox={`0 0 ${parts.length} ${HEIGHT}`} preserveAspectRatio="none">
          {counts.map((count, at) => {
            const height = count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT);
            return (
              <rect
                key={at}
                className={at >= low && at <= high ? 'cs-timeline-picked' : 'cs-timeline-part'}
                x={at + GAP / 2}
                y={HEIGHT - height}
                width={1 - GAP}
                height={height}
              >
                <title>{partWords(startOf(at), parts[at]!)}</title>
              </rect>
            );
          })}
        </svg>
      </div>
      <div className="cs-timeline-foot">
        <span>{words}</span>
        {(fromMs !== undefined || toMs !== undefined) && (
          <Button size="small" variant="minimal" onClick={() => onPick(undefined)}>
            {t('timeline.whole')}
          </Button>
        )}
        <span className="cs-muted">{t('timeline.hint', { count: total })}</span>
      </div>
    </div>
  );
}

type Part = readonly { readonly kind: string; readonly count: number }[];

const sumOf = (part: Part, kind: string | undefined) =>
  part.reduce((sum, each) => sum + (kind === undefined || each.kind === kind ? each.count : 0), 0);

/** What a bar stands for: its time, and each kind with its number. */
function partWords(ms: number, part: Part): string {
  const kinds = [...part]
    .sort((a, b) => b.count - a.count)
    .map(({ kind, count }) => {
      const key = `kind.${kind}`;
      return `${t.has(key) ? t(key) : kind}: ${count.toLocaleString()}`;
    });
  return [writeTimestamp(ms), ...kinds].join('\n');
}

/** One end of a time range, taken over with Enter or on leaving the field. */
export function TimeField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}) {
  const [typed, setTyped] = useState(value ?? '');
  useEffect(() => setTyped(value ?? ''), [value]);
  const commit = () => {
    const next = typed === '' ? undefined : typed;
    if (next !== value) onChange(next);
  };
  return (
    <InputGroup
      size="small"
      className="cs-time-field"
      type="datetime-local"
      aria-label={label}
      title={label}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}

/** How far the verification is, as its job says. */
export function VerifyProgress({ kind = 'audit.verify' }: { readonly kind?: string }) {
  const jobs = useQuery({ ...orpc.jobs.list.queryOptions(), refetchInterval: POLL_MS });
  const job = jobs.data?.find((each) => each.kind === kind && each.state === 'running');
  const share = job?.progress ?? null;
  return (
    <span className="cs-verify-progress">
      <progress max={1} {...(share === null ? {} : { value: share })} aria-label={t('verify.progress')} />
      {share !== null && <span>{Math.floor(share * 100)} %</span>}
    </span>
  );
}
