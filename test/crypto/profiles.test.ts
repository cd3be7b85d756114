import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CryptoInputError } from '../../src/main/crypto/options.ts';
import { type ProfileConstraints, pickProfile } from '../../src/main/crypto/profile-choice.ts';
import {
  type Figures,
  kemOf,
  measureProfile,
  type ProfileFigures,
  signatureOf,
} from '../../src/main/crypto/profile-measure.ts';
import {
  PARTNERS,
  PROFILES,
  type Profile,
  type ProfileName,
  type ProfilePolicy,
  raiseProfile,
  strengthOf,
} from '../../src/main/crypto/profiles.ts';
import { findAlgorithm } from '../../src/main/crypto/registry.ts';
import { fillRandom } from './both.ts';

const profileOf = (name: ProfileName): Profile => PROFILES.find((profile) => profile.name === name)!;

describe('the table of profiles', () => {
  test.each([
    ['wire_transfers', 'ML-KEM-768', 'ML-DSA-65', true, false],
    ['payment_processing', 'ML-KEM-768', 'ML-DSA-65', true, false],
    ['real_time_payments', 'ML-KEM-512', 'ML-DSA-44', true, true],
    ['trading', 'ML-KEM-512', 'ML-DSA-44', false, false],
    ['hsm_master_keys', 'ML-KEM-1024', 'ML-DSA-87', true, false],
    ['root_certificates', undefined, 'ML-DSA-87', true, false],
    ['archive', 'ML-KEM-1024', undefined, true, false],
  ] as const)('%s', (name, kem, signature, hsmRequired, batched) => {
    const profile = profileOf(name);
    expect([profile.kem, profile.signature]).toEqual([kem, signature]);
    expect([profile.hsmRequired, profile.batched]).toEqual([hsmRequired, batched]);
  });

  test('real-time payments: 50 ms and 10,000 a second; trading: 1 ms; archive: 20 years', () => {
    expect(profileOf('real_time_payments')).toMatchObject({ latencyMs: 50, perSecond: 10_000 });
    expect(profileOf('trading').latencyMs).toBe(1);
    expect(profileOf('archive').horizonYears).toBeGreaterThanOrEqual(20);
    expect(PROFILES).toHaveLength(7);
  });

  test('no profile protects for longer than its algorithms are relied on', () => {
    for (const { kem, signature, horizonYears } of PROFILES) {
      const names = [kem && PARTNERS.kem[kem], signature && PARTNERS.signature[signature]];
      for (const name of names.filter((found) => found !== undefined)) {
        const algorithm = findAlgorithm(name);
        expect(algorithm?.quantumSafe, name).toBe(true);
        expect(algorithm?.horizonYears, name).toBeGreaterThanOrEqual(horizonYears);
      }
    }
  });
});

describe('a policy', () => {
  test('raises wire transfers to 1024 and 87', () => {
    const raised = raiseProfile({ profile: 'wire_transfers', kem: 'ML-KEM-1024', signature: 'ML-DSA-87' });
    expect(raised).toMatchObject({
      ok: true,
      profile: { name: 'wire_transfers', kem: 'ML-KEM-1024', signature: 'ML-DSA-87', latencyMs: 500 },
    });
    expect(profileOf('wire_transfers').kem).toBe('ML-KEM-768');
  });

  test('may ask for Falcon-512 in trading, and nowhere else', () => {
    expect(raiseProfile({ profile: 'trading', signature: 'Falcon-512' })).toMatchObject({
      ok: true,
      profile: { signature: 'Falcon-512', kem: 'ML-KEM-512' },
    });
    for (const { name } of PROFILES.filter((profile) => profile.signature && profile.name !== 'trading')) {
      expect(raiseProfile({ profile: name, signature: 'Falcon-512' })).toMatchObject({
        ok: false,
        reason: 'not_offered',
        field: 'signature',
      });
    }
  });

  test.each<[string, ProfilePolicy, string, string]>([
    ['a weaker KEM', { profile: 'wire_transfers', kem: 'ML-KEM-512' }, 'would_lower', 'kem'],
    ['a weaker signature', { profile: 'wire_transfers', signature: 'ML-DSA-44' }, 'would_lower', 'signature'],
    [
      'one raised, one lowered',
      { profile: 'wire_transfers', kem: 'ML-KEM-1024', signature: 'ML-DSA-44' },
      'would_lower',
      'signature',
    ],
    ['software keys', { profile: 'wire_transfers', hsmRequired: false }, 'would_lower', 'hsmRequired'],
    ['a shorter horizon', { profile: 'archive', horizonYears: 10 }, 'would_lower', 'horizonYears'],
    ['a longer latency', { profile: 'trading', latencyMs: 2 }, 'would_lower', 'latencyMs'],
    ['a lower rate', { profile: 'real_time_payments', perSecond: 9_999 }, 'would_lower', 'perSecond'],
    ['a KEM where there is none', { profile: 'root_certificates', kem: 'ML-KEM-1024' }, 'not_offered', 'kem'],
    [
      'a signature where there is none',
      { profile: 'archive', signature: 'ML-DSA-87' },
      'not_offered',
      'signature',
    ],
    ['an unknown profile', { profile: 'cards' as ProfileName }, 'profile_unknown', 'profile'],
    ['an unknown KEM', { profile: 'trading', kem: 'RSA' as 'ML-KEM-512' }, 'value_invalid', 'kem'],
    ['no number', { profile: 'trading', latencyMs: Number.NaN }, 'value_invalid', 'latencyMs'],
    ['zero', { profile: 'trading', latencyMs: 0 }, 'value_invalid', 'latencyMs'],
    ['an unknown member', { profile: 'trading', kme: 'x' } as ProfilePolicy, 'field_unknown', 'kme'],
  ])('is refused: %s', (_, policy, reason, field) => {
    const refused = raiseProfile(policy);
    expect(refused).toMatchObject({ ok: false, reason, field });
    expect(refused).toHaveProperty('message', expect.stringMatching(/\.$/));
  });

  test('that is accepted never lowers anything but for what the table offers', () => {
    const policies = fc.record(
      {
        profile: fc.constantFrom(...PROFILES.map(({ name }) => name)),
        kem: fc.constantFrom('ML-KEM-512' as const, 'ML-KEM-768' as const, 'ML-KEM-1024' as const),
        signature: fc.constantFrom(...(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87', 'Falcon-512'] as const)),
        hsmRequired: fc.boolean(),
        horizonYears: fc.integer({ min: 1, max: 40 }),
        latencyMs: fc.integer({ min: 1, max: 2_000 }),
        perSecond: fc.integer({ min: 1, max: 20_000 }),
      },
      { requiredKeys: ['profile'] },
    );
    let accepted = 0;
    fc.assert(
      fc.property(policies, (policy) => {
        const raised = raiseProfile(policy as ProfilePolicy);
        if (!raised.ok) return;
        accepted += 1;
        const before = profileOf(policy.profile);
        const after = raised.profile;
        if (after.signature !== 'Falcon-512') {
          expect(strengthOf(after)).toBeGreaterThanOrEqual(strengthOf(before));
        } else expect(after.name).toBe('trading');
        expect(after.horizonYears).toBeGreaterThanOrEqual(before.horizonYears);
        expect(after.latencyMs).toBeLessThanOrEqual(before.latencyMs);
        expect(after.perSecond).toBeGreaterThanOrEqual(before.perSecond);
        expect(Number(after.hsmRequired)).toBeGreaterThanOrEqual(Number(before.hsmRequired));
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});

const figures = (p99Ms: number, perSecond: number): Figures => ({
  p50Ms: p99Ms / 2,
  p99Ms,
  perSecond,
  rounds: 100,
});

/** Figures of a machine on which everything is quick enough. */
function quick(profile: Profile): ProfileFigures {
  const { name, kem, signature, batchItems } = profile;
  return {
    profile: name,
    ...(kem && { kem }),
    ...(signature && { signature }),
    implementation: 'best',
    single: figures(0.5, 5_000),
    batched: { ...figures(2, 100_000), items: batchItems },
  };
}
const allQuick = PROFILES.map(quick);
const replaced = (name: ProfileName, change: Partial<ProfileFigures>) =>
  allQuick.map((found) => (found.profile === name ? { ...found, ...change } : found));
const pick = (constraints: ProfileConstraints, measured: readonly ProfileFigures[] = allQuick) =>
  pickProfile({ constraints, measured });

describe('picking a profile', () => {
  test('takes the one that is named', () => {
    for (const { name } of PROFILES) {
      const choice = pick({ profile: name, hsmPresent: true });
      expect(choice).toMatchObject({ ok: true, profile: { name }, figures: { profile: name } });
    }
  });

  test('without a name takes the strongest that meets the constraints', () => {
    const named = (constraints: ProfileConstraints) => {
      const choice = pick(constraints);
      return choice.ok ? choice.profile.name : choice.reason;
    };
    const needs = ['kem', 'signature'] as const;
    expect(named({ hsmPresent: true, needs })).toBe('wire_transfers');
    expect(named({ hsmPresent: false, needs })).toBe('trading');
    expect(named({ hsmPresent: true, needs: ['kem'], horizonYears: 20 })).toBe('archive');
    expect(named({ hsmPresent: true, perSecond: 10_000 })).toBe('real_time_payments');
    expect(named({ hsmPresent: true, latencyMs: 0.1 })).toBe('none_fits');
    expect(named({ hsmPresent: true, needs, horizonYears: 50 })).toBe('none_fits');
  });

  test('refuses a profile that this machine is too slow for, and says by how much', () => {
    const choice = pick(
      { profile: 'trading', hsmPresent: false },
      replaced('trading', { single: figures(1.6, 900) }),
    );
    expect(choice).toMatchObject({
      ok: false,
      reason: 'none_fits',
      refused: [
        {
          profile: 'trading',
          objections: [
            {
              reason: 'too_slow',
              wanted: 1,
              found: 1.6,
              message: 'It takes 1.6 ms here (p99); 1 ms are allowed.',
            },
            { reason: 'too_few', wanted: 1_000, found: 900 },
          ],
        },
      ],
    });
  });

  test('a profile for batches is judged by its batches, the wait for one included', () => {
    const profile = profileOf('real_time_payments');
    const waitMs = (profile.batchItems * 1000) / profile.perSecond;
    const judged = (p99Ms: number) =>
      pick(
        { profile: 'real_time_payments', hsmPresent: true },
        replaced('real_time_payments', {
          // By itself each message would be far too slow; nothing is signed by itself here.
          single: figures(400, 3),
          batched: { ...figures(p99Ms, 40_000), items: profile.batchItems },
        }),
      );
    expect(judged(50 - waitMs).ok).toBe(true);
    expect(judged(50.1 - waitMs)).toMatchObject({ ok: false });
  });

  test.each<[string, ProfileConstraints, string]>([
    ['no HSM', { profile: 'wire_transfers', hsmPresent: false }, 'hsm_absent'],
    ['too short a horizon', { profile: 'trading', hsmPresent: true, horizonYears: 3 }, 'horizon_too_short'],
    ['no KEM', { profile: 'root_certificates', hsmPresent: true, needs: ['kem'] }, 'kem_missing'],
    ['no signature', { profile: 'archive', hsmPresent: true, needs: ['signature'] }, 'signature_missing'],
    ['a shorter latency asked', { profile: 'archive', hsmPresent: true, latencyMs: 0.4 }, 'too_slow'],
    ['a higher rate asked', { profile: 'archive', hsmPresent: true, perSecond: 6_000 }, 'too_few'],
  ])('says why: %s', (_, constraints, reason) => {
    const choice = pick(constraints);
    expect(choice).toMatchObject({ ok: false, refused: [{ objections: [{ reason }] }] });
  });

  test('figures count only for the algorithms they were measured with', () => {
    const raised = raiseProfile({ profile: 'wire_transfers', signature: 'ML-DSA-87' });
    if (!raised.ok) throw new Error('the policy was refused');
    const constraints = { profile: 'wire_transfers', hsmPresent: true } as const;
    const profiles = [raised.profile];
    expect(pickProfile({ constraints, measured: allQuick, profiles })).toMatchObject({
      ok: false,
      refused: [{ objections: [{ reason: 'not_measured' }] }],
    });
    const choice = pickProfile({ constraints, measured: [quick(raised.profile)], profiles });
    expect(choice).toMatchObject({ ok: true, profile: { signature: 'ML-DSA-87' } });
  });

  test('a figure that is no number is never good enough', () => {
    const broken = replaced('archive', { single: figures(Number.NaN, Number.NaN) });
    expect(pick({ profile: 'archive', hsmPresent: true }, broken)).toMatchObject({
      refused: [{ objections: [{ reason: 'too_slow' }, { reason: 'too_few' }] }],
    });
  });

  test('refuses constraints that are none', () => {
    for (const latencyMs of [0, -1, Number.NaN, Infinity]) {
      expect(pick({ hsmPresent: true, latencyMs })).toMatchObject({
        ok: false,
        reason: 'constraint_invalid',
      });
    }
    const misspelt = { hsmPresent: true, latency: 3 };
    expect(() => pick(misspelt)).toThrow(CryptoInputError);
  });
});

describe('measuring a profile', () => {
  test.each(PROFILES.map((profile) => [profile.name, profile] as const))(
    '%s, on this machine',
    (_, profile) => {
      const found = measureProfile({
        profile,
        monotonicMs: () => performance.now(),
        fillRandom,
        budgetMs: 1,
      });
      expect(found).toMatchObject({ profile: profile.name, implementation: 'best' });
      for (const each of [found!.single, found!.exchange, found!.batched]) {
        if (each === undefined) continue;
        expect(each.rounds).toBeGreaterThanOrEqual(20);
        expect(each.p50Ms).toBeGreaterThan(0);
        expect(each.p99Ms).toBeGreaterThanOrEqual(each.p50Ms);
        expect(each.perSecond).toBeGreaterThan(0);
      }
      expect(found!.exchange === undefined).toBe(profile.kem === undefined);
      expect(found!.batched.items).toBe(profile.batchItems);
    },
  );

  test('names the end that is slower: both are timed by the clock that is given', () => {
    // Each look at this clock moves it by one millisecond, so each end takes one and a round takes two.
    let nowMs = 0;
    const monotonicMs = () => {
      nowMs += 1;
      return nowMs;
    };
    const found = measureProfile({ profile: profileOf('archive'), monotonicMs, fillRandom, budgetMs: 200 })!;
    expect(found.single).toMatchObject({ p50Ms: 2, p99Ms: 2, perSecond: 1_000 });
  });

  test('says nothing where the runtime lacks the implementation', () => {
    const raised = raiseProfile({ profile: 'trading', signature: 'Falcon-512' });
    if (!raised.ok) throw new Error('the policy was refused');
    const options = {
      profile: raised.profile,
      monotonicMs: () => performance.now(),
      fillRandom,
      budgetMs: 1,
    };
    expect(measureProfile({ ...options, implementation: 'native' })).toBeUndefined();
    expect(measureProfile({ ...options, implementation: 'noble' })).toMatchObject({
      signature: 'Falcon-512',
    });
  });

  test('each name stands for its hybrid, native, noble and whichever is best', () => {
    for (const implementation of ['best', 'native', 'noble'] as const) {
      for (const [name, partner] of Object.entries(PARTNERS.kem)) {
        expect(kemOf(name as keyof typeof PARTNERS.kem, implementation)?.algorithm).toBe(partner);
      }
    }
    expect(kemOf('ML-KEM-1024', 'noble')?.implementation).toBe('noble');
    expect(kemOf('ML-KEM-1024')?.implementation).toBe('native');
    expect(signatureOf('ML-DSA-44')?.suite).toBe('Ed25519+ML-DSA-44');
    expect(signatureOf('ML-DSA-44', 'noble')?.implementation).toBe('noble');
  });
});
