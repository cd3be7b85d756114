import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EXIT } from '../../src/main/doors/cli/exit-codes.ts';
import { runProgram } from '../../src/main/doors/cli/program.ts';
import { temporaryFolder } from '../doors/support.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const vault = join(folder.path, 'demo.vault');
const out = join(folder.path, 'transcript.json');

async function countersign(...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    ...{ isTTY: false, columns: 80 },
    write(text: string) {
      written[name] += text;
      return true;
    },
  });
  const streams = { stdout: stream('stdout') as never, stderr: stream('stderr') as never };
  const { signal } = new AbortController();
  const places = { dataFolder: join(folder.path, 'vaults'), runFolder: join(folder.path, 'run') };
  const code = await runProgram({ argv: [...argv, '--json'], signal, ...places, ...streams });
  const { stdout, stderr } = written;
  return { code, json: stdout === '' ? null : JSON.parse(stdout), stderr };
}
const inVault = (...argv: string[]) => countersign(...argv, '--vault', vault);

test('a 3-of-5 rehearsal runs on SoftHSM, and a stranger verifies its transcript', async () => {
  const { code, json, stderr } = await inVault('ceremony', 'rehearse', '--out', out);
  expect(stderr).not.toContain('error');
  expect({ code, json }).toMatchObject({
    code: EXIT.done,
    json: { ceremonyId: '1', transcript: out, verified: true, quorum: '3 of 5', steps: 17 },
  });
  expect(json.verifiedInMs).toBeLessThan(1_000);

  const verified = await countersign('verify-ceremony', out);
  expect(verified).toMatchObject({ code: EXIT.done, json: { verified: true, rehearsal: true } });
  expect(verified.json.seal).toBe(json.seal);
  expect(verified.json.participants).toHaveLength(7);

  const text = readFileSync(out, 'utf8');
  const bent = join(folder.path, 'bent.json');
  writeFileSync(bent, text.replace('"kind": "generate"', '"kind": "rotate"'));
  expect(await countersign('verify-ceremony', bent)).toMatchObject({
    code: EXIT.notVerified,
    json: { verified: false },
  });
  writeFileSync(bent, text.replace(/("fingerprint",\s+")./, '$1x'));
  expect(await countersign('verify-ceremony', bent)).toMatchObject({
    code: EXIT.notVerified,
    json: { verified: false, step: 'generate' },
  });

  const list = await inVault('ceremony', 'list');
  expect(list.json.ceremonies).toMatchObject([{ id: '1', rehearsal: true, state: 'done', stepsDone: 17 }]);
  const shown = await inVault('ceremony', 'show', '1');
  expect(shown.json).toMatchObject({ threshold: 3, shares: 5 });
  const again = await inVault('ceremony', 'transcript', '1');
  expect(again.json.text).toBe(text);
}, 180_000);

test('words that no command has are a mistake of use', async () => {
  for (const argv of [
    ['ceremony'],
    ['ceremony', 'begin'],
    ['ceremony', 'show'],
    ['ceremony', 'list', 'x'],
    ['ceremony', 'list', '--out', 'x'],
    ['verify-ceremony'],
    ['verify-ceremony', '/none/such'],
  ]) {
    expect((await countersign(...argv)).code, argv.join(' ')).toBe(EXIT.usage);
  }
});
