import {
  type Ceremonies,
  type CeremonyPerson,
  createCeremonies,
  type KeyHome,
} from '../../src/main/ceremonies/index.ts';
import { checkValueOf } from '../../src/main/ceremonies/root-key.ts';
import { hybridSignatures } from '../../src/main/crypto/index.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

export const caller = { actor: 'operator-1', traceId: 'trace-ceremony' };
const SUITE = 'Ed25519+ML-DSA-65';

/** People with real keys; `1` leads, `2` to `6` are custodians, `7` and `8` witnesses. */
const keys = new Map(
  Array.from({ length: 8 }, (_, at) => {
    const pair = hybridSignatures[SUITE].keyPair((target) => crypto.getRandomValues(target));
    return [String(at + 1), pair] as const;
  }),
);

export const LEADER = '1';
export const CUSTODIANS = ['2', '3', '4', '5', '6'];
export const WITNESS = '7';

const person = (operatorId: string): CeremonyPerson | undefined => {
  const pair = keys.get(operatorId);
  return (
    pair && { operatorId, name: `Person ${operatorId}`, suite: SUITE, publicKey: Buffer.from(pair.publicKey) }
  );
};

/** A token in memory; `fail` makes its next work of a kind fail, or lie. */
export function memoryToken() {
  const held = new Map<number, Buffer>();
  const home: KeyHome = {
    describe: async () => 'test token',
    async install({ keyId }, value) {
      held.set(keyId, Buffer.from(value));
    },
    async checkValue(keyId) {
      const value = held.get(keyId);
      return value && checkValueOf(value);
    },
    async remove(keyId) {
      held.delete(keyId);
    },
    rewrap: async () => 3,
  };
  return { held, home };
}

export interface CeremonyWorld {
  t: TestVault;
  ceremonies: Ceremonies;
  readonly token: ReturnType<typeof memoryToken>;
  readonly runtime: ReturnType<typeof fixedClockRuntime>;
  /** Sheets that were handed out, by share: what custodians took home. */
  readonly sheets: Map<number, string>;
  reopen(): Promise<void>;
  close(): void;
}

export async function openWorld(): Promise<CeremonyWorld> {
  const runtime = fixedClockRuntime(Date.UTC(2026, 10, 21));
  const token = memoryToken();
  const build = ({ vault, sealing, audit }: TestVault) =>
    createCeremonies({
      ...{ vault, sealing, audit, runtime },
      home: () => token.home,
      people: {
        person,
        async sign(operatorId, proof, signed) {
          if (proof.passphrase !== `passphrase ${operatorId}`) throw new Error('a wrong passphrase');
          if (proof.needsCode && proof.code !== '000000') throw new Error('a code is missing');
          const { secretKey } = keys.get(operatorId)!;
          const fillRandom = (target: Uint8Array) => runtime.randomFill(target);
          return hybridSignatures[SUITE].signer({ secretKey, fillRandom }).sign(signed);
        },
      },
    });
  const t = await openTestVault({ runtime });
  const world: CeremonyWorld = {
    t,
    ceremonies: build(t),
    token,
    runtime,
    sheets: new Map(),
    async reopen() {
      world.t.vault.close();
      world.t = await world.t.reopen();
      world.ceremonies = build(world.t);
    },
    close: () => world.t.close(),
  };
  return world;
}

/** Does and signs the step whose turn it is; answers its id, or undefined at the end. */
export async function nextStep(world: CeremonyWorld, ceremonyId: string): Promise<string | undefined> {
  const { ceremonies, sheets } = world;
  const step = ceremonies.get(ceremonyId).script.find(({ state }) => state === 'now' || state === 'signing');
  if (step === undefined) return undefined;
  if (step.state === 'now') await act(world, ceremonyId, step);
  for (const { operatorId, signed } of step.signers) {
    if (!signed) await sign(world, ceremonyId, step.id, operatorId);
  }
  return step.id;

  async function act(
    { runtime }: CeremonyWorld,
    id: string,
    { id: stepId, act: what, share }: { id: string; act: string; share: number | null },
  ) {
    runtime.advance(60_000);
    const isTyped = what === 'read-back' || what === 'collect';
    const typed = isTyped ? { share: sheets.get(share!)! } : {};
    const { sheet } = await ceremonies.act(caller, { ceremonyId: id, stepId, ...typed });
    if (sheet !== null) sheets.set(sheet.share, sheet.words.join(' '));
  }
}

export const sign = ({ ceremonies }: CeremonyWorld, ceremonyId: string, stepId: string, operatorId: string) =>
  ceremonies.sign(caller, {
    ...{ ceremonyId, stepId, operatorId },
    passphrase: `passphrase ${operatorId}`,
    code: '000000',
  });

/** Runs a ceremony to its end. */
export async function runThrough(world: CeremonyWorld, ceremonyId: string): Promise<string[]> {
  const done: string[] = [];
  for (;;) {
    const step = await nextStep(world, ceremonyId);
    if (step === undefined) return done;
    done.push(step);
  }
}

export const begin = (world: CeremonyWorld, more: object = {}) =>
  world.ceremonies.begin(caller, LEADER, {
    kind: 'generate',
    rehearsal: false,
    label: 'root kek',
    threshold: 3,
    custodians: CUSTODIANS,
    bringing: [],
    witnesses: [WITNESS],
    ...more,
  } as Parameters<Ceremonies['begin']>[2]);

export { transcriptPrimitives as primitives } from '../../src/main/engine/ceremonies.ts';
