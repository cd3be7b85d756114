import { describe, expect, test } from 'vitest';
import { judgePassphrase, requireStrongPassphrase } from '../../src/main/vault/strength.ts';
import { codeOf } from './slot-support.ts';

describe('a passphrase', () => {
  test.each([
    ['', 0],
    ['Tr0ub4dor&3', 4],
    ['aaaaaaaaaaaaaaaa', 1],
    ['ab12ab12ab12ab12', 1],
    ['password2026!', 2],
    ['qwertyuiop123', 2],
    ['abcdefghijklmnop', 1],
    ['iloveyou1234', 2],
  ])('%j is refused, at score %i or less', async (passphrase, atMost) => {
    const verdict = await judgePassphrase(passphrase);
    expect(verdict.score).toBeLessThanOrEqual(atMost);
    expect(verdict.acceptable).toBe(false);
    expect([verdict.warning, ...verdict.suggestions].join('')).not.toBe('');
    expect(await codeOf(() => requireStrongPassphrase(passphrase, []))).toBe('VAULT_PASSPHRASE_WEAK');
  });

  test.each([
    'correct horse battery staple lamp',
    'x9#Kq2!vLz7@Wp4$',
    'countersign demo vault',
    'Zürich-Zürich',
  ])('%j is taken', async (passphrase) => {
    expect(await judgePassphrase(passphrase)).toMatchObject({ acceptable: true });
    expect(await codeOf(() => requireStrongPassphrase(passphrase, []))).toBe('no error');
  });

  test('is too short below twelve characters, counting what people see, however odd it is', async () => {
    expect(await judgePassphrase('áéíóú')).toMatchObject({
      acceptable: false,
      warning: 'Use 12 characters or more; these are 5.',
    });
    expect(await judgePassphrase('x9#Kq2!vLz7')).toMatchObject({ score: 4, acceptable: false });
  });

  test('is refused without being repeated', async () => {
    const secret = 'password2026!';
    const error = await requireStrongPassphrase(secret, []).catch((thrown: unknown) => thrown);
    expect(JSON.stringify([String(error), error])).not.toContain(secret);
    expect(error).toMatchObject({ details: { actual: 'score 2' } });
  });

  test('is judged in a moment, however long it is', async () => {
    await judgePassphrase('warm');
    const startedMs = performance.now();
    await judgePassphrase('ab'.repeat(512));
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
