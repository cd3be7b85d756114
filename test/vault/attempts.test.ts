import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CountersignError } from '../../src/main/base/index.ts';
import { ATTEMPTS_FILE, LONGEST_WAIT_MS, waitAfterMs, withBackOff } from '../../src/main/vault/attempts.ts';
import { clock, codeOf } from './slot-support.ts';

let directory: string;
let runtime: ReturnType<typeof clock>;
const file = () => join(directory, ATTEMPTS_FILE);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-attempts-'));
  runtime = clock();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const wrong = () =>
  codeOf(() =>
    withBackOff(directory, runtime, () =>
      Promise.reject(new CountersignError('VAULT_PASSPHRASE_WRONG', 'No key slot opens with it.')),
    ),
  );
const right = () => codeOf(() => withBackOff(directory, runtime, async () => 'opened'));
const retryAfterMs = async (): Promise<number> => {
  const error = await withBackOff(directory, runtime, async () => 'opened').catch((thrown) => thrown);
  return error instanceof CountersignError ? Number(error.details.retryAfterMs) : 0;
};
/** Fails until the wait is the longest there is. */
async function failOften(times = 14): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    await wrong();
    runtime.nowIsMs += LONGEST_WAIT_MS;
  }
  await wrong();
}

test('the wait grows from nothing to five minutes and no further', () => {
  expect([0, 1, 2, 3, 4, 5, 10, 11, 12, 50, 1_000].map(waitAfterMs)).toEqual([
    0, 0, 0, 1_000, 2_000, 4_000, 128_000, 256_000, 300_000, 300_000, 300_000,
  ]);
});

test('ten wrong ones: each is refused as wrong or told to wait, and the right one opens after the wait', async () => {
  const answers: string[] = [];
  for (let i = 0; i < 10; i += 1) {
    answers.push(await wrong());
    const waitMs = await retryAfterMs();
    if (waitMs > 0) {
      expect(await wrong()).toBe('VAULT_BACKING_OFF');
      // To ask while it waits does not make the wait longer, and the right one waits like a wrong one.
      expect(await retryAfterMs()).toBe(waitMs);
      runtime.nowIsMs += waitMs - 1;
      expect(await right()).toBe('VAULT_BACKING_OFF');
      runtime.nowIsMs += 1;
    } else writeFileSync(file(), JSON.stringify({ failures: i + 1, lastAtMs: runtime.nowIsMs }));
  }
  expect(answers).toEqual(Array(10).fill('VAULT_PASSPHRASE_WRONG'));
  expect(await right()).toBe('no error');
  expect(existsSync(file())).toBe(false);
});

test('it is counted before it is tried, so that a kill in the middle wins nothing', async () => {
  let during = '';
  await withBackOff(directory, runtime, async () => {
    during = readFileSync(file(), 'utf8');
  });
  expect(JSON.parse(during)).toEqual({ failures: 1, lastAtMs: runtime.nowIsMs });
});

test('a failure of another kind takes back its own count, and no guess that came beside it', async () => {
  const failing = Promise.withResolvers<void>();
  const other = withBackOff(directory, runtime, () => failing.promise);
  await wrong();
  await wrong();
  failing.reject(new CountersignError('VAULT_HEADER_INVALID', 'The header was changed.'));
  await expect(other).rejects.toMatchObject({ code: 'VAULT_HEADER_INVALID' });
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ failures: 2 });
});

test('another failure than a wrong passphrase does not count', async () => {
  await wrong();
  const before = readFileSync(file(), 'utf8');
  const other = () => Promise.reject(new CountersignError('VAULT_HEADER_INVALID', 'The header was changed.'));
  expect(await codeOf(() => withBackOff(directory, runtime, other))).toBe('VAULT_HEADER_INVALID');
  expect(readFileSync(file(), 'utf8')).toBe(before);
});

test.each([
  ['the future', (nowMs: number) => ({ failures: 40, lastAtMs: nowMs + 1e12 })],
  ['a count beyond reason', (nowMs: number) => ({ failures: Number.MAX_SAFE_INTEGER, lastAtMs: nowMs })],
])('a file edited to %s holds the right holder up for five minutes at most', async (_, content) => {
  writeFileSync(file(), JSON.stringify(content(runtime.nowIsMs)));
  const waitMs = await retryAfterMs();
  expect(waitMs).toBe(LONGEST_WAIT_MS);
  runtime.nowIsMs += LONGEST_WAIT_MS;
  expect(await right()).toBe('no error');
});

test.each([['{'], ['[]'], ['{"failures":-1,"lastAtMs":0}'], ['{"failures":1e99,"lastAtMs":0}'], ['']])(
  'a file edited to %j is no brake and no lock',
  async (content) => {
    writeFileSync(file(), content);
    expect(await right()).toBe('no error');
  },
);

test('a clock that is set back starts the wait anew, once', async () => {
  await failOften();
  runtime.nowIsMs -= 10 * 365 * 86_400_000;
  expect(await retryAfterMs()).toBe(LONGEST_WAIT_MS);
  runtime.nowIsMs += LONGEST_WAIT_MS - 1;
  expect(await right()).toBe('VAULT_BACKING_OFF');
  runtime.nowIsMs += 1;
  expect(await right()).toBe('no error');
});
