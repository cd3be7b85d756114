import type { FillRandom, Implementation, Kem } from './algorithm.ts';
import { batchVerifier, signBatch } from './batch-signature.ts';
import { hkdfSha256 } from './hkdf.ts';
import { type HybridSignature, hybridSignatureBy, hybridSignatures } from './hybrid-signature.ts';
import { mlKem512, nativeMlKem512, nobleMlKem512 } from './ml-kem-512.ts';
import { nativeMlKem1024, nobleMlKem1024 } from './ml-kem-1024.ts';
import { refuseUnknownOptions, zeroise } from './options.ts';
import {
  PARTNERS,
  type Profile,
  type ProfileKem,
  type ProfileName,
  type ProfileSignature,
} from './profiles.ts';
import { nativeXWing, nobleXWing, xWing } from './x-wing.ts';
import { x25519MlKem1024 } from './x25519-mlkem1024.ts';

/** `best` is what the console itself uses: native where the runtime has it, noble elsewhere. */
export type MeasuredImplementation = Implementation | 'best';

/** How long an operation took, in milliseconds, and how often an end of it can be done a second. */
export interface Figures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the slower end; each end runs on a machine of its own. One core. */
  readonly perSecond: number;
  /** How many operations were timed. */
  readonly rounds: number;
}

/** What a profile reached on this machine. */
export interface ProfileFigures {
  readonly profile: ProfileName;
  readonly kem?: ProfileKem;
  readonly signature?: ProfileSignature;
  readonly implementation: MeasuredImplementation;
  /** One encapsulation and its opening. */
  readonly exchange?: Figures;
  /** All that one message takes by itself, at both ends. */
  readonly single: Figures;
  /**
   * Messages in batches of `items`: latency of a whole batch without the wait for it, rate in messages.
   * A batch is encapsulated once, each message's key derived from that, and signed once.
   */
  readonly batched: Figures & { readonly items: number };
}

export interface MeasureProfileOptions {
  readonly profile: Profile;
  readonly implementation?: MeasuredImplementation;
  /** `runtime.monotonicMs`. */
  readonly monotonicMs: () => number;
  readonly fillRandom: FillRandom;
  /** How long each of the figures may take to measure; 250 ms where it is left out. */
  readonly budgetMs?: number;
}

const nativeX25519MlKem1024 = (): Kem | undefined => {
  const mlKem = nativeMlKem1024();
  return mlKem && x25519MlKem1024(mlKem);
};

const KEMS: Readonly<Record<ProfileKem, { best: Kem; native: () => Kem | undefined; noble: Kem }>> = {
  'ML-KEM-512': { best: mlKem512, native: nativeMlKem512, noble: nobleMlKem512 },
  'ML-KEM-768': { best: xWing, native: nativeXWing, noble: nobleXWing },
  'ML-KEM-1024': {
    best: x25519MlKem1024(),
    native: nativeX25519MlKem1024,
    noble: x25519MlKem1024(nobleMlKem1024),
  },
};

/** The KEM that a profile's name for it stands for; `undefined` where this runtime lacks it so. */
export function kemOf(name: ProfileKem, implementation: MeasuredImplementation = 'best'): Kem | undefined {
  const found = KEMS[name];
  return implementation === 'native' ? found.native() : found[implementation];
}

/** The hybrid signature that a profile's name for it stands for. */
export function signatureOf(
  name: ProfileSignature,
  implementation: MeasuredImplementation = 'best',
): HybridSignature | undefined {
  const suite = PARTNERS.signature[name];
  return implementation === 'best' ? hybridSignatures[suite] : hybridSignatureBy(suite, implementation);
}

/** About what one payment message weighs. */
const MESSAGE_BYTES = 512;
const DEFAULT_BUDGET_MS = 250;
const LEAST_ROUNDS = 20;
const MOST_ROUNDS = 2_000;

/** An operation in two ends: what the first makes, the second takes. */
interface Operation {
  send(): () => void;
}

function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}

function timeRounds(operation: Operation, options: MeasureProfileOptions, itemsEach: number): Figures {
  const { monotonicMs, budgetMs = DEFAULT_BUDGET_MS } = options;
  // The first round pays for compilation and for keys that are expanded once; it is not counted.
  operation.send()();
  const whole: number[] = [];
  const sums = { send: 0, receive: 0 };
  const startMs = monotonicMs();
  while (whole.length < MOST_ROUNDS) {
    const from = monotonicMs();
    if (whole.length >= LEAST_ROUNDS && from - startMs > budgetMs) break;
    const receive = operation.send();
    const between = monotonicMs();
    receive();
    const to = monotonicMs();
    sums.send += between - from;
    sums.receive += to - between;
    whole.push(to - from);
  }
  whole.sort((a, b) => a - b);
  const slower = Math.max(sums.send, sums.receive);
  return {
    p50Ms: percentile(whole, 50),
    p99Ms: percentile(whole, 99),
    // A clock that did not move says nothing about the rate.
    perSecond: slower > 0 ? (whole.length * itemsEach * 1000) / slower : 0,
    rounds: whole.length,
  };
}

function exchangeOperation(kem: Kem, fillRandom: FillRandom): Operation {
  const secretKey = Buffer.alloc(kem.sizes.secretKeyBytes);
  fillRandom(secretKey);
  const publicKey = kem.publicKey(secretKey);
  return {
    send() {
      const { ciphertext, sharedSecret } = kem.encapsulate(publicKey, fillRandom);
      return () => zeroise(sharedSecret, kem.decapsulate(secretKey, ciphertext));
    },
  };
}

function mustHold(holds: boolean): void {
  if (!holds) throw new Error('measureProfile: a signature that was just made does not verify.');
}

function signOperation(signature: HybridSignature, fillRandom: FillRandom): Operation {
  const { publicKey, secretKey } = signature.keyPair(fillRandom);
  const signer = signature.signer({ secretKey, fillRandom });
  const verifier = signature.verifier(publicKey);
  zeroise(secretKey);
  const purpose = 'measurement';
  const message = Buffer.alloc(MESSAGE_BYTES);
  fillRandom(message);
  return {
    send() {
      const made = signer.sign({ purpose, message });
      return () => mustHold(verifier.verify({ purpose, message, signature: made }));
    },
  };
}

function keyBatchOperation(kem: Kem, items: number, fillRandom: FillRandom): Operation {
  const secretKey = Buffer.alloc(kem.sizes.secretKeyBytes);
  fillRandom(secretKey);
  const publicKey = kem.publicKey(secretKey);
  const deriveAll = (secret: Buffer) => {
    for (let at = 0; at < items; at += 1) zeroise(hkdfSha256({ secret, label: `item ${at}`, length: 32 }));
    zeroise(secret);
  };
  return {
    send() {
      const { ciphertext, sharedSecret } = kem.encapsulate(publicKey, fillRandom);
      deriveAll(sharedSecret);
      return () => deriveAll(kem.decapsulate(secretKey, ciphertext));
    },
  };
}

function batchOperation(signature: HybridSignature, items: number, fillRandom: FillRandom): Operation {
  const { publicKey, secretKey } = signature.keyPair(fillRandom);
  const signer = signature.signer({ secretKey, fillRandom });
  const verifier = signature.verifier(publicKey);
  zeroise(secretKey);
  const purpose = 'measurement';
  const messages = Array.from({ length: items }, () => {
    const message = Buffer.alloc(MESSAGE_BYTES);
    fillRandom(message);
    return message;
  });
  let batch = 0;
  return {
    send() {
      batch += 1;
      const signed = signBatch({ signer, purpose, batchId: String(batch), items: messages });
      const evidence = messages.map((_, at) => signed.evidence(at));
      return () => {
        const receiver = batchVerifier({ verifier, purpose });
        mustHold(messages.every((message, at) => receiver.verify(message, evidence[at]!).ok));
      };
    },
  };
}

/** All of the operations one after the other, at each end; what a profile lacks is left out. */
function together(...operations: readonly (Operation | undefined)[]): Operation {
  return {
    send() {
      const receives = operations.map((operation) => operation?.send());
      return () => {
        for (const receive of receives) receive?.();
      };
    },
  };
}

/**
 * Measures on this machine what a profile's algorithms take; about `budgetMs` for each of up to three
 * figures, synchronously, so on a worker wherever an event loop waits. `undefined` where the runtime
 * lacks the implementation that was asked for.
 */
export function measureProfile(options: MeasureProfileOptions): ProfileFigures | undefined {
  const allowed = ['profile', 'implementation', 'monotonicMs', 'fillRandom', 'budgetMs'];
  refuseUnknownOptions('measureProfile', options, allowed);
  const { profile, implementation = 'best', fillRandom } = options;
  const kem = profile.kem && kemOf(profile.kem, implementation);
  const signature = profile.signature && signatureOf(profile.signature, implementation);
  if ((profile.kem && !kem) || (profile.signature && !signature)) return undefined;
  if (!kem && !signature) throw new TypeError(`measureProfile: ${profile.name} names no algorithm`);
  const items = profile.batchItems;
  const exchange = kem && exchangeOperation(kem, fillRandom);
  const sealing = profile.kemPer === 'message' ? kem : undefined;
  const single = together(sealing && exchange, signature && signOperation(signature, fillRandom));
  const batched = together(
    sealing && keyBatchOperation(sealing, items, fillRandom),
    signature && batchOperation(signature, items, fillRandom),
  );
  return {
    profile: profile.name,
    ...(profile.kem && { kem: profile.kem }),
    ...(profile.signature && { signature: profile.signature }),
    implementation,
    ...(exchange && { exchange: timeRounds(exchange, options, 1) }),
    single: timeRounds(single, options, 1),
    batched: { ...timeRounds(batched, options, items), items },
  };
}
