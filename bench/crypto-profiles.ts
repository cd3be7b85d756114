/** What each profile does, single and in batches, native beside noble; and batch signatures at full size. */

import { systemRuntime } from '../src/main/base/index.ts';
import {
  batchVerifier,
  type Figures,
  hybridSignatures,
  measureProfile,
  nodeHash,
  PROFILES,
  type Profile,
  type ProfileFigures,
  type ProfilePolicy,
  pickProfile,
  raiseProfile,
  signBatch,
  zeroise,
} from '../src/main/crypto/index.ts';
import { type BenchFigure, type BenchOptions, type BenchSection, median } from './figure.ts';

const SECTION = 'keys';
const { monotonicMs } = systemRuntime;
const fillRandom = (target: Uint8Array) => systemRuntime.randomFill(target);

/** What a policy may ask for beyond the table: wire transfers at their strongest, trading with a draft. */
const POLICIES: readonly ProfilePolicy[] = [
  { profile: 'wire_transfers', kem: 'ML-KEM-1024', signature: 'ML-DSA-87' },
  { profile: 'trading', signature: 'Falcon-512' },
];

function raisedProfiles(): Profile[] {
  return POLICIES.map((policy) => {
    const raised = raiseProfile(policy);
    if (!raised.ok) throw new Error(raised.message);
    return raised.profile;
  });
}

const titleOf = ({ name, kem, signature }: Profile): string =>
  `${name} (${[kem, signature].filter(Boolean).join(' + ')})`;

/** p50, p99 and rate of one kind of operation; noble's beside native's, where both were measured. */
function rows(name: string, found: Figures, noble: Figures | undefined, unit: string): BenchFigure[] {
  const row = (what: string, key: 'p50Ms' | 'p99Ms' | 'perSecond', of: string): BenchFigure => ({
    section: SECTION,
    name: `${name}, ${what}`,
    value: found[key],
    unit: of,
    ...(noble && { reference: { name: 'noble', value: noble[key] } }),
  });
  return [row('p50', 'p50Ms', 'ms'), row('p99', 'p99Ms', 'ms'), row('rate', 'perSecond', unit)];
}

function figuresOf(
  profile: Profile,
  found: ProfileFigures,
  noble: ProfileFigures | undefined,
): BenchFigure[] {
  const title = titleOf(profile);
  const figures = rows(`${title}: one message`, found.single, noble?.single, '/s');
  if (found.exchange && profile.kemPer === 'session') {
    figures.push(...rows(`${title}: one session's key`, found.exchange, noble?.exchange, '/s'));
  }
  const batch = rows(
    `${title}: batch of ${found.batched.items}`,
    found.batched,
    noble?.batched,
    'messages/s',
  );
  if (profile.batched) {
    const waitMs = (found.batched.items * 1000) / profile.perSecond;
    batch[1] = { ...batch[1]!, goal: { of: 'value', atMost: profile.latencyMs - waitMs } };
    batch[2] = { ...batch[2]!, goal: { of: 'value', atLeast: profile.perSecond } };
  }
  return [...figures, ...batch];
}

/** For each profile p50, p99 and rate of what it does; native where the runtime has it, noble beside it. */
export const benchProfiles: BenchSection = async ({ quick, say }) => {
  const budgetMs = quick ? 60 : 700;
  const figures: BenchFigure[] = [];
  for (const profile of [...PROFILES, ...raisedProfiles()]) {
    say(`measuring ${titleOf(profile)}`);
    const measure = { profile, monotonicMs, fillRandom, budgetMs };
    const native = measureProfile({ ...measure, implementation: 'native' });
    const noble = measureProfile({ ...measure, implementation: 'noble' });
    // Falcon has no native implementation; what the console would run then stands beside noble alone.
    const best = native ?? measureProfile(measure);
    if (best === undefined) throw new Error(`${profile.name}: nothing was measured.`);
    figures.push(...figuresOf(profile, best, noble));
    const constraints = { profile: profile.name, hsmPresent: true };
    const choice = pickProfile({ constraints, measured: [best], profiles: [profile] });
    const objections = choice.refused.flatMap((refused) => refused.objections.map(({ message }) => message));
    say(choice.ok ? '  meets its promise here' : `  refused here: ${objections.join(' ')}`);
  }
  return figures;
};

const ITEM_BYTES = 300;
const ROUNDS = 3;
/** What proof and signatures of one item may weigh (issue 3). */
const SUITES = [
  { suite: 'Ed25519+ML-DSA-65', mostBytes: 4_500 },
  { suite: 'Ed25519+ML-DSA-87', mostBytes: 5_600 },
] as const;

function timed(work: () => void): number {
  const startMs = monotonicMs();
  work();
  return monotonicMs() - startMs;
}

/** How many items a second their tree alone would take: two hashes an item. */
function bareTreeRate(items: number): number {
  const node = systemRuntime.randomBytes(32);
  const ms = median(
    Array.from({ length: ROUNDS }, () =>
      timed(() => {
        for (let at = 0; at < 2 * items; at += 1) nodeHash(node, node);
      }),
    ),
  );
  return (items / ms) * 1000;
}

function benchSuite(
  { suite, mostBytes }: (typeof SUITES)[number],
  items: readonly Buffer[],
  bareRate: number,
  { say }: BenchOptions,
): BenchFigure[] {
  say(`${suite}: a batch of ${items.length}`);
  const hybrid = hybridSignatures[suite];
  const { publicKey, secretKey } = hybrid.keyPair(fillRandom);
  const signer = hybrid.signer({ secretKey, fillRandom });
  zeroise(secretKey);
  const purpose = 'bench';
  const sign = (batchId: string) => signBatch({ signer, purpose, batchId, items });
  const signMs = median(
    Array.from({ length: ROUNDS }, (_, round) =>
      timed(() => {
        const batch = sign(String(round));
        for (let index = 0; index < items.length; index += 1) batch.proof(index);
      }),
    ),
  );
  const batch = sign('verified');
  // Evidence of a part of the items: at four kilobytes each, all of it would fill the memory.
  const part = items.slice(0, 10_000);
  const evidence = part.map((_, index) => batch.evidence(index));
  const receiver = batchVerifier({ verifier: hybrid.verifier(publicKey), purpose });
  const verifyMs = timed(() => {
    if (!part.every((item, index) => receiver.verify(item, evidence[index]!).ok)) {
      throw new Error('An item that was just signed does not verify.');
    }
  });
  signer.destroy();
  const figure = (name: string, value: number, unit: string, rest: Partial<BenchFigure>): BenchFigure => ({
    section: SECTION,
    name: `${suite} over a batch of ${items.length}: ${name}`,
    value,
    unit,
    ...rest,
  });
  const reference = { name: 'its hashes alone', value: bareRate };
  const heaviest = Math.max(...evidence.map((bytes) => bytes.length));
  return [
    figure('items signed, with their proofs', (items.length / signMs) * 1000, '/s', {
      reference,
      goal: { of: 'value', atLeast: 100_000 },
    }),
    figure('items verified one by one', (part.length / verifyMs) * 1000, '/s', {}),
    figure('proof and signatures of one item', heaviest, 'bytes', {
      goal: { of: 'value', atMost: mostBytes },
    }),
  ];
}

/** Items signed in one batch with their proofs, and what one of them carries. */
export const benchBatchSignatures: BenchSection = async (options) => {
  const count = options.quick ? 10_000 : 100_000;
  const items = Array.from({ length: count }, () => systemRuntime.randomBytes(ITEM_BYTES));
  const bareRate = bareTreeRate(count);
  return SUITES.flatMap((suite) => benchSuite(suite, items, bareRate, options));
};
