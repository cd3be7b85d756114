import { describe, expect, it } from 'vitest';
import { type Account, curveOf } from '../../src/renderer/src/dashboard/liquidityCurve.ts';
import { shareMatched, valueLines } from '../../src/renderer/src/dashboard/liveValues.ts';

const DAY = '2026-11-21';
const at = (time: string) => Date.parse(`${DAY}T${time}Z`);

const account = (parts: Partial<Account>): Account => ({
  bankAccountId: '1',
  accountNumber: 'DE89370400440532013000',
  currency: 'EUR',
  bookedMinor: 0n,
  inTransitMinor: 0n,
  waitingMinor: 0n,
  hours: [],
  forecast: [],
  ...parts,
});
const hour = (of: number, inMinor: bigint, outMinor = 0n, payments = 1) => ({
  hour: of,
  inMinor,
  outMinor,
  payments,
});

describe('the curve of the day', () => {
  it('walks back from what stands now to the start of the day', () => {
    const one = account({
      bookedMinor: 1_000n,
      inTransitMinor: 600n,
      waitingMinor: 50n,
      hours: [hour(1, 500n), hour(2, 200n, 50n, 3)],
    });
    const { hours } = curveOf([one], DAY, at('02:30'));
    expect(hours.map(({ atMs, positionMinor }) => [atMs, positionMinor])).toEqual([
      [at('00:00'), 1_000n],
      [at('01:00'), 1_000n],
      [at('02:00'), 1_500n],
      [at('02:30'), 1_650n],
    ]);
    expect(hours.at(-1)).toMatchObject({ inMinor: 200n, outMinor: 50n, payments: 3 });
  });

  it('adds accounts up, and what is due at one time', () => {
    const forecast = (dueAtMs: number, transitMinor: bigint) => ({ dueAtMs, transitMinor, bookedMinor: 0n });
    const curve = curveOf(
      [
        account({
          bookedMinor: 100n,
          inTransitMinor: 30n,
          forecast: [forecast(at('09:00'), 10n), forecast(at('12:00'), 20n)],
        }),
        account({
          bankAccountId: '2',
          bookedMinor: 50n,
          inTransitMinor: 5n,
          forecast: [forecast(at('12:00'), 5n)],
        }),
      ],
      DAY,
      at('08:00'),
    );
    expect(curve).toMatchObject({ bookedMinor: 150n, inTransitMinor: 35n, overdueMinor: 0n });
    expect(curve.due).toEqual([
      { kind: 'due', atMs: at('09:00'), transitMinor: 10n, bookedMinor: 160n },
      { kind: 'due', atMs: at('12:00'), transitMinor: 25n, bookedMinor: 185n },
    ]);
  });

  it('forecasts nothing for what is overdue, and says how much it is', () => {
    const forecast = [{ dueAtMs: at('07:00'), transitMinor: 40n, bookedMinor: 0n }];
    const curve = curveOf([account({ inTransitMinor: 40n, forecast })], DAY, at('08:00'));
    expect(curve).toMatchObject({ overdueMinor: 40n, due: [] });
  });

  it('is a whole day for a day that has passed, and begins with one that has not', () => {
    expect(curveOf([account({})], DAY, at('23:59') + 86_400_000).hours).toHaveLength(25);
    expect(curveOf([account({})], DAY, at('00:00')).hours.map(({ atMs }) => atMs)).toEqual([
      at('00:00'),
      at('00:00'),
    ]);
  });
});

describe('the value of today', () => {
  const value = (rail: string, currency: string, amountMinor: bigint, matchedMinor = amountMinor) => ({
    rail,
    currency,
    amountMinor,
    matchedMinor,
  });

  it('has a sum where a currency has several rails, and none where it has one', () => {
    const lines = valueLines([
      value('rtp', 'USD', 5n),
      value('sepa-instant', 'EUR', 9n),
      value('fednow', 'USD', 7n, 6n),
    ]);
    expect(
      lines.map(({ rail, currency, amountMinor, matchedMinor, isTotal }) => [
        rail,
        currency,
        amountMinor,
        matchedMinor,
        isTotal,
      ]),
    ).toEqual([
      ['', 'USD', 12n, 11n, true],
      ['fednow', 'USD', 7n, 6n, false],
      ['rtp', 'USD', 5n, 5n, false],
      ['sepa-instant', 'EUR', 9n, 9n, false],
    ]);
  });

  it('says which share is matched without making a float of the amounts', () => {
    expect(shareMatched({ amountMinor: 0n, matchedMinor: 0n })).toBeNull();
    expect(shareMatched({ amountMinor: 3n * 10n ** 17n, matchedMinor: 10n ** 17n })).toBe(0.3333);
    expect(shareMatched({ amountMinor: 5n, matchedMinor: 5n })).toBe(1);
  });
});
