import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markLines, narrowMark } from '../../src/renderer/src/kit/SourceView.tsx';

const text = '<Ntry>\r\n  <Amt Ccy="EUR">48200.00</Amt>\r\n</Ntry>\n<Ntry>48200.00</Ntry>';

describe('narrowMark', () => {
  const entry = [0, text.indexOf('</Ntry>') + 7] as const;
  it.each([
    ['the value as it stands', ['48200.00'], '48200.00'],
    ['the first candidate that occurs', ['48.200,00', '48200.00', '<Ntry>'], '48200.00'],
    ['the whole entry where none does', ['1.00'], text.slice(...entry)],
    ['the whole entry without candidates', [''], text.slice(...entry)],
  ])('%s', (_name, candidates, expected) => {
    const [from, to] = narrowMark(text, entry[0], entry[1], candidates);
    expect(text.slice(from, to)).toBe(expected);
  });

  it('never looks outside the entry', () => {
    const start = text.lastIndexOf('<Ntry>');
    expect(narrowMark(text, start, text.length, ['<Amt'])).toEqual([start, text.length]);
  });
});

describe('markLines', () => {
  it('numbers lines, bands the entry and marks the field', () => {
    const at = text.indexOf('48200.00');
    const lines = markLines({ text, firstLine: 41, band: [0, 49], mark: [at, at + 8] });
    expect(lines.map((line) => line.number)).toEqual([41, 42, 43, 44]);
    expect(lines[1]!.pieces.map(({ text, tone }) => [text, tone])).toEqual([
      ['  <Amt Ccy="EUR">', 'band'],
      ['48200.00', 'mark'],
      ['</Amt>', 'band'],
    ]);
    expect(lines[3]!.pieces.map(({ tone }) => tone)).toEqual(['plain']);
  });

  it('marks exactly what it was told to, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', '\n', 'ü'), { maxLength: 60 }),
        fc.nat(60),
        fc.nat(60),
        (chars, one, other) => {
          const source = chars.join('');
          const from = Math.min(one, other, source.length);
          const to = Math.min(Math.max(one, other), source.length);
          const lines = markLines({ text: source, firstLine: 1, band: [from, to], mark: [from, to] });
          expect(lines.map((line) => line.pieces.map((piece) => piece.text).join('')).join('\n')).toBe(
            source,
          );
          const marked = lines.flatMap((line) => line.pieces.filter((piece) => piece.tone === 'mark'));
          expect(marked.map((piece) => piece.text).join('')).toBe(
            source.slice(from, to).replaceAll('\n', ''),
          );
        },
      ),
    );
  });
});
