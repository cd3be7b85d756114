import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import { Gate, isSame } from '../../src/main/doors/loopback/gate.ts';
import { assertFrame, MAX_FRAME_BYTES } from '../../src/main/doors/shared/frames.ts';

/** Whether a frame is taken. Fails where it is refused by anything but our own error. */
function isTaken(frame: unknown): boolean {
  try {
    assertFrame(frame);
    return true;
  } catch (error) {
    if (!isCountersignError(error, 'INPUT_INVALID')) throw error;
    return false;
  }
}

const path = fc.stringMatching(/^[a-z]{1,12}(\/[a-zA-Z]{1,20}){0,2}$/);
const plainKey = fc
  .string({ maxLength: 12 })
  .filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key));
const { value: input } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(plainKey, tie('value'), { maxKeys: 4 }),
  ),
}));

describe('a frame', () => {
  it('of the protocol is taken, whatever its input says', () => {
    fc.assert(
      fc.property(path, input, (procedure, json) => {
        expect(isTaken(JSON.stringify({ i: '1', p: { u: `/${procedure}`, b: { json } } }))).toBe(true);
      }),
    );
  });

  it('with a key that reaches a prototype is refused, however deep it lies', () => {
    const key = fc.constantFrom('__proto__', 'constructor', 'prototype');
    fc.assert(
      fc.property(key, fc.integer({ min: 0, max: 20 }), (bad, depth) => {
        const json = `${'{"a":['.repeat(depth)}{"${bad}":{"polluted":true}}${']}'.repeat(depth)}`;
        expect(isTaken(`{"i":"1","p":{"u":"/ledger/post","b":{"json":${json}}}}`)).toBe(false);
        expect(Reflect.get({}, 'polluted')).toBeUndefined();
      }),
    );
  });

  it('of any other kind is refused by our own error and nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.uint8Array({ maxLength: 200 }), fc.anything()),
        (frame) => {
          const text = typeof frame === 'string' ? frame : '';
          if (!/"i"/.test(text)) expect(isTaken(frame)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('may carry bytes behind its head, and is bounded as a whole', () => {
    const head = Buffer.from('{"i":"1","p":{"u":"/intake/write"}}');
    const withBytes = (length: number) =>
      Buffer.concat([head, Buffer.from([0xff]), Buffer.alloc(length, 0x5b)]);
    expect(isTaken(withBytes(1024 * 1024))).toBe(true);
    expect(isTaken(withBytes(MAX_FRAME_BYTES))).toBe(false);
    expect(isTaken(' '.repeat(MAX_FRAME_BYTES + 1))).toBe(false);
  });

  it('that only ends a call needs no payload', () => {
    expect(isTaken('{"i":"1","t":4}')).toBe(true);
    expect(isTaken('{"i":"1","t":3,"p":{"e":"done"}}')).toBe(true);
    expect(isTaken('{"i":"1","t":3}')).toBe(false);
  });
});

describe('the gate', () => {
  const randoms = () => {
    let counter = 0;
    return (length: number) => {
      counter += 1;
      return Buffer.alloc(length, counter);
    };
  };

  it('compares texts of any length', () => {
    expect(isSame('a', 'a')).toBe(true);
    expect(isSame('a', 'b')).toBe(false);
    expect(isSame('a', 'aa')).toBe(false);
    expect(isSame('', '')).toBe(true);
  });

  it('issues one token at a time', () => {
    const gate = new Gate(randoms());
    const first = gate.issueToken();
    const second = gate.issueToken();
    expect(gate.exchange(first)).toBe(null);
    const secret = gate.exchange(second)!;
    expect(gate.isSession(secret)).toBe(true);
    expect(gate.isSession(second)).toBe(false);
    expect(gate.isSession('')).toBe(false);
  });

  it('has no way in before a token is issued', () => {
    const gate = new Gate(randoms());
    expect(gate.exchange('')).toBe(null);
    expect(gate.exchange('null')).toBe(null);
    expect(gate.isSession('undefined')).toBe(false);
  });
});
