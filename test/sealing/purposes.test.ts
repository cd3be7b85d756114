import { expect, test } from 'vitest';
import { quarterOf } from '../../src/main/sealing/purposes.ts';

test.each([
  ['2026-01-01T00:00:00.000Z', '2026Q1'],
  ['2026-03-31T23:59:59.999Z', '2026Q1'],
  ['2026-04-01T00:00:00.000Z', '2026Q2'],
  ['2026-09-30T12:00:00.000Z', '2026Q3'],
  ['2026-10-01T00:00:00.000Z', '2026Q4'],
  ['2024-02-29T00:00:00.000Z', '2024Q1'],
  ['2026-12-31T23:59:59.999Z', '2026Q4'],
])('%s lies in %s', (instant, name) => {
  const atMs = Date.parse(instant);
  const quarter = quarterOf(atMs);
  expect(quarter.name).toBe(name);
  expect(quarter.fromMs <= atMs && atMs < quarter.untilMs).toBe(true);
  expect(quarterOf(quarter.untilMs).fromMs).toBe(quarter.untilMs);
});
