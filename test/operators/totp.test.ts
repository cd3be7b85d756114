import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromBase32,
  hotp,
  otpauthOf,
  STEP_SECONDS,
  stepAt,
  stepOfCode,
  toBase32,
} from '../../src/main/operators/totp.ts';

/** The secret of RFC 4226, appendix D, and of the SHA-1 rows of RFC 6238, appendix B. */
const SECRET = Buffer.from('12345678901234567890', 'ascii');

describe('one-time passwords', () => {
  // RFC 4226, appendix D.
  it.each(
    ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map(
      (code, counter) => [counter, code] as const,
    ),
  )('counter %i gives %s', (counter, code) => {
    expect(hotp(SECRET, counter)).toBe(code);
  });

  // RFC 6238, appendix B, the rows of SHA-1.
  it.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('at second %i it is %s', (second, code) => {
    expect(hotp(SECRET, stepAt(second * 1_000), 8)).toBe(code);
  });
});

describe('taking a code', () => {
  const nowMs = 1_234_567_890_000;
  const now = stepAt(nowMs);
  const taken = (step: number, lastStep = -1) => stepOfCode(SECRET, hotp(SECRET, step), { nowMs, lastStep });

  it.each([
    ['the code of now', now, -1, now],
    ['the one before, for a clock that is behind', now - 1, -1, now - 1],
    ['the one after, for a clock that is ahead', now + 1, -1, now + 1],
    ['one two steps old', now - 2, -1, undefined],
    ['one two steps ahead', now + 2, -1, undefined],
    ['one that was used', now, now, undefined],
    ['one older than the one that was used', now - 1, now, undefined],
    ['the one after the one that was used', now + 1, now, now + 1],
  ])('%s', (_, step, lastStep, expected) => {
    expect(taken(step, lastStep)).toBe(expected);
  });

  it.each(['', '12345', '1234567', 'abcdef', '00000０'])('refuses %j', (code) => {
    expect(stepOfCode(SECRET, code, { nowMs, lastStep: -1 })).toBeUndefined();
  });

  it('takes the code with the space that apps show', () => {
    const code = hotp(SECRET, now);
    expect(stepOfCode(SECRET, `${code.slice(0, 3)} ${code.slice(3)}`, { nowMs, lastStep: -1 })).toBe(now);
  });

  it('lasts thirty seconds', () => {
    expect(STEP_SECONDS).toBe(30);
    expect(stepAt(29_999)).toBe(0);
    expect(stepAt(30_000)).toBe(1);
  });
});

describe('base32', () => {
  // RFC 4648, section 10, without the padding.
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('%j is %j', (text, base32) => {
    expect(toBase32(Buffer.from(text, 'ascii'))).toBe(base32);
    expect(fromBase32(base32)?.toString('ascii')).toBe(text);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(
          fromBase32(
            toBase32(bytes)
              .toLowerCase()
              .replace(/(.{4})/g, '$1 '),
          ),
        ).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each(['A', '0', 'MZ1', 'MZ', 'ÄÄ'])('refuses %j', (text) => {
    expect(fromBase32(text)).toBeUndefined();
  });

  it('names issuer and operator to the app', () => {
    expect(otpauthOf('MZXW6YTB', 'Ada Weiss')).toBe(
      'otpauth://totp/Countersign%3AAda%20Weiss?secret=MZXW6YTB&issuer=Countersign&algorithm=SHA1&digits=6&period=30',
    );
  });
});
