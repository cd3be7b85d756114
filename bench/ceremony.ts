import { hybridSignatures, sha256 } from '../src/main/crypto/index.ts';
import { verifyTranscriptFile } from '../src/main/engine/index.ts';
import {
  headerHash,
  STEP_PURPOSE,
  scriptOf,
  stepHash,
  TRANSCRIPT_FORM,
  type TranscriptHeader,
  type TranscriptParticipant,
  toBase64,
  transcriptText,
} from '../src/main/proof/index.ts';
import type { BenchFigure } from './figure.ts';

const SUITE = 'Ed25519+ML-DSA-87';
const fillRandom = (target: Uint8Array) => void crypto.getRandomValues(target);

/** The transcript of a 3-of-5 ceremony by seven people with keys as operators have them. */
function transcriptOf3of5(): string {
  const people = Array.from({ length: 7 }, (_, at) => ({
    operatorId: String(at + 1),
    pair: hybridSignatures[SUITE].keyPair(fillRandom),
  }));
  const participants: TranscriptParticipant[] = people.map(({ operatorId, pair }, at) => ({
    ...{ operatorId, name: `Person ${operatorId}`, suite: SUITE, publicKey: toBase64(pair.publicKey) },
    role: at === 0 ? 'administrator' : at === 1 ? 'witness' : 'custodian',
    receives: at < 2 ? null : at - 1,
    brings: null,
  }));
  const nonce = new Uint8Array(32);
  fillRandom(nonce);
  const header: TranscriptHeader = {
    ...{ form: TRANSCRIPT_FORM, vaultId: 'bench', ceremonyId: '1', nonce: toBase64(nonce) },
    ...{ kind: 'generate', rehearsal: true, keyLabel: 'bench', threshold: 3, shares: 5, startedAtMs: 1 },
    participants,
  };
  let previous = headerHash(header, sha256);
  const steps = scriptOf('generate', participants).map(({ id, share, signers }) => {
    const facts = share === null ? [] : [['commitment', `of share ${share}`] as const];
    const step = { id, startedAtMs: 1, doneAtMs: 1, facts, exceptions: [] };
    previous = stepHash(previous, step, sha256);
    const signatures = signers.map((operatorId) => {
      const { secretKey } = people.find((one) => one.operatorId === operatorId)!.pair;
      const signer = hybridSignatures[SUITE].signer({ secretKey, fillRandom });
      const signature = signer.sign({ purpose: STEP_PURPOSE, message: previous });
      return { operatorId, signature: toBase64(signature) };
    });
    return { ...step, signatures };
  });
  return transcriptText({ ...header, steps });
}

/** How long a stranger waits for the verdict over a transcript. */
export function benchCeremony(): BenchFigure[] {
  const text = transcriptOf3of5();
  const startMs = performance.now();
  const { verified } = verifyTranscriptFile(text);
  const tookMs = performance.now() - startMs;
  if (!verified) throw new Error('the transcript of the bench does not verify');
  return [
    {
      ...{ section: 'hsm', name: 'transcript of a 3-of-5 ceremony, verified the first time' },
      ...{ value: tookMs, unit: 'ms', goal: { of: 'value', atMost: 1_000 } },
    },
  ];
}
