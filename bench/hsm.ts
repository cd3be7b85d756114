/**
 * The HSM: signing with verification through its process beside the same work in one thread, what a
 * single request costs, and the drill that kills the process every second.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Pkcs11 from 'pkcs11js';
import { systemRuntime } from '../src/main/base/index.ts';
import { forkHost } from '../src/main/doors/shared/fork-host.ts';
import { drillHsm, withDrillHsm } from '../src/main/engine/hsm-drill.ts';
import { startHsmClient } from '../src/main/hsm/client.ts';
import { CKA, CKM, CKO, CKU, type Cryptoki, gcmParameter, SESSION_FLAGS } from '../src/main/hsm/cryptoki.ts';
import { OP } from '../src/main/hsm/frames.ts';
import { prepareSoftHsm } from '../src/main/hsm/softhsm.ts';
import { benchCeremony } from './ceremony.ts';
import { type BenchFigure, type BenchOptions, type BenchSection, median, percentile } from './figure.ts';

const ENTRY = new URL('../src/main/hsm/hsm.process.ts', import.meta.url);
const PINS = { pin: 'bench-user-pin', soPin: 'bench-officer-pin' };
const IN_FLIGHT = 256;
const ROUNDS = 5;
const DRILL_S = 60;
const QUICK_DRILL_S = 5;

const figure = (name: string, value: number, unit: string, rest: Partial<BenchFigure> = {}): BenchFigure => ({
  section: 'hsm',
  name,
  value,
  unit,
  ...rest,
});

const HALVES = { 'P-256': CKM.ECDSA, Ed25519: CKM.EDDSA } as const;
type Measured = keyof typeof HALVES;
const keyId = (algorithm: string) => Buffer.from(algorithm.padEnd(16, '.')).toString('hex');

/** How often `work` runs in a second, one after another. */
function rate(work: () => void, forMs: number): number {
  const startedMs = performance.now();
  let count = 0;
  while (performance.now() - startedMs < forMs) {
    for (let i = 0; i < 32; i += 1) work();
    count += 32;
  }
  return (count / (performance.now() - startedMs)) * 1_000;
}

/** The library in this very thread: what everything else is held against. */
async function directLibrary(choice: ReturnType<typeof prepareSoftHsm>) {
  Object.assign(process.env, choice.environment);
  const binding = (await import('pkcs11js')) as unknown as { default: typeof Pkcs11 };
  const library = new binding.default.PKCS11() as unknown as Cryptoki;
  library.load(choice.path);
  library.C_Initialize();
  const session = library.C_OpenSession(library.C_GetSlotList(true)[0]!, SESSION_FLAGS);
  library.C_Login(session, CKU.USER, PINS.pin);
  const find = (algorithm: string, objectClass: number) => {
    library.C_FindObjectsInit(session, [
      { type: CKA.CLASS, value: objectClass },
      { type: CKA.ID, value: Buffer.from(keyId(algorithm), 'hex') },
    ]);
    const [found] = library.C_FindObjects(session, 1);
    library.C_FindObjectsFinal(session);
    return found!;
  };
  const message = Buffer.from('a payment of some length, as desks sign them');
  const out = Buffer.alloc(128);

  const pair = (algorithm: Measured) => {
    const mechanism = { mechanism: HALVES[algorithm] };
    const [privateKey, publicKey] = [find(algorithm, CKO.PRIVATE_KEY), find(algorithm, CKO.PUBLIC_KEY)];
    const dataOf = () => (algorithm === 'P-256' ? createHash('sha256').update(message).digest() : message);
    const sign = () => {
      library.C_SignInit(session, mechanism, privateKey);
      return library.C_Sign(session, dataOf(), out);
    };
    const signAndVerify = () => {
      const signature = sign();
      library.C_VerifyInit(session, mechanism, publicKey);
      library.C_Verify(session, dataOf(), signature);
    };
    return { sign, signAndVerify };
  };
  const aes = find('AES-256', CKO.SECRET_KEY);
  const seal = () => {
    const mechanism = { mechanism: CKM.AES_GCM, parameter: gcmParameter(Buffer.alloc(12, 1), message) };
    library.C_EncryptInit(session, mechanism, aes);
    library.C_Encrypt(session, message, out);
  };
  return { pair, seal, message };
}

/** Requests a second with so many in flight, and how long each took. */
async function load(ask: () => Promise<unknown>, inFlight: number, forMs: number) {
  const startedMs = performance.now();
  const tookMs: number[] = [];
  const worker = async () => {
    while (performance.now() - startedMs < forMs) {
      const askedMs = performance.now();
      await ask();
      tookMs.push(performance.now() - askedMs);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { perSecond: (tookMs.length / (performance.now() - startedMs)) * 1_000, tookMs };
}

async function benchProcess({ quick, say }: BenchOptions): Promise<BenchFigure[]> {
  const forMs = quick ? 300 : 1_000;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-hsm-'));
  const choice = prepareSoftHsm(folder);
  const client = startHsmClient({
    spawnHost: forkHost,
    entry: ENTRY,
    runtime: systemRuntime,
    silentMs: 60_000,
  });
  const figures: BenchFigure[] = [];
  try {
    await client.call('initialise', { ...choice, label: 'bench', ...PINS });
    await client.call('open', { ...choice, token: { label: 'bench' } });
    await client.call('login', { pin: PINS.pin });
    const numbers = new Map<string, number>();
    for (const algorithm of ['P-256', 'Ed25519', 'AES-256', 'RSA-2048'] as const) {
      const startedMs = performance.now();
      const wanted = { keyId: keyId(algorithm), algorithm, label: algorithm, mayMigrate: false };
      const ref = await client.call('generate', wanted);
      const tookMs = performance.now() - startedMs;
      if (algorithm === 'RSA-2048') {
        figures.push(
          figure('a new RSA-2048 key, proven', tookMs, 'ms', { goal: { of: 'value', atMost: 5_000 } }),
        );
      }
      numbers.set(algorithm, (await client.call('use', ref)).number);
    }
    const direct = await directLibrary(choice);
    for (const algorithm of ['P-256', 'Ed25519'] as const) {
      say(`${algorithm} …`);
      const { sign, signAndVerify } = direct.pair(algorithm);
      const ask = () => client.use(OP.sign, numbers.get(algorithm)!, direct.message);
      await load(ask, IN_FLIGHT, forMs / 4);
      // In turns, so that both sides see the same machine.
      const pairs: { direct: number; through: number }[] = [];
      for (let i = 0; i < ROUNDS; i += 1) {
        const reference = rate(signAndVerify, forMs);
        pairs.push({ direct: reference, through: (await load(ask, IN_FLIGHT, forMs)).perSecond });
      }
      const middle = pairs.sort((a, b) => a.through / a.direct - b.through / b.direct)[
        Math.floor(ROUNDS / 2)
      ]!;
      const reference = { name: 'sign and verify on the token, one thread', value: middle.direct };
      const goal = { of: 'ratio', atLeast: 0.75 } as const;
      figures.push(
        figure(`sign and verify, ${algorithm}, ${IN_FLIGHT} in flight`, middle.through, 'signatures/s', {
          reference,
          goal,
        }),
        figure(`signing alone, ${algorithm}, one thread`, rate(sign, forMs), 'signatures/s'),
      );
      const directMs = 1_000 / middle.direct;
      const { tookMs } = await load(ask, 1, forMs);
      figures.push(
        figure(`added to a single request, ${algorithm}, p99`, percentile(tookMs, 99) - directMs, 'ms', {
          goal: { of: 'value', atMost: 1 },
        }),
        figure(`added to a single request, ${algorithm}, median`, median(tookMs) - directMs, 'ms'),
        figure(`the slowest request, ${algorithm}`, Math.max(...tookMs), 'ms', {
          goal: { of: 'value', atMost: 1_000 },
        }),
      );
    }
    figures.push(figure('AES-256-GCM on the token, one thread', rate(direct.seal, forMs), 'seals/s'));
    const seal = () => client.use(OP.encrypt, numbers.get('AES-256')!, direct.message);
    const { perSecond } = await load(seal, IN_FLIGHT, forMs);
    figures.push(figure(`AES-256-GCM through the process, ${IN_FLIGHT} in flight`, perSecond, 'seals/s'));
    return figures;
  } finally {
    client.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The whole room: pool, recovery and, where the request carries an id, the vault. */
function benchRoom(forMs: number): Promise<BenchFigure[]> {
  const caller = { actor: 'bench', traceId: '' };
  return withDrillHsm({ spawnHost: forkHost }, async (hsm) => {
    const { keyId: id } = await hsm.generateKey(
      { name: 'Bench', algorithm: 'P-256', mayMigrate: false },
      caller,
    );
    const message = Buffer.from('a payment of some length, as desks sign them');
    const plain = await load(() => hsm.sign({ keyId: id, message }), IN_FLIGHT, forMs);
    let asked = 0;
    const kept = await load(
      () => {
        asked += 1;
        return hsm.sign({ keyId: id, message, id: `bench-${asked}` });
      },
      IN_FLIGHT,
      forMs,
    );
    return [
      figure('signing by the room, P-256', plain.perSecond, 'signatures/s'),
      figure(
        'signing by the room under an id, answer kept in the vault first',
        kept.perSecond,
        'signatures/s',
      ),
    ];
  });
}

async function benchDrill({ quick, say }: BenchOptions): Promise<BenchFigure[]> {
  const seconds = quick ? QUICK_DRILL_S : DRILL_S;
  say(`the process is killed every second for ${seconds} s …`);
  const drill = await drillHsm({ spawnHost: forkHost, seconds });
  const none = { of: 'value', atMost: 0 } as const;
  return [
    figure('drill: requests answered', drill.answered, 'requests', { goal: { of: 'value', atLeast: 1 } }),
    figure('drill: kills', drill.kills, 'kills', { goal: { of: 'value', atLeast: 1 } }),
    figure('drill: lost', drill.lost, 'requests', { goal: none }),
    figure('drill: answered twice', drill.doubled, 'requests', { goal: none }),
    figure('drill: back in service after a kill, at worst', drill.slowestReturnMs, 'ms', {
      goal: { of: 'value', atMost: 300 },
    }),
  ];
}

export const benchHsm: BenchSection = async (options) => [
  ...(await benchProcess(options)),
  ...(await benchRoom(options.quick ? 500 : 2_000)),
  ...(await benchDrill(options)),
  ...benchCeremony(),
];
