import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/main/doors/cli/program.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt } from '../../src/main/operators/totp.ts';
import { temporaryFolder } from './support.ts';

const VAULT = 'correct horse battery staple';
const PASSPHRASE = 'violet anchors drift past seven lanterns';
const SECRETS = ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR'] as const;
const OFFICERS = ['Ada Weiss', 'Bo Lind'] as const;

const folder = temporaryFolder();
const vaults = ['one', 'other'].map((name) => join(folder.path, `${name}.vault`));
const dataFolder = join(folder.path, 'vaults');
const runFolder = join(folder.path, 'run');

/** Codes are taken once: each officer of each vault has three, the one before, of and after now. */
const used = new Map<string, number>();
function nextCode(vault: string, who: number): string {
  const key = `${vault} ${who}`;
  const ahead = used.get(key) ?? 0;
  used.set(key, ahead + 1);
  return hotp(fromBase32(SECRETS[who]!)!, stepAt(Date.now()) + ahead);
}

async function create(directory: string): Promise<void> {
  const engine = createEngineHost({ dataFolder, vaultDirectory: directory, version: 'test' });
  // Only a window names the officers of a vault in which nobody is named.
  const context = engine.contextFor('loopback');
  const client = createRouterClient(engine.router, { context: () => context });
  await client.vault.create({ name: 'books', passphrase: VAULT, directory });
  await client.operators.nameOfficers({
    officers: SECRETS.map((secret, i) => ({
      name: OFFICERS[i]!,
      passphrase: PASSPHRASE,
      secondFactor: { secret, code: hotp(fromBase32(secret)!, stepAt(Date.now()) - 1) },
    })),
  });
  await engine.close();
}

beforeAll(async () => {
  process.env.COUNTERSIGN_PASSPHRASE = VAULT;
  for (const vault of vaults) await create(vault);
}, 60_000);
afterEach(() => {
  delete process.env.COUNTERSIGN_OPERATOR_PASSPHRASE;
  delete process.env.COUNTERSIGN_TOTP;
});
afterAll(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
  folder.remove();
});

async function countersign(at: number, who: number | null, ...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    columns: 80,
    write: (text: string) => {
      written[name] += text;
      return true;
    },
  });
  const vault = vaults[at]!;
  const all = [...argv, '--vault', vault, '--json'];
  if (who !== null) {
    process.env.COUNTERSIGN_OPERATOR_PASSPHRASE = PASSPHRASE;
    process.env.COUNTERSIGN_TOTP = nextCode(vault, who);
    all.push('--operator', OFFICERS[who]!);
  }
  const code = await runProgram({
    argv: all,
    stdout: stream('stdout') as never,
    stderr: stream('stderr') as never,
    signal: new AbortController().signal,
    dataFolder,
    runFolder,
  });
  const text = written.stdout || written.stderr;
  return { code, json: JSON.parse(text) };
}

describe('packets on the command line', () => {
  const file = (name: string) => join(folder.path, name);

  it('carry a request from one vault to another and its answer back', async () => {
    // Ada asks at the first vault for Bo’s roles; Ada of the other vault is known at the first as nobody yet.
    const roles = JSON.stringify({
      id: '2',
      roles: ['administrator', 'security-officer', 'custody-officer'],
    });
    const asked = await countersign(0, 0, 'call', 'operators.setRoles', roles);
    expect(asked).toMatchObject({ code: 7, json: { approvalRequired: { state: 'pending' } } });
    const { requestId } = asked.json.approvalRequired;

    const made = await countersign(0, 0, 'approvals', 'packet', 'export', requestId, '--out', file('p.json'));
    expect(made).toMatchObject({ code: 0, json: { file: file('p.json') } });
    const shown = await countersign(1, 1, 'approvals', 'packet', 'read', file('p.json'));
    expect(shown.json).toMatchObject({
      isOwn: false,
      requestId,
      signerKnownAs: null,
      makerName: 'Ada Weiss',
    });

    const words = ['approvals', 'packet', 'answer', file('p.json'), 'approve', '--out', file('a.json')];
    const untrusted = await countersign(1, 1, ...words);
    expect(untrusted).toMatchObject({ code: 6, json: { error: { code: 'PACKET_SIGNER_UNKNOWN' } } });
    const trust = shown.json.signerFingerprint.match(/.{4}/g).join(' ').toUpperCase();
    const answered = await countersign(1, 0, ...words, '--reason', 'looked at it', '--trust', trust);
    expect(answered).toMatchObject({ code: 0, json: { file: file('a.json') } });
    expect(JSON.parse(readFileSync(file('a.json'), 'utf8'))).toMatchObject({
      decision: 'approve',
      request: requestId,
    });

    // Nobody’s card is enrolled at the first vault, so the answer is nobody’s.
    const taken = await countersign(0, null, 'approvals', 'packet', 'take', file('a.json'));
    expect(taken.json.error.code).toBe('PACKET_SIGNER_UNKNOWN');
    const card = await countersign(1, 0, 'approvals', 'card', 'show', '--out', file('c.json'));
    expect(card.json).toMatchObject({ name: 'ada-weiss.card.json', file: file('c.json') });
    const enrolled = await countersign(0, 1, 'approvals', 'card', 'enrol', '2', file('c.json'));
    expect(enrolled).toMatchObject({ code: 7, json: { approvalRequired: { policyId: 'people' } } });
  }, 120_000);

  it.each(
    [
      ['approvals', 'packet'],
      ['approvals', 'packet', 'export'],
      ['approvals', 'packet', 'answer', 'f'],
      ['approvals', 'packet', 'answer', 'f', 'maybe'],
      ['approvals', 'packet', 'take', 'f', '--out', 'g'],
      ['approvals', 'packet', 'read', 'f', '--trust', 'k'],
      ['approvals', 'card', 'enrol', '2'],
      ['approvals', 'card', 'show', '--reason', 'why'],
      ['approvals', 'list', '--out', 'g'],
      ['approvals', 'packet', 'read', 'no-such-file'],
    ].map((argv) => [argv.join(' '), argv] as const),
  )('refuse %s', async (_, argv) => {
    const { code, json } = await countersign(0, null, ...argv);
    expect([code, json.error.code]).toEqual([2, 'USAGE']);
  });
});
