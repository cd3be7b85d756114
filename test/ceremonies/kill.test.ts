/** The engine is killed in every step of a ceremony on real SoftHSM; the next one goes on where it stood. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { verifyTranscript } from '../../src/main/proof/index.ts';
import { temporaryFolder } from '../doors/support.ts';
import { openTestVault } from '../support/vault.ts';
import { primitives } from './support.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const STEPS = [
  ...['assemble', 'generate', 'hand-out-1', 'hand-out-2', 'read-back-1', 'read-back-2'],
  ...['prove', 'install', 'verify', 'rewrap', 'close'],
];

test('killed in every step, it comes to the same end, and its transcript says so', {
  timeout: 240_000,
}, async () => {
  const vault = await openTestVault();
  vault.vault.close();
  const child = new URL('./kill.child.ts', import.meta.url).pathname;
  const goOn = async (until: string) => {
    const words = [child, vault.directory, folder.path, until];
    const engine = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
    return (await once(engine, 'exit')) as [number | null, NodeJS.Signals | null];
  };
  for (const step of STEPS) expect([step, await goOn(step)]).toEqual([step, [null, 'SIGKILL']]);
  expect(await goOn('')).toEqual([0, null]);

  const text = readFileSync(join(folder.path, 'transcript.json'), 'utf8');
  const answer = verifyTranscript(text, primitives);
  expect(answer, answer.reason).toMatchObject({ verified: true });
  expect(answer.transcript!.steps.map(({ id }) => id)).toEqual(STEPS);
  const classes = answer.transcript!.steps.flatMap(({ exceptions }) => exceptions.map((one) => one.class));
  expect(new Set(classes)).toEqual(new Set(['interrupted']));
  // A run that was cut between tokens and vault did no step: the next one did two.
  expect(classes).toHaveLength(STEPS.length - 2);

  const again = await vault.reopen();
  expect((await again.audit.verify()).findings).toEqual([]);
  const left = again.vault.db
    .prepare(
      'SELECT (SELECT count(secret_sealed_id) FROM ceremony) + (SELECT count(sealed_id) FROM ceremony_share)',
    )
    .pluck()
    .get();
  expect(left).toBe(0n);
  again.close();
});
