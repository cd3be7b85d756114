/** The shape of every desk: the queue, the item, its evidence, and the decision under the right hand. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { t } from './messages.ts';

export interface DeckProps {
  readonly queue: ReactNode;
  /** What it is, what to decide and why. */
  readonly item: ReactNode;
  /** Below the item, usually tabs. */
  readonly evidence?: ReactNode;
  /** The buttons, at the foot of the item, always in sight. */
  readonly decision?: ReactNode;
  /** Remembers the split of this desk for the session of the window. */
  readonly name: string;
  /** Share of the queue at first, in percent. */
  readonly initialPercent?: number;
}

const LEAST_PERCENT = 25;
const MOST_PERCENT = 75;
const splits = new Map<string, number>();

const clamp = (percent: number) => Math.min(MOST_PERCENT, Math.max(LEAST_PERCENT, percent));

export function Deck({ queue, item, evidence, decision, name, initialPercent = 52 }: DeckProps) {
  const [percent, setPercent] = useState(splits.get(name) ?? initialPercent);
  const deck = useRef<HTMLDivElement>(null);
  const set = (next: number) => {
    const value = clamp(next);
    splits.set(name, value);
    setPercent(value);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const box = deck.current?.getBoundingClientRect();
    if (!box || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    set(((event.clientX - box.left) / box.width) * 100);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: percent - 2,
      ArrowRight: percent + 2,
      Home: LEAST_PERCENT,
      End: MOST_PERCENT,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(next);
  };
  return (
    <div ref={deck} className="cs-deck" style={{ gridTemplateColumns: `${percent}% 5px minmax(0, 1fr)` }}>
      <div className="cs-deck-queue">{queue}</div>
      {/* biome-ignore lint/a11y/useSemanticElements: a window splitter is a focusable separator, which hr is not. */}
      <div
        role="separator"
        tabIndex={0}
        className="cs-splitter"
        aria-orientation="vertical"
        aria-label={t('deck.resize')}
        aria-valuenow={Math.round(percent)}
        aria-valuemin={LEAST_PERCENT}
        aria-valuemax={MOST_PERCENT}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onKeyDown={onKeyDown}
      />
      <div className="cs-deck-side">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <section className="cs-deck-item" tabIndex={0} aria-label={name}>
          {item}
          {evidence && <div className="cs-deck-evidence">{evidence}</div>}
        </section>
        {decision && <div className="cs-deck-decision">{decision}</div>}
      </div>
    </div>
  );
}
