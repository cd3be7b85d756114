import { describe, expect, it } from 'vitest';
import { isAcceptable, strengthOf } from '../../src/renderer/src/vault/strength.ts';

const verdict = (score: number, acceptable = score >= 3, warning = '', suggestions: string[] = []) => ({
  score,
  acceptable,
  warning,
  suggestions,
});

describe('what is said of a passphrase', () => {
  it.each([
    [true, null, 'empty', false],
    [true, verdict(4), 'empty', false],
    [false, null, 'judging', true],
    [false, 'failed' as const, 'unjudged', true],
    [false, verdict(0), 'weak', false],
    [false, verdict(2), 'weak', false],
    [false, verdict(4, false), 'weak', false],
    [false, verdict(3), 'fair', true],
    [false, verdict(4), 'strong', true],
  ])('empty %s, verdict %j: %s', (isEmpty, answer, kind, acceptable) => {
    const strength = strengthOf(isEmpty, answer);
    expect(strength.kind).toBe(kind);
    expect(isAcceptable(strength)).toBe(acceptable);
  });

  it('gives the warning as the reason, else the first suggestion', () => {
    expect(strengthOf(false, verdict(1, false, 'It repeats.', ['Add words.']))).toMatchObject({
      why: 'It repeats.',
    });
    expect(strengthOf(false, verdict(1, false, '', ['Add words.']))).toMatchObject({ why: 'Add words.' });
  });
});
