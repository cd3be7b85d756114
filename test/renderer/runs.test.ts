import { expect, it } from 'vitest';
import { gatherRuns } from '../../src/renderer/src/dashboard/runs.ts';

const record = (seq: number, kind: string, actor = 'cli') => ({
  seq: BigInt(seq),
  kind,
  actor,
  recordedAtMs: seq,
});

it('makes one line of what follows one another, and no more lines than asked for', () => {
  const records = [
    record(9, 'match'),
    record(8, 'match'),
    record(7, 'import'),
    record(6, 'match', 'desk'),
    record(5, 'match'),
  ];
  expect(gatherRuns(records, 3).map(({ record: { seq }, count }) => [seq, count])).toEqual([
    [9n, 2],
    [7n, 1],
    [6n, 1],
  ]);
  expect(gatherRuns([], 3)).toEqual([]);
});

it('counts on within the last line that is shown', () => {
  expect(gatherRuns([record(3, 'a'), record(2, 'b'), record(1, 'b')], 2)[1]!.count).toBe(2);
});
