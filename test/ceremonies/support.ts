import {
  type Ceremonies,
  type CeremonyPeople,
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
/** Those who may lead; `6` is a custodian besides, and `8` takes no part. */
const MAY_LEAD = new Set([LEADER, '6', WITNESS, '8']);

const person = (operatorId: string): CeremonyPerson | undefined => {
  const pair = keys.get(operatorId);
  return (
    pair && { operatorId, name: `Person ${operatorId}`, suite: SUITE, publicKey: Buffer.from(pair.publicKey) }
  );
};

/**
 * A token in memory, and under which key each seed lies that it keeps sealed: `null` is its own. `cut`
 * is asked before and after each work that changes the token, and may throw.
 */
export function memoryToken() {
  const held = new Map<number, Buffer>();
  const seeds = new Map<string, number | null>();
  const token = {
    isThere: true,
    held,
    seeds,
    cut: (_where: string): void => {},
    home: undefined as unknown as KeyHome,
    onCommit: (work: () => void) => work(),
  };
  token.home = {
    describe: async () => 'test token',
    async install({ keyId }, value) {
      token.cut('before install');
      held.set(keyId, Buffer.from(value));
      token.cut('after install');
    },
    async checkValue(keyId) {
      const value = held.get(keyId);
      return value && checkValueOf(value);
    },
    async remove(keyId) {
      token.cut('before remove');
      held.delete(keyId);
      token.cut('after remove');
    },
    lyingUnder: (keyId) => [...seeds.values()].filter((under) => under === keyId).length,
    async bringUnder(keyId, from) {
      token.cut('before bringUnder');
      const moving = [...seeds].flatMap(([id, under]) => (under === null || under === from ? id : []));
      return {
        moved: moving.length,
        write: () => token.onCommit(() => void moving.forEach((id) => void seeds.set(id, keyId))),
      };
    },
  };
  return token;
}

/** What somebody's own key signs. */
export function signAs(
  operatorId: string,
  signed: { readonly purpose: string; readonly message: Uint8Array },
): Buffer {
  const { secretKey } = keys.get(operatorId)!;
  const fillRandom = (target: Uint8Array) => void crypto.getRandomValues(target);
  return hybridSignatures[SUITE].signer({ secretKey, fillRandom }).sign(signed);
}

export interface CeremonyWorld {
  readonly people: { person: CeremonyPeople['person'] };
  t: TestVault;
  ceremonies: Ceremonies;
  readonly token: ReturnType<typeof memoryToken>;
  readonly runtime: ReturnType<typeof fixedClockRuntime>;
  /** Sheets that were handed out, by share: what custodians took home. */
  readonly sheets: Map<number, string>;
  /** What somebody has in their hands who reads a share back or brings one. */
  sheetOf: (act: string, share: number) => string;
  reopen(): Promise<void>;
  close(): void;
}

export async function openWorld(): Promise<CeremonyWorld> {
  const runtime = fixedClockRuntime(Date.UTC(2026, 10, 21));
  const token = memoryToken();
  const people = { person };
  const build = ({ vault, sealing, audit }: TestVault) =>
    createCeremonies({
      ...{ vault, sealing, audit, runtime },
      home: () => (token.isThere ? token.home : undefined),
      people: {
        person: (operatorId) => people.person(operatorId),
        mayLead: (operatorId) => MAY_LEAD.has(operatorId),
        async sign(operatorId, proof, signed) {
          if (proof.passphrase !== `passphrase ${operatorId}`) throw new Error('a wrong passphrase');
          if (proof.needsCode && proof.code !== '000000') throw new Error('a code is missing');
          return signAs(operatorId, signed);
        },
      },
    });
  const t = await openTestVault({ runtime });
  token.onCommit = (work) => world.t.vault.onCommit(work);
  const world: CeremonyWorld = {
    t,
    ceremonies: build(t),
    token,
    runtime,
    people,
    sheets: new Map(),
    sheetOf: (_act, share) => world.sheets.get(share)!,
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
  const { ceremonies } = world;
  const step = ceremonies.get(ceremonyId).script.find(({ state }) => state === 'now' || state === 'signing');
  if (step === undefined) return undefined;
  if (step.state === 'now') await act(world, ceremonyId, step);
  for (const { operatorId, signed } of step.signers) {
    if (!signed) await sign(world, ceremonyId, step.id, operatorId);
  }
  return step.id;
}

/** Does a step; a share that is handed out is kept as its custodian keeps it. */
export async function act(
  { ceremonies, runtime, sheets, sheetOf }: CeremonyWorld,
  ceremonyId: string,
  { id: stepId, act: what, share }: { id: string; act: string; share: number | null },
): Promise<void> {
  runtime.advance(60_000);
  const isTyped = what === 'read-back' || what === 'collect';
  const typed = isTyped ? { share: sheetOf(what, share!) } : {};
  const { sheet } = await ceremonies.act(caller, { ceremonyId, stepId, ...typed });
  if (sheet !== null) sheets.set(sheet.share, sheet.words.join(' '));
}

export const sign = ({ ceremonies }: CeremonyWorld, ceremonyId: string, stepId: string, operatorId: string) =>
  ceremonies.sign(caller, {
    ...{ ceremonyId, stepId, operatorId },
    passphrase: `passphrase ${operatorId}`,
    code: '000000',
  });

/** Ends a ceremony before its time; the signatures are still to come. */
export const abandon = (
  { ceremonies }: CeremonyWorld,
  ceremonyId: string,
  standIns: readonly string[] = [],
  reason = 'for the test',
) => ceremonies.abandon(caller, { ceremonyId, reason, standIns });

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
