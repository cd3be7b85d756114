import { Button, HTMLSelect } from '@blueprintjs/core';
import { useEffect, useId, useMemo, useState } from 'react';
import { encode } from 'uqr';
import { ErrorState } from '../kit/index.ts';
import { FRAME_QR, framesOf } from './frames.ts';
import { t } from './messages.ts';
import './packets.css';

/** Codes a second; a workstation's camera reads five in a row without missing many. */
const SPEEDS = [2, 5, 8] as const;
const QUIET_ZONE = 4;

/** The dark modules as one path, a run of them in a row at a time. */
function pathOf(frame: string): { readonly side: number; readonly path: string } {
  const { data, size } = encode(frame, { ...FRAME_QR, border: QUIET_ZONE });
  let path = '';
  for (const [y, row] of data.entries()) {
    for (let x = 0; x < size; x += 1) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x += 1;
      path += `M${from} ${y}h${x + 1 - from}v1h-${x + 1 - from}z`;
    }
  }
  return { side: size, path };
}

/** A text as codes, one after another and again from the start, for the camera of another workstation. */
export function QrLoop({ text }: { readonly text: string }) {
  const [frames, setFrames] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<unknown>(null);
  const [at, setAt] = useState(0);
  const [speed, setSpeed] = useState<number>(5);
  const [paused, setPaused] = useState(false);
  const speedId = useId();
  useEffect(() => {
    let isCurrent = true;
    framesOf(text).then(
      (made) => {
        if (!isCurrent) return;
        setFrames(made);
        setAt(0);
      },
      (error: unknown) => {
        if (isCurrent) setProblem(error);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [text]);
  const total = frames.length;
  useEffect(() => {
    if (paused || total < 2) return undefined;
    const timer = setInterval(() => setAt((now) => (now + 1) % total), 1_000 / speed);
    return () => clearInterval(timer);
  }, [paused, speed, total]);
  const frame = frames[at];
  const code = useMemo(() => (frame === undefined ? null : pathOf(frame)), [frame]);
  const step = (by: number) => {
    setPaused(true);
    setAt((now) => (now + by + total) % total);
  };
  if (problem !== null) return <ErrorState error={problem} />;
  return (
    <div className="cs-qr">
      <div className="cs-qr-code">
        {code && (
          <svg
            viewBox={`0 0 ${code.side} ${code.side}`}
            role="img"
            aria-label={t('loop.code')}
            shapeRendering="crispEdges"
          >
            <rect width={code.side} height={code.side} fill="#ffffff" />
            <path d={code.path} fill="#000000" />
          </svg>
        )}
      </div>
      <p className="cs-qr-count">{total > 0 && t('loop.count', { at: at + 1, total })}</p>
      <div className="cs-qr-acts">
        <Button size="small" disabled={total < 2} onClick={() => setPaused(!paused)}>
          {t(paused ? 'loop.run' : 'loop.pause')}
        </Button>
        <Button size="small" disabled={total < 2} onClick={() => step(-1)}>
          {t('loop.back')}
        </Button>
        <Button size="small" disabled={total < 2} onClick={() => step(1)}>
          {t('loop.next')}
        </Button>
        <label htmlFor={speedId}>{t('loop.speed')}</label>
        <HTMLSelect
          id={speedId}
          value={speed}
          disabled={total < 2}
          onChange={(event) => setSpeed(Number(event.currentTarget.value))}
        >
          {SPEEDS.map((each) => (
            <option key={each} value={each}>
              {t('loop.perSecond', { count: each })}
            </option>
          ))}
        </HTMLSelect>
      </div>
      <p className="cs-muted">
        {total > 1 && t('loop.time', { seconds: Math.max(1, Math.round(total / speed)) })}
      </p>
    </div>
  );
}
