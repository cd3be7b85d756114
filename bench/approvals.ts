/** From the click of the last checker to the command that has run, through the whole contract. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRouterClient } from '@orpc/server';
import type { ApprovalRequired } from '../src/contract/approvals.ts';
import type { RoleId } from '../src/contract/operators.ts';
import { systemRuntime } from '../src/main/base/index.ts';
import { type HybridSignature, hybridSignatureBy } from '../src/main/crypto/index.ts';
import type { Client } from '../src/main/doors/shared/client.ts';
import { createEngineHost } from '../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt } from '../src/main/operators/totp.ts';
import { BENCH_PASSPHRASE } from './engine.ts';
import { type BenchFigure, type BenchSection, median, percentile } from './figure.ts';

const SUITE = 'Ed25519+ML-DSA-65';
const STEP_MS = 30_000;
/** Least that is promised: with native signatures, and where the runtime has none. */
const NATIVE_MS = 50;
const NOBLE_MS = 150;
const P99 = 'approval, from click to executed, p99';
const PASSPHRASE = 'violet anchors drift past seven lanterns';

interface Person {
  readonly name: string;
  readonly roles: RoleId[];
  readonly secret: string;
}
const person = (name: string, roles: RoleId[], last: string): Person => ({
  name,
  roles,
  secret: `GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ${last}`,
});
const ADA = person('Ada Weiss', ['administrator', 'security-officer'], 'A');
const BO = person('Bo Lind', ['administrator', 'security-officer'], 'B');
const CLEO = person('Cleo Maas', ['treasury-analyst'], 'C');
const DOV = person('Dov Perl', ['treasury-approver'], 'D');

/** Connections of four people to one engine, two of whom were named by the other two. */
async function openPeople(folder: string) {
  let aheadMs = 0;
  const runtime = { ...systemRuntime, nowMs: () => systemRuntime.nowMs() + aheadMs };
  const host = createEngineHost({ version: '0.0.0-bench', dataFolder: folder, runtime });
  const connect = (): Client => {
    const context = host.contextFor('loopback');
    return createRouterClient(host.router, { context: () => context });
  };
  const codeOf = ({ secret }: Person) => hotp(fromBase32(secret)!, stepAt(runtime.nowMs()));
  const newcomer = (one: Person) => ({
    ...{ name: one.name, passphrase: PASSPHRASE },
    secondFactor: { secret: one.secret, code: codeOf(one) },
  });
  const signedIn = async (one: Person): Promise<Client> => {
    // Each code is taken once: the clock goes on by a step.
    aheadMs += STEP_MS;
    const client = connect();
    await client.session.signIn({ name: one.name, passphrase: PASSPHRASE, code: codeOf(one) });
    return client;
  };
  const owner = connect();
  await owner.vault.create({ name: 'bench', passphrase: BENCH_PASSPHRASE });
  await owner.operators.nameOfficers({ officers: [newcomer(ADA), newcomer(BO)] });
  const [ada, bo] = [await signedIn(ADA), await signedIn(BO)];
  for (const one of [CLEO, DOV]) {
    const create = () =>
      ada.operators.create({ kind: 'person', ...newcomer(one), roles: [...one.roles] }).then(() => {});
    await agree(bo, await requestOf(create));
    await create();
  }
  return { host, maker: await signedIn(CLEO), checker: await signedIn(DOV) };
}

async function requestOf(run: () => Promise<void>): Promise<string> {
  try {
    await run();
  } catch (error) {
    const { code, data } = error as { code?: string; data?: unknown };
    if (code === 'APPROVAL_REQUIRED') return (data as ApprovalRequired).requestId;
    throw error;
  }
  throw new Error('a command ran without a second person');
}

async function agree(client: Client, requestId: string): Promise<number> {
  const { commandHash } = await client.approvals.get({ requestId });
  const startMs = performance.now();
  const { state } = await client.approvals.vote({ requestId, commandHash, decision: 'approve' });
  const tookMs = performance.now() - startMs;
  if (state !== 'executed' && state !== 'approved') throw new Error(`the request is ${state}`);
  return tookMs;
}

/** Milliseconds of one signature and its verification, no more. */
function signAndVerify(scheme: HybridSignature, rounds: number): number {
  const fillRandom = systemRuntime.randomFill;
  const { publicKey, secretKey } = scheme.keyPair(fillRandom);
  const message = Buffer.alloc(400, 7);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now();
    const signature = scheme.signer({ secretKey, fillRandom }).sign({ purpose: 'approval', message });
    if (!scheme.verifier(publicKey).verify({ purpose: 'approval', message, signature })) {
      throw new Error('a signature does not verify');
    }
    times.push(performance.now() - startMs);
  }
  return median(times);
}

async function clicks(maker: Client, checker: Client, count: number): Promise<number[]> {
  const accounts: string[] = [];
  for (const code of ['9901', '9902']) {
    const account = { code, name: `Bench ${code}`, kind: 'equity', currency: 'EUR' } as const;
    accounts.push((await maker.ledger.createAccount(account)).id);
  }
  const [from, to] = accounts as [string, string];
  const times: number[] = [];
  for (let at = 1; at <= count; at += 1) {
    const post = async () => {
      await maker.ledger.post({
        entries: [
          {
            id: `01890000-0000-7000-8000-${String(at).padStart(12, '0')}`,
            effectiveDate: '2026-03-01',
            postings: [
              { accountId: from, amountMinor: -BigInt(at), currency: 'EUR' },
              { accountId: to, amountMinor: BigInt(at), currency: 'EUR' },
            ],
          },
        ],
      });
    };
    times.push(await agree(checker, await requestOf(post)));
  }
  return times;
}

/** The same section in a process whose runtime has no ML-DSA of its own. */
function withNoble(quick: boolean): BenchFigure {
  const [main, preload] = ['./main.ts', './without-native.mjs'].map((name) => new URL(name, import.meta.url));
  const given = ['--import', preload!.href, fileURLToPath(main!), 'approvals', '--json'];
  const text = execFileSync(process.execPath, [...given, ...(quick ? ['--quick'] : [])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { figures } = JSON.parse(text) as { figures: readonly BenchFigure[] };
  const found = figures.find(({ name }) => name === P99);
  if (found?.goal?.atMost !== NOBLE_MS) throw new Error('the process without ML-DSA had it all the same');
  return { ...found, name: `${P99}, with noble` };
}

export const benchApprovals: BenchSection = async ({ quick, say }) => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const rounds = quick ? 30 : 200;
  const figures: BenchFigure[] = [];
  try {
    const { host, maker, checker } = await openPeople(folder);
    try {
      say(`${rounds} adjustments, each agreed to by another person`);
      const times = (await clicks(maker, checker, rounds + 10)).slice(10);
      const native = hybridSignatureBy(SUITE, 'native');
      const noble = hybridSignatureBy(SUITE, 'noble')!;
      const scheme = native ?? noble;
      const reference = { name: `one ${SUITE} signature, verified`, value: signAndVerify(scheme, 50) };
      const atMost = native === undefined ? NOBLE_MS : NATIVE_MS;
      const base = { section: 'approvals', unit: 'ms', reference } as const;
      const p99 = percentile(times, 99);
      figures.push(
        { ...base, name: 'approval, from click to executed, median', value: median(times) },
        { ...base, name: P99, value: p99, goal: { of: 'value', atMost } },
        {
          section: 'approvals',
          unit: 'ms',
          name: 'the same signature with noble',
          value: signAndVerify(noble, 20),
        },
      );
      if (native !== undefined) {
        say('the same where the runtime has no ML-DSA');
        figures.push(withNoble(quick));
      }
    } finally {
      await host.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
};
