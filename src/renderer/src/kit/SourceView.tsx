/** The message's own bytes, as text: the entry banded, the field within it marked. */
import { useEffect, useRef } from 'react';
import { t } from './messages.ts';

export interface SourceExcerptLike {
  readonly fileName: string;
  readonly messageType: string;
  readonly field: string;
  readonly path: string;
  readonly firstLine: number;
  readonly text: string;
  readonly markStart: number;
  readonly markEnd: number;
  readonly byteStart: number;
  readonly byteEnd: number;
}

interface Piece {
  readonly from: number;
  readonly text: string;
  readonly tone: 'plain' | 'band' | 'mark';
}

export interface SourceLine {
  readonly number: number;
  readonly pieces: readonly Piece[];
}

/**
 * Where the field stands within the marked entry: the first of `candidates` (its value as the
 * format writes it) that occurs there, else the whole entry. Offsets count in `text`.
 */
export function narrowMark(
  text: string,
  markStart: number,
  markEnd: number,
  candidates: readonly string[],
): readonly [start: number, end: number] {
  const entry = text.slice(markStart, markEnd);
  for (const candidate of candidates) {
    if (candidate === '') continue;
    const at = entry.indexOf(candidate);
    if (at >= 0) return [markStart + at, markStart + at + candidate.length];
  }
  return [markStart, markEnd];
}

/** Cuts text into numbered lines of pieces: what is marked, what is banded around it, the rest. */
export function markLines(options: {
  readonly text: string;
  readonly firstLine: number;
  readonly band: readonly [number, number];
  readonly mark: readonly [number, number];
}): SourceLine[] {
  const { text, firstLine, band, mark } = options;
  let offset = 0;
  return text.split('\n').map((line, index) => {
    const start = offset;
    const end = offset + line.length;
    offset = end + 1;
    const cuts = [start, ...[...band, ...mark].filter((at) => at > start && at < end), end];
    const pieces: Piece[] = [];
    const sorted = [...new Set(cuts)].sort((a, b) => a - b);
    for (const [i, from] of sorted.slice(0, -1).entries()) {
      const to = sorted[i + 1]!;
      const within = ([low, high]: readonly [number, number]) => from >= low && to <= high;
      pieces.push({
        from,
        text: text.slice(from, to).replace(/\r$/, ''),
        tone: within(mark) ? 'mark' : within(band) ? 'band' : 'plain',
      });
    }
    return { number: firstLine + index, pieces };
  });
}

export interface SourceViewProps {
  readonly excerpt: SourceExcerptLike;
  /** How the format may write the field's value; the first that occurs in the entry is marked. */
  readonly candidates?: readonly string[];
}

/** Room kept to the right of a mark that lies beyond the edge. */
const MARGIN_PX = 40;

export function SourceView({ excerpt, candidates = [] }: SourceViewProps) {
  const scroller = useRef<HTMLElement>(null);
  const marked = useRef<HTMLElement>(null);
  const mark = narrowMark(excerpt.text, excerpt.markStart, excerpt.markEnd, candidates);
  const [markStart] = mark;
  useEffect(() => {
    const { current: box } = scroller;
    const { current: at } = marked;
    if (!box || !at || markStart < 0) return;
    // Only the excerpt scrolls, so that the page stays where the reader left it.
    box.scrollTop = at.offsetTop - box.clientHeight / 2;
    box.scrollLeft = Math.max(0, at.offsetLeft + at.offsetWidth - box.clientWidth + MARGIN_PX);
  }, [markStart]);
  const lines = markLines({
    text: excerpt.text,
    firstLine: excerpt.firstLine,
    band: [excerpt.markStart, excerpt.markEnd],
    mark,
  });
  let isFirst = true;
  return (
    <figure className="cs-source">
      <figcaption>
        <span className="cs-source-file">{excerpt.fileName}</span>
        <span>{excerpt.messageType}</span>
        <span className="cs-source-path">{excerpt.path}</span>
        <span>{t('source.bytes', { from: excerpt.byteStart, to: excerpt.byteEnd })}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section ref={scroller} className="cs-source-text" tabIndex={0} aria-label={t('source.region')}>
        {lines.map((line) => (
          <div key={line.number} className="cs-source-line">
            <span className="cs-source-number" aria-hidden="true">
              {line.number}
            </span>
            <code>
              {line.pieces.map((piece) => {
                if (piece.tone === 'plain') return <span key={piece.from}>{piece.text}</span>;
                if (piece.tone === 'band') {
                  return (
                    <span key={piece.from} className="cs-source-band">
                      {piece.text}
                    </span>
                  );
                }
                const ref = isFirst ? marked : null;
                isFirst = false;
                return (
                  <mark key={piece.from} ref={ref}>
                    {piece.text}
                  </mark>
                );
              })}
            </code>
          </div>
        ))}
      </section>
    </figure>
  );
}
