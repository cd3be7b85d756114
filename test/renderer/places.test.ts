import { describe, expect, it } from 'vitest';
import { placeOf, places } from '../../src/renderer/src/app/places.ts';

describe('places', () => {
  it.each([
    [places.dashboard(), '/'],
    [places.openItems(), '/receivables'],
    [places.openItems({ bucket: '1-30' }), '/receivables?bucket=1-30'],
    [places.openItems({ text: 'a&b=c d' }), '/receivables?text=a%26b%3Dc+d'],
    [places.entry('0192-a'), '/ledger/entries/0192-a'],
    [
      places.entry('0192-a', { asOf: '2026-11-10', knownAt: '30' }),
      '/ledger/entries/0192-a?asOf=2026-11-10&knownAt=30',
    ],
    [places.account('7', { to: '2026-11-10', knownAt: '30' }), '/ledger/accounts/7?to=2026-11-10&knownAt=30'],
    [places.statement('a/../b'), '/statements/a%2F..%2Fb'],
    [places.auditRecord(12n), '/audit/12'],
  ])('%s', (actual, expected) => expect(actual).toBe(expected));

  it('leads from every kind of hit to a screen, and from what it does not know nowhere', () => {
    const kinds = [
      'customer',
      'open-item',
      'bank-transaction',
      'statement',
      'journal-entry',
      'account',
      'audit-record',
    ];
    expect(kinds.map((kind) => placeOf({ kind, id: '7' })).every((place) => place?.includes('7'))).toBe(true);
    expect(placeOf({ kind: 'weather', id: '7' })).toBeNull();
  });
});
