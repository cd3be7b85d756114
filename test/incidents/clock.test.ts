import { describe, expect, it } from 'vitest';
import { kindPolicies } from '../../src/main/incidents/index.ts';
import { nextSteps } from '../../src/renderer/src/incidents/clock.ts';
import { writeClockSpan } from '../../src/renderer/src/kit/clock.ts';

describe('a clock', () => {
  it.each([
    [0, '0:00'],
    [999, '0:00'],
    [59_000, '0:59'],
    [252_000, '4:12'],
    [3_600_000, '1:00:00'],
    [93_784_000, '26:03:04'],
  ])('of %d ms shows %s', (ms, text) => expect(writeClockSpan(ms)).toBe(text));
});

describe('what to do next', () => {
  it.each([
    ['keys.compromised', 'next.keys.compromised.0'],
    ['keys.due', 'next.keys.0'],
    ['heartbeat.stopped', 'next.heartbeat.stopped.0'],
    ['audit.not-verified', 'next.audit.0'],
    ['weather.bad', 'next.other.0'],
  ])('on %s begins with %s', (kind, first) => {
    expect(nextSteps(kind)[0]).toBe(first);
    expect(nextSteps(kind)).toHaveLength(3);
  });

  it('is said for every kind of desk that has a clock of its own and is not payments or slots', () => {
    const general = kindPolicies
      .map(({ kind }) => kind)
      .filter((kind) => nextSteps(`${kind}.something`)[0] === 'next.other.0');
    expect(general).toEqual(['heartbeat', 'payments', 'slots']);
  });
});
