import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatRecoveryKey,
  parseRecoveryKey,
  RECOVERY_KEY_BYTES,
} from '../../src/main/vault/recovery-key.ts';
import { codeOf } from '../support/refusal.ts';

const secrets = fc.uint8Array({ minLength: RECOVERY_KEY_BYTES, maxLength: RECOVERY_KEY_BYTES });

describe('the printed recovery key', () => {
  test('reads back from its printed form', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const text = formatRecoveryKey(secret);
        expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){12}[0-9A-HJKMNP-TV-Z]{4}$/);
        expect(parseRecoveryKey(text)).toEqual(Buffer.from(secret));
      }),
    );
  });

  test('reads back from lower case, other spacing and look-alike letters', () => {
    const secret = Buffer.alloc(RECOVERY_KEY_BYTES, 0x08);
    const text = formatRecoveryKey(secret);
    expect(text).toContain('0');
    expect(text).toContain('1');
    const copied = text.toLowerCase().replaceAll('-', '  ').replaceAll('0', 'o').replaceAll('1', 'l');
    expect(parseRecoveryKey(copied)).toEqual(secret);
  });

  test('a slip in any one place is found', () => {
    const text = formatRecoveryKey(Buffer.from(Array.from({ length: RECOVERY_KEY_BYTES }, (_, i) => i * 7)));
    for (let at = 0; at < text.length; at += 1) {
      if (text[at] === '-') continue;
      const slip = text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1);
      expect(codeOf(() => parseRecoveryKey(slip))).toBe('VAULT_RECOVERY_KEY_INVALID');
    }
  });

  test.each([
    ['nothing', ''],
    ['a group missing', 'AAAA-'.repeat(12)],
    ['a group too many', 'AAAA-'.repeat(14)],
    ['a letter that no key has', `UUUU-${'0000-'.repeat(12)}`],
  ])('refuses %s', (_, text) => {
    expect(codeOf(() => parseRecoveryKey(text))).toBe('VAULT_RECOVERY_KEY_INVALID');
  });
});
