import { describe, expect, it } from 'vitest';
import { currencyScale } from '../../src/contract/money.ts';
import { type RailId, railById, rails } from '../../src/main/messages/index.ts';

const ids: readonly RailId[] = [
  'fednow',
  'rtp',
  'sepa-instant',
  'faster-payments',
  'pix',
  'fedwire',
  'swift-gpi',
];

describe('rails', () => {
  it('are all there, once', () => {
    expect(rails.map(({ id }) => id)).toEqual(ids);
    for (const id of ids) expect(railById(id).id).toBe(id);
  });

  it.each(rails.map((rail) => [rail.id, rail] as const))('%s has rules that hold together', (_, rail) => {
    expect(rail.messages).toContain('pacs.008');
    expect(new Set(rail.keys).size).toBe(rail.keys.length);
    expect(rail.keys).toContain('endToEndId');
    for (const currency of rail.currencies) expect(currencyScale(currency)).toBe(2);
    if (rail.limitMinor !== undefined) expect(rail.currencies).toHaveLength(1);
    expect(rail.confirmedWithinBusinessDays).toBeGreaterThan(1);
    if (rail.hours.kind === 'window') {
      const { zone, opensAt, closesAt } = rail.hours;
      expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow();
      for (const time of [opensAt, closesAt]) expect(time).toMatch(/^\d\d:\d\d$/);
    }
  });
});
