import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KeyState, keyStates } from '../../src/contract/keys.ts';
import { after, isInUse, lifeSteps, requireUsable, stateAt, step } from '../../src/main/keys/life-cycle.ts';
import { expiryOf, keyPolicies } from '../../src/main/keys/policies.ts';
import { lossRefusal, retentionEndMs } from '../../src/main/keys/retention.ts';
import { codeOf, DAY_MS } from './support.ts';

const anyState = fc.constantFrom(...keyStates);
const anySteps = fc.array(fc.constantFrom(...lifeSteps), { maxLength: 12 });

/** Every state that a walk passes; steps that are refused change nothing. */
function walk(from: KeyState, steps: readonly (typeof lifeSteps)[number][]): KeyState[] {
  const states = [from];
  for (const taken of steps) states.push(after(states.at(-1)!, taken) ?? states.at(-1)!);
  return states;
}

describe('the life of a key', () => {
  test('leads from compromised to nothing but destroyed, and from destroyed nowhere', () => {
    fc.assert(
      fc.property(anyState, anySteps, (from, steps) => {
        const states = walk(from, steps);
        const compromised = states.indexOf('compromised');
        const destroyed = states.indexOf('destroyed');
        if (compromised >= 0) {
          expect(states.slice(compromised).every((s) => s === 'compromised' || s === 'destroyed')).toBe(true);
        }
        if (destroyed >= 0) expect(new Set(states.slice(destroyed))).toEqual(new Set(['destroyed']));
      }),
    );
  });

  test('never leads back into use once a key left it', () => {
    fc.assert(
      fc.property(anyState, anySteps, (from, steps) => {
        const used = walk(from, steps).map(isInUse);
        const left = used.indexOf(true) < 0 ? -1 : used.indexOf(false, used.indexOf(true));
        if (left >= 0) expect(used.slice(left)).not.toContain(true);
      }),
    );
  });

  test('reaches each state from pre-active', () => {
    const seen = new Set<KeyState>(['pre-active']);
    for (let round = 0; round < keyStates.length; round += 1) {
      for (const state of [...seen]) {
        for (const taken of lifeSteps) seen.add(after(state, taken) ?? state);
      }
    }
    expect([...seen].sort()).toEqual([...keyStates].sort());
  });

  test('refuses a step with the states it would be allowed from', () => {
    expect(codeOf(() => step('dek-1', 'destroyed', 'activate'))).toBe('KEY_STATE_REFUSED');
    expect(() => step('dek-1', 'compromised', 'replace')).toThrow('compromised cannot replace');
  });

  test.each(keyStates.map((state) => [state, isInUse(state) ? 'no error' : 'KEY_NOT_USABLE'] as const))(
    'a key that is %s asked to sign: %s',
    (state, outcome) => {
      expect(codeOf(() => requireUsable('signing-1', state))).toBe(outcome);
    },
  );
});

describe('the state as of now', () => {
  test.each([
    ['active, its time not near its end', 'active', 200, false, 'active'],
    ['active, its time near its end', 'active', 100, false, 'expiring'],
    ['active, its time over', 'active', 0, false, 'expiring'],
    ['retired, with values on their way', 'retired', 100, true, 'rotating'],
    ['retired', 'retired', 100, false, 'retired'],
    ['compromised, with values on their way', 'compromised', 100, true, 'compromised'],
    ['destroyed', 'destroyed', 100, true, 'destroyed'],
    ['pre-active', 'pre-active', 100, false, 'pre-active'],
  ] as const)('%s', (_, state, warnFromMs, isLeft, shown) => {
    expect(stateAt({ state, warnFromMs, expiresAtMs: null, isLeft }, 150)).toBe(shown);
  });
});

describe('policies', () => {
  test('are those that were asked for', () => {
    const rows = keyPolicies.map((p) => [p.type, p.rotateEveryDays, p.hsmRequired, p.unattended]);
    expect(rows).toEqual([
      ['KEK', 365, true, false],
      ['DEK', 90, false, true],
      ['signing', 365, true, false],
      ['transport', 90, true, true],
      ['log', 365, true, false],
    ]);
    expect(keyPolicies.every((p) => p.warnDays > 0 && p.warnDays < p.rotateEveryDays)).toBe(true);
    expect(expiryOf('DEK', 5)).toBe(5 + 90 * DAY_MS);
  });

  test.each([
    ['7y', '2026Q2', Date.UTC(2033, 6, 1)],
    ['10y', '2026Q4', Date.UTC(2037, 0, 1)],
    ['relationship', '2026Q1', Date.UTC(2036, 3, 1)],
    ['keys', '2026Q1', null],
    ['unheard-of', '2026Q1', null],
  ])('%s of %s may be destroyed from %s on', (retentionClass, quarter, endMs) => {
    expect(retentionEndMs(retentionClass, quarter)).toBe(endMs);
    const at = (nowMs: number, isHeld = false) =>
      lossRefusal(retentionClass, quarter, nowMs, isHeld)?.code ?? 'allowed';
    expect(at((endMs ?? Date.UTC(2100, 0, 1)) - 1)).toBe('KEY_RETENTION_RUNS');
    expect(at(endMs ?? Date.UTC(2100, 0, 1))).toBe(endMs === null ? 'KEY_RETENTION_RUNS' : 'allowed');
    if (endMs !== null) expect(at(endMs, true)).toBe('KEY_UNDER_HOLD');
  });
});
