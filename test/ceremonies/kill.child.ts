/**
 * An engine that goes on with a ceremony on the embedded SoftHSM, and dies by SIGKILL in the step it is
 * told: between tokens and vault where the step works with tokens, else between step and signatures. The
 * words of its command line: the vault's folder, a folder for what people hold, the step.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAudit } from '../../src/main/audit/index.ts';
import { silentLogger, systemRuntime } from '../../src/main/base/index.ts';
import { hybridSignatures } from '../../src/main/crypto/index.ts';
import { forkHost } from '../../src/main/doors/shared/fork-host.ts';
import { wireCeremonies } from '../../src/main/engine/ceremonies.ts';
import { createHsm } from '../../src/main/hsm/index.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { createSealing } from '../../src/main/sealing/index.ts';
import { openVault } from '../../src/main/vault/index.ts';

const [directory, folder, last] = process.argv.slice(2) as [string, string, string];
const caller = { actor: 'operator-1', traceId: 't' };
const runtime = systemRuntime;
const SUITE = 'Ed25519+ML-DSA-65';

/** Everybody has the same key in every run. */
const keyOf = (id: string) => hybridSignatures[SUITE].keyPair((target) => void target.fill(Number(id)));
const operators = {
  signingPerson: (id: string) => {
    const publicKey = Buffer.from(keyOf(id).publicKey);
    return { name: `Person ${id}`, suite: SUITE, publicKey };
  },
  sessionAs: () => null,
  async signOnce(id: string, _proof: unknown, signed: { purpose: string; message: Uint8Array }) {
    const fillRandom = (target: Uint8Array) => runtime.randomFill(target);
    return hybridSignatures[SUITE].signer({ secretKey: keyOf(id).secretKey, fillRandom }).sign(signed);
  },
};

const die = () => process.kill(process.pid, 'SIGKILL');
/** After which work with the tokens a step is cut. */
const CUT_AFTER: Readonly<Record<string, string>> = {
  install: 'place',
  verify: 'checkValue',
  rewrap: 'bringUnder',
};

const rootKey = Buffer.alloc(32, 0x5a);
const vault = await openVault({ directory, rootKey, runtime, checkpoints: 'commit' });
const sealing = createSealing(vault, runtime);
const feed = createFeed();
const audit = createAudit(vault, sealing, runtime);
const hsm = createHsm({
  ...{ vault, sealing, runtime, feed, log: silentLogger, jobs: createJobs({ runtime, feed }), audit },
  ...{ beat: () => {}, raise: () => {}, keepsSpare: false, spawnHost: forkHost },
});
await hsm.opened();
const placed = new Proxy(hsm.placed, {
  get(target, name) {
    const found = Reflect.get(target, name, target) as unknown;
    if (name !== CUT_AFTER[last] || typeof found !== 'function') return found;
    return async (...given: unknown[]) => {
      await found.apply(target, given);
      die();
    };
  },
});
const ceremonies = wireCeremonies({ vault, runtime, feed } as never, { sealing, audit, operators } as never, {
  ...hsm,
  placed,
});

const paper = join(folder, 'sheets.json');
const sheets: Record<string, string> = existsSync(paper) ? JSON.parse(readFileSync(paper, 'utf8')) : {};
const [known] = ceremonies.list();
const { id: ceremonyId } =
  known ??
  ceremonies.begin(caller, '1', {
    ...{ kind: 'generate', rehearsal: false, label: 'root kek', threshold: 2 },
    ...{ custodians: ['2', '3'], bringing: [], witnesses: ['4'] },
  });
for (;;) {
  const step = ceremonies.get(ceremonyId).script.find(({ state }) => state === 'now' || state === 'signing');
  if (step === undefined) break;
  const { id: stepId, act, share, state, signers } = step;
  if (state === 'now') {
    const typed = act === 'read-back' ? { share: sheets[share!]! } : {};
    const { sheet } = await ceremonies.act(caller, { ceremonyId, stepId, ...typed });
    if (sheet !== null) {
      sheets[sheet.share] = sheet.words.join(' ');
      writeFileSync(paper, JSON.stringify(sheets));
    }
    if (stepId === last) die();
  }
  for (const { operatorId, signed } of signers)
    if (!signed) await ceremonies.sign(caller, { ceremonyId, stepId, operatorId, passphrase: '' });
}
writeFileSync(join(folder, 'transcript.json'), ceremonies.transcript(ceremonyId).text);
await hsm.close();
vault.close();
