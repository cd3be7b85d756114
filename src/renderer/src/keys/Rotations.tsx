import { Button, ProgressBar } from '@blueprintjs/core';
import type { KeyRotation } from '../../../contract/keys.ts';
import { KeyCaps, wordsLocale, writePercent } from '../kit/index.ts';
import { t } from './messages.ts';
import { writeSpan } from './parts.tsx';

const MOST_SHOWN = 3;
const MINUTE_MS = 60_000;

export const rotationName = ({ kind, purpose }: KeyRotation): string =>
  t(`rotation.${kind}`, { purpose: purpose ?? '' });

/** `40 s`, `3 minutes`: what is left of work that runs. */
function writeLeft(ms: number): string {
  if (ms >= MINUTE_MS) return writeSpan(ms);
  const form = { style: 'unit', unit: 'second', unitDisplay: 'short' } as const;
  return new Intl.NumberFormat(wordsLocale(), form).format(Math.ceil(ms / 1_000));
}

const partOf = ({ done, total }: KeyRotation): number => (total === 0 ? 1 : Math.min(1, done / total));

/** How far a rotation is, in words: the rate and the time left while it runs, else why it does not. */
export function paceWords({ state, ratePerSecond, remainingMs, failed }: KeyRotation): string {
  if (state === 'paused') return t('rotation.paused');
  if (state === 'done') return t('rotation.done');
  if (state === 'incomplete') return t('rotation.incomplete', { count: failed });
  if (ratePerSecond === 0) return t('rotation.waiting');
  const rate = t('rotation.rate', { rate: ratePerSecond });
  return remainingMs === null ? rate : `${rate} · ${t('rotation.left', { time: writeLeft(remainingMs) })}`;
}

/** What moves now: the strip above the desk, one line a rotation. */
export function Rotations({
  rotations,
  onTurn,
}: {
  readonly rotations: readonly KeyRotation[];
  readonly onTurn: (rotation: KeyRotation) => void;
}) {
  if (rotations.length === 0) return null;
  const more = rotations.length - MOST_SHOWN;
  return (
    <section className="cs-rotations" aria-label={t('rotation.region')}>
      {rotations.slice(0, MOST_SHOWN).map((rotation, index) => (
        <Line key={rotation.id} rotation={rotation} hasKey={index === 0} onTurn={onTurn} />
      ))}
      {more > 0 && <p className="cs-muted">{t('rotation.more', { count: more })}</p>}
    </section>
  );
}

function Line({
  rotation,
  hasKey,
  onTurn,
}: {
  readonly rotation: KeyRotation;
  readonly hasKey: boolean;
  readonly onTurn: (rotation: KeyRotation) => void;
}) {
  const name = rotationName(rotation);
  const isPaused = rotation.state === 'paused';
  return (
    <div className="cs-rotation">
      <span className="cs-rotation-name">{name}</span>
      <RotationBar rotation={rotation} />
      <span>{writePercent(partOf(rotation))}</span>
      <span>{t('rotation.of', { done: rotation.done, total: rotation.total })}</span>
      <span className="cs-rotation-pace cs-muted">{paceWords(rotation)}</span>
      {rotation.pausable && (
        <Button
          size="small"
          onClick={() => onTurn(rotation)}
          {...(hasKey ? { endIcon: <KeyCaps combo="p" /> } : {})}
        >
          {t(isPaused ? 'rotation.resume' : 'rotation.pause')}
          <span className="cs-hidden"> {name}</span>
        </Button>
      )}
    </div>
  );
}

export function RotationBar({ rotation }: { readonly rotation: KeyRotation }) {
  return (
    <ProgressBar
      className="cs-rotation-bar"
      value={partOf(rotation)}
      animate={false}
      stripes={false}
      intent={rotation.state === 'paused' ? 'none' : 'primary'}
      aria-label={rotationName(rotation)}
    />
  );
}
