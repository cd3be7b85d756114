import { describe, expect, it } from 'vitest';
import { isAcceptable, judge } from '../../src/renderer/src/vault/strength.ts';

describe('judge', () => {
  it.each([
    ['', 'empty'],
    ['Tr0ub4dor&3', 'short'],
    ['aaaaaaaaaaaaaaaa', 'repeats'],
    ['ab12ab12ab12ab12', 'repeats'],
    ['password2026!', 'common'],
    ['Qwertz123456!', 'common'],
    ['mother father', 'weak'],
    ['abcdefghijklmnop', 'common'],
    ['correct horse battery lamp', 'fair'],
    ['correct horse battery staple lamp', 'strong'],
    ['x9#Kq2!vLz7@Wp4$', 'strong'],
  ])('%s is %s', (passphrase, kind) => expect(judge(passphrase).kind).toBe(kind));

  it('says how many characters are missing, counting what people see', () => {
    expect(judge('áéíóú')).toEqual({ kind: 'short', missing: 7 });
    expect(judge('🗝🗝🗝')).toEqual({ kind: 'short', missing: 9 });
  });

  it('lets only fair and strong through', () => {
    expect(['', 'short', 'password2026!', 'mother father'].map((text) => isAcceptable(judge(text)))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(isAcceptable(judge('correct horse battery staple lamp'))).toBe(true);
  });
});
