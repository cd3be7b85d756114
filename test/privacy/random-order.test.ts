import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import {
  type Bench,
  COLLEAGUE,
  OFFICER,
  openBench,
  PEOPLE,
  placesOf,
  REASON,
  STRANGER,
  takeEverything,
} from './support.ts';

/** Whoever may be erased, held and released. */
const PARTIES = [...PEOPLE, STRANGER];
type Step =
  | { readonly do: 'erase' | 'hold'; readonly who: number }
  | { readonly do: 'release'; readonly hold: number }
  | { readonly do: 'years'; readonly count: number }
  | { readonly do: 'purge' };

const who = fc.nat({ max: PARTIES.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('erase' as const), who }) },
  fc.record({ do: fc.constant('hold' as const), who }),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('release' as const), hold: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('years' as const), count: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('purge' as const) }) },
);

/** Runs a step; answers whether it was done. A refusal must be one of this room's own. */
async function take({ console, years }: Bench, one: Step): Promise<boolean> {
  const { privacy } = console;
  try {
    if (one.do === 'years') years(one.count);
    else if (one.do === 'purge') await privacy.purge('purge what is due', OFFICER);
    else if (one.do === 'release') privacy.release(String(one.hold), REASON, COLLEAGUE);
    else {
      const { iban: account } = PARTIES[one.who]!;
      if (one.do === 'hold') await privacy.hold({ on: 'party', party: { account } }, 'a case', OFFICER);
      else {
        const { searchId, fingerprint, confirmation: confirm } = await privacy.find({ account }, OFFICER);
        await privacy.erase({ searchId, fingerprint, confirm, reason: REASON }, OFFICER);
      }
    }
    return true;
  } catch (error) {
    if (!isCountersignError(error) || !error.code.startsWith('PRIVACY_')) throw error;
    return false;
  }
}

it('whatever is held, purged and erased in whatever order, the log verifies, the books balance, and who was erased is nowhere', {
  timeout: 180_000,
}, async () => {
  let erased = 0;
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { minLength: 4, maxLength: 12 }), async (isLate, steps) => {
      const bench = await openBench();
      try {
        await takeEverything(bench);
        const { console, test } = bench;
        const totals = JSON.stringify(console.ledger.trialBalance({}), (_, value: unknown) =>
          typeof value === 'bigint' ? value.toString() : value,
        );
        const gone = new Set<number>();
        // Half of the runs begin when the files have gone, and people may be erased who did business.
        if (isLate)
          for (const one of [{ do: 'years', count: 8 }, { do: 'purge' }] as const) await take(bench, one);
        for (const one of steps) {
          if ((await take(bench, one)) && one.do === 'erase') gone.add(one.who);
        }
        for (const at of gone) {
          const { name, iban } = PARTIES[at]!;
          expect(placesOf(test.vault, console.sealing, [name, iban])).toEqual([]);
          expect((await console.search.query(name, 50)).hits.map(({ title }) => title)).not.toContain(name);
          erased += 1;
        }
        expect((await console.verify()).verified).toBe(true);
        expect((await console.verifyLog()).findings).toEqual([]);
        const after = JSON.stringify(console.ledger.trialBalance({}), (_, value: unknown) =>
          typeof value === 'bigint' ? value.toString() : value,
        );
        expect(after).toBe(totals);
      } finally {
        await bench.close();
      }
    }),
    { numRuns: 14 },
  );
  // Where nobody was erased, nothing was shown.
  expect(erased).toBeGreaterThan(4);
});
