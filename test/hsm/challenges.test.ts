import { expect, test } from 'vitest';
import { systemRuntime } from '../../src/main/base/index.ts';
import { CHALLENGE_MS, createChallenges } from '../../src/main/hsm/challenges.ts';

let aheadMs = 0;
const runtime = { ...systemRuntime, monotonicMs: () => systemRuntime.monotonicMs() + aheadMs };
const connection = {};
const ada = { operatorId: '1', connection };
const code = (value: string) => expect.objectContaining({ code: value });
/** An answer to one message alone, as a signature is. */
const answerTo = (message: Buffer) => (signed: Buffer) => signed.equals(message);

test('a challenge names vault, operator, connection and moment, and is never the same', () => {
  const challenges = createChallenges(runtime, 'vault-1');
  const [first, again] = [challenges.issue(ada), challenges.issue(ada)].map(String);
  expect(first).toMatch(
    /^countersign card v2\nvault vault-1\noperator 1\nconnection [0-9a-f]{32}\nat \d+\nnonce [0-9a-f]{64}$/,
  );
  expect(again).not.toBe(first);
  expect(again!.split('\n')[3]).toBe(first!.split('\n')[3]);
  const elsewhere = challenges.issue({ ...ada, connection: {} }).toString();
  expect(elsewhere.split('\n')[3]).not.toBe(first!.split('\n')[3]);
});

test('it is answered once, by whom and where it was given', () => {
  const challenges = createChallenges(runtime, 'vault-1');
  const given = challenges.issue(ada);
  challenges.take(given, ada, answerTo(given));
  expect(() => challenges.take(given, ada, answerTo(given))).toThrow(code('HSM_CARD_REPLAYED'));
  for (const other of [
    { ...ada, operatorId: '2' },
    { ...ada, connection: {} },
  ]) {
    const theirs = challenges.issue(ada);
    expect(() => challenges.take(theirs, other, answerTo(theirs))).toThrow(code('HSM_CARD_REPLAYED'));
    // Asked for by somebody else it is used up all the same.
    expect(() => challenges.take(theirs, ada, answerTo(theirs))).toThrow(code('HSM_CARD_REPLAYED'));
  }
  const foreign = createChallenges(runtime, 'vault-2').issue(ada);
  expect(() => challenges.take(foreign, ada, answerTo(foreign))).toThrow(code('HSM_CARD_REPLAYED'));
});

test('an answer that was given to an earlier challenge is told from one that is just wrong', () => {
  const challenges = createChallenges(runtime, 'vault-1');
  const before = challenges.issue(ada);
  challenges.take(before, ada, answerTo(before));
  const now = challenges.issue(ada);
  expect(() => challenges.take(now, ada, answerTo(before))).toThrow(code('HSM_CARD_REPLAYED'));
  const then = challenges.issue(ada);
  expect(() => challenges.take(then, ada, () => false)).toThrow(code('HSM_CARD_REFUSED'));
});

test('it holds for half a minute, whatever the machine’s clock is set to', () => {
  const challenges = createChallenges(runtime, 'vault-1');
  const given = challenges.issue(ada);
  aheadMs += CHALLENGE_MS - 1_000;
  challenges.take(given, ada, answerTo(given));
  const late = challenges.issue(ada);
  aheadMs += CHALLENGE_MS;
  expect(() => challenges.take(late, ada, answerTo(late))).toThrow(code('HSM_CARD_EXPIRED'));
});
