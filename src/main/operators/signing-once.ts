import { CountersignError } from '../base/index.ts';
import { hybridSignatures, zeroise } from '../crypto/index.ts';
import { actorOf, nameOf, type OperatorsContext, ownerOf } from './context.ts';
import type { createSigningIn } from './signing-in.ts';
import type { SigningSuite } from './slot.ts';
import type { OperatorRow } from './store.ts';

/** A code is taken where somebody sits, whatever door it came by. */
const NO_WINDOW = { isWindow: false };

/** A person who can sign, as whoever asks for a signature knows them. */
export interface SigningPerson {
  readonly name: string;
  readonly suite: SigningSuite;
  readonly publicKey: Buffer;
}

export interface PersonProof {
  readonly passphrase: string;
  readonly code?: string | undefined;
  /** Whether the second factor is asked for; a code counts once. */
  readonly needsCode: boolean;
}

/** One signature of a person who is at hand and signed in nowhere: in a ceremony everybody signs in turn. */
export function createSigningOnce(
  context: OperatorsContext,
  { begin, refuse, admit }: Pick<ReturnType<typeof createSigningIn>, 'begin' | 'refuse' | 'admit'>,
) {
  const { vault, audit, runtime, store, slots } = context;

  function personRow(id: string): OperatorRow | undefined {
    const row = /^\d{1,15}$/.test(id) ? store.get(Number(id)) : undefined;
    return row?.kind === 'person' ? row : undefined;
  }

  function sign(
    suite: SigningSuite,
    secretKey: Uint8Array,
    signed: { readonly purpose: string; readonly message: Uint8Array },
  ): Buffer {
    const fillRandom = (target: Uint8Array) => runtime.randomFill(target);
    const signer = hybridSignatures[suite].signer({ secretKey, fillRandom });
    try {
      return signer.sign(signed);
    } finally {
      signer.destroy();
    }
  }

  return {
    /** An active person; undefined for who is not there, was disabled, or is a service account. */
    signingPerson(id: string): SigningPerson | undefined {
      const row = personRow(id);
      const slot = row?.state === 'active' ? store.slot(row.id) : undefined;
      return slot && { name: nameOf(context, row!), suite: slot.suite, publicKey: slot.publicKey };
    },
    /**
     * Signs with a person's key, whom passphrase and code prove as at a sign-in: with its count of
     * tries, its back-off and its records. No session begins. Throws `OPERATOR_UNKNOWN`,
     * `SESSION_REFUSED`, `SESSION_BACKING_OFF`.
     */
    async signOnce(
      operatorId: string,
      { passphrase, code, needsCode }: PersonProof,
      signed: { readonly purpose: string; readonly message: Uint8Array },
      traceId: string,
    ): Promise<Buffer> {
      const givenAtMs = runtime.nowMs();
      const row = begin(() => personRow(operatorId));
      if (row === undefined) {
        throw new CountersignError('OPERATOR_UNKNOWN', 'There is no such person.', { path: 'operatorId' });
      }
      const slot = store.slot(row.id)!;
      const secretKey = await slots.open(ownerOf(vault, row.id), slot, passphrase);
      if (secretKey === undefined) return refuse(row, 'passphrase', traceId);
      try {
        const outcome = vault.transaction(() => {
          const now = store.get(row.id)!;
          // A passphrase that was reset meanwhile proves nothing any more.
          if (!store.slot(row.id)!.sealedKey.equals(slot.sealedKey)) return { reason: 'passphrase' as const };
          if (now.state !== 'active') return { reason: 'disabled' as const };
          const admitted = needsCode ? admit(NO_WINDOW, row.id, { code, givenAtMs }) : { step: now.totpStep };
          if ('reason' in admitted) return admitted;
          store.takeStep(row.id, admitted.step);
          store.forgive(row.id);
          audit.record({
            kind: 'session.signed-once',
            actor: actorOf(row.id),
            traceId,
            subjects: [{ kind: 'operator', id: String(row.id) }],
            detail: { purpose: signed.purpose, secondFactor: needsCode },
          });
          return admitted;
        });
        if ('reason' in outcome) return refuse(row, outcome.reason, traceId);
        return sign(slot.suite, secretKey, signed);
      } finally {
        zeroise(secretKey);
      }
    },
  };
}
