/**
 * `node build/run.mjs bench/calibrate.ts [payments]`: learns how often the engine's odds come true, on the seeds
 * that no report uses, and writes `src/main/reconciliation/calibration-data.ts`.
 */
import { writeFileSync } from 'node:fs';
import { benchmarkInput, CALIBRATION_SEEDS, isSettled } from '../src/main/benchmark/index.ts';
import { makeCorpus } from '../src/main/corpus/index.ts';
import { learnPoints, type Observation } from '../src/main/reconciliation/calibration.ts';
import { runEngine } from '../src/main/reconciliation/engine.ts';
import { defaultPolicy } from '../src/main/reconciliation/policy.ts';
import type { Ground } from '../src/main/reconciliation/types.ts';

const SEEDS = [0, 1, 2, 3].map((step) => CALIBRATION_SEEDS.from + step);
const FILE = new URL('../src/main/reconciliation/calibration-data.ts', import.meta.url);

/** What a desk would not be shown is learned from too, else nothing would be known of the least likely. */
const policy = { ...defaultPolicy, suggestProbability: 0 };
const payments = Number(process.argv[2] ?? 30_000);
const seen: Record<Ground, Observation[]> = { clear: [], chance: [], contradicted: [] };
for (const seed of SEEDS) {
  const corpus = makeCorpus({ seed, customers: payments / 10, items: payments * 2, payments });
  const input = benchmarkInput(corpus);
  const { decisions, items } = runEngine({ ...input, policy });
  for (const { transactionId, explanations } of decisions) {
    const truth = corpus.truth.get(input.bankReferences.get(transactionId)!)!;
    for (const { explanation, logOdds, ground } of explanations) {
      const allocations = explanation.allocations.map((each) => ({
        ...each,
        openItemId: items[each.itemIndex]!.id,
      }));
      seen[ground].push({ logOdds, isRight: isSettled(truth.settles, allocations, input) });
    }
  }
  process.stderr.write(`seed ${seed} read\n`);
}
const points = Object.fromEntries(
  Object.entries(seen).map(([ground, observations]) => [ground, learnPoints(observations)]),
);
const count = Object.values(seen).reduce((sum, each) => sum + each.length, 0);
const map = {
  version: `corpus-2/${SEEDS[0]}-${SEEDS.at(-1)}`,
  learnedFrom: `${count} explanations of ${payments * SEEDS.length} payments of seeds ${SEEDS.join(', ')}`,
  points,
};
writeFileSync(
  FILE,
  `/** The calibration of the engine, as data. Made by \`bench/calibrate.ts\`; not written by hand. */
import type { CalibrationMap } from './calibration.ts';

export const CALIBRATION: CalibrationMap = ${JSON.stringify(map, null, 2)};
`,
);
process.stderr.write(`${map.learnedFrom}\n`);
