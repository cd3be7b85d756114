import { describe, expect, it } from 'vitest';
import { fitness, type PaletteEntry, rank } from '../../src/renderer/src/search/rank.ts';

describe('fitness', () => {
  it.each([
    ['Import files', 'im', 3],
    ['Import files', 'files', 2],
    ['Import files', 'fi im', 2],
    ['Import files', 'port', 1.5],
    ['Import files', 'ipf', 0.5],
    ['Import files', 'zz', null],
    ['Théme: dark', 'theme', 3],
    ['Ledger', '', 0],
    ['Ledger', 'lr', null],
  ])('%s for "%s" is %s', (title, typed, expected) => expect(fitness(title, typed)).toBe(expected));
});

describe('rank', () => {
  const entries = ['Verify the books', 'Ledger', 'Import files', 'Import history'].map(
    (title): PaletteEntry => ({ key: title, title, group: 'Command' }),
  );

  it('keeps the order of what fits equally', () => {
    expect(rank(entries, 'imp').map((entry) => entry.title)).toEqual(['Import files', 'Import history']);
    expect(rank(entries, '').map((entry) => entry.title)).toEqual(entries.map((entry) => entry.title));
  });
});
