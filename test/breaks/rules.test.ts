import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakActions, breakBuckets, breakReasons } from '../../src/contract/breaks.ts';
import { addDays, businessDaysBetween, calendars } from '../../src/main/base/index.ts';
import { boundsOf, bucketOf, daysOfBucket, latestOfAge } from '../../src/main/breaks/ageing.ts';
import { isSameMoney } from '../../src/main/breaks/causes.ts';
import { isOfType } from '../../src/main/breaks/file-types.ts';
import { writeOffAccount } from '../../src/main/breaks/reasons.ts';
import { after, isOver, OPENED, type Standing, standingOf } from '../../src/main/breaks/standing.ts';

describe('the age of a break', () => {
  const day = fc.integer({ min: 0, max: 4_000 }).map((days) => addDays('2020-01-01', days));
  const calendar = fc.constantFrom(...calendars);
  it('puts each day into the one bucket whose days hold it', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 120 }), calendar, (today, back, banks) => {
        const since = addDays(today, -back);
        const age = businessDaysBetween(since, today, banks);
        const holding = breakBuckets.filter((bucket) => {
          const { from, to } = daysOfBucket(bucket, today, banks);
          return (from === null || since >= from) && (to === null || since <= to);
        });
        expect(holding).toEqual([bucketOf(age)]);
        expect(latestOfAge(today, age, banks) >= since).toBe(true);
      }),
    );
  });

  it('has buckets without a hole between them', () => {
    const bounds = breakBuckets.map(boundsOf);
    expect(bounds[0]!.least).toBe(0);
    for (const [at, { most }] of bounds.entries()) {
      if (at < bounds.length - 1) expect(bounds[at + 1]!.least).toBe(most! + 1);
      else expect(most).toBeNull();
    }
  });
});

describe('where a break stands', () => {
  const step = (action: (typeof breakActions)[number], value: string | null = null) => ({
    action,
    value,
    entryId: action === 'written-off' ? Buffer.from('entry') : null,
  });
  it.each([
    [['opened'], 'open'],
    [['opened', 'assigned'], 'in-work'],
    [['opened', 'assigned', 'released'], 'open'],
    [['opened', 'reason', 'noted', 'attached'], 'open'],
    [['opened', 'explained'], 'explained'],
    [['opened', 'explained', 'assigned'], 'explained'],
    [['opened', 'assigned', 'explained', 'reopened'], 'in-work'],
    [['opened', 'explained', 'closed'], 'closed'],
    [['opened', 'written-off'], 'written-off'],
    [['opened', 'assigned', 'written-off', 'write-off-undone'], 'in-work'],
    [['opened', 'written-off', 'cause-gone', 'write-off-undone', 'closed'], 'closed'],
  ] as const)('%j leads to %s', (actions, status) => {
    const history = actions.map((action) =>
      step(action, action === 'assigned' ? 'operator-1' : action === 'reason' ? 'fee' : null),
    );
    expect(standingOf(history).status).toBe(status);
  });

  it('holds the entry of a write-off while that stands, and at no other time', () => {
    const actions = fc.array(fc.constantFrom(...breakActions), { maxLength: 12 });
    fc.assert(
      fc.property(actions, (history) => {
        let standing: Standing = OPENED;
        for (const action of history) {
          const writes = action === 'written-off';
          if (isOver(standing) && !['write-off-undone', 'cause-gone', 'cause-back'].includes(action))
            continue;
          if (standing.status === 'closed') continue;
          if (standing.status !== 'written-off' && action.startsWith('cause-')) continue;
          standing = after(standing, {
            action,
            value: writes ? 'fee' : null,
            entryId: writes ? Buffer.of(1) : null,
          });
          expect(standing.entryId !== null).toBe(standing.status === 'written-off');
          if (standing.causeGone) expect(standing.status).toBe('written-off');
        }
      }),
    );
  });
});

describe('a reason', () => {
  it.each([
    ['gap', 'timing', null],
    ['gap', 'unknown', null],
    ['gap', 'fee', 'bank-charges'],
    ['gap', 'opening-balance', null],
    ['opening', 'opening-balance', 'opening-balances'],
    ['unmatched', 'fx', 'write-offs'],
    ['pre-post', 'fraud-suspected', 'write-offs'],
  ] as const)('writes a %s off for %s to %s', (kind, reason, role) => {
    expect(writeOffAccount(kind, reason)).toBe(role);
  });
  it('says of every code where it goes', () => {
    for (const code of breakReasons) expect(writeOffAccount('opening', code)).not.toBeUndefined();
  });
});

describe('a cause', () => {
  const money = {
    amountMinor: 5n,
    currency: 'EUR',
    bankAccountId: 1n,
    holding: { role: 'unapplied-cash' as const, amountMinor: -5n },
  };
  it.each([
    ['amount', { amountMinor: 6n }],
    ['currency', { currency: 'USD' }],
    ['account', { bankAccountId: 2n }],
    ['holding', { holding: null }],
    ['held amount', { holding: { role: 'unapplied-cash' as const, amountMinor: -6n } }],
    ['held where', { holding: { role: 'in-transit' as const, amountMinor: -5n } }],
  ])('is another with another %s', (_, part) => {
    expect(isSameMoney(money, { ...money, ...part })).toBe(false);
    expect(isSameMoney(money, { ...money })).toBe(true);
  });
});

describe('a file', () => {
  const PDF = Buffer.from('%PDF-1.7\n%\x80\x81', 'latin1');
  const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]);
  it.each([
    ['application/pdf', PDF, true],
    ['application/pdf', Buffer.from('MZ\x90'), false],
    ['image/png', PNG, true],
    ['image/png', PDF, false],
    ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), true],
    ['image/jpeg', PNG, false],
    ['text/plain', Buffer.from('Überweisung\tfehlt\r\n'), true],
    ['text/plain', Buffer.from([0x41, 0x00]), false],
    ['text/csv', Buffer.from([0xff, 0xfe, 0x41]), false],
    ['application/xml', Buffer.from('<?xml version="1.0"?><a/>'), true],
    ['application/xml', Buffer.from('no markup'), false],
  ] as const)('of type %s is known by its bytes', (type, bytes, is) => {
    expect(isOfType(bytes, type)).toBe(is);
  });
});
