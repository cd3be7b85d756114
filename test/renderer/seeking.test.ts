import { expect, it } from 'vitest';
import { pageRowsAfter } from '../../src/renderer/src/kit/rows.ts';
import { SEEK_ROWS, seekStep } from '../../src/renderer/src/kit/seeking.ts';

const paged = { hasMore: true, isLoadingMore: false, state: 'ready', staleSinceMs: null } as const;

it.each([
  ['there is more', paged, 100, 'load'],
  ['a page is on its way', { ...paged, isLoadingMore: true }, 100, 'wait'],
  ['the last page is there', { ...paged, hasMore: false }, 180, 'arrive'],
  ['the press has loaded its share', paged, 100 + SEEK_ROWS, 'arrive'],
  ['loading on failed', { ...paged, staleSinceMs: 1 }, 100, 'arrive'],
  ['the list is gone', { ...paged, state: 'error' }, 100, 'arrive'],
] as const)('where %s', (_, rows, loaded, step) => expect(seekStep(rows, loaded, 100)).toBe(step));

it('small pages come first, and one press never takes more than two dozen requests', () => {
  expect([0, 1, 2, 3, 9].map(pageRowsAfter)).toEqual([100, 100, 100, 500, 500]);
  let loaded = 100;
  let requests = 0;
  for (let pages = 1; seekStep(paged, loaded, 100) === 'load'; pages += 1) {
    loaded += pageRowsAfter(pages);
    requests += 1;
  }
  expect(requests).toBeLessThan(25);
});
