/**
 * What a card signs at a sign-in: this vault, this operator, this connection, this moment, and bytes
 * that were never used before. A challenge lives in memory, is answered once, and not for long.
 */
import type { Runtime } from '../base/index.ts';
import { hsmError } from './refusals.ts';

/** Whoever types a PIN is at the card; what takes longer is asked again. */
export const CHALLENGE_MS = 30_000;
const NONCE_BYTES = 32;
/** So many spent challenges are remembered, to tell an answer that was given before from one that is just wrong. */
const MOST_SPENT = 256;

/** For whom a challenge is: any object stands for a connection, by its identity. */
export interface ChallengeFor {
  readonly operatorId: string;
  readonly connection: object;
}

export interface Challenges {
  issue(asked: ChallengeFor): Buffer;
  /**
   * Judges an answer and uses its challenge up, whatever becomes of it. Throws `HSM_CARD_EXPIRED`,
   * `HSM_CARD_REPLAYED` for an answer to another challenge or to one that was answered before, and
   * `HSM_CARD_REFUSED` for bytes that are no answer to any.
   */
  take(challenge: Buffer, asked: ChallengeFor, isSigned: (message: Buffer) => boolean): void;
}

export function createChallenges(runtime: Runtime, vaultId: string): Challenges {
  const connections = new WeakMap<object, string>();
  const open = new Map<string, ChallengeFor & { readonly issuedMs: number }>();
  let spent: Buffer[] = [];

  function nameOf(connection: object): string {
    const known = connections.get(connection) ?? runtime.randomBytes(16).toString('hex');
    connections.set(connection, known);
    return known;
  }

  return {
    issue(asked) {
      const { operatorId, connection } = asked;
      const lines = [
        'countersign card v2',
        `vault ${vaultId}`,
        `operator ${operatorId}`,
        `connection ${nameOf(connection)}`,
        `at ${runtime.nowMs()}`,
        `nonce ${runtime.randomBytes(NONCE_BYTES).toString('hex')}`,
      ];
      const challenge = Buffer.from(lines.join('\n'), 'utf8');
      // The age is measured on the clock that nobody sets.
      open.set(challenge.toString('utf8'), { operatorId, connection, issuedMs: runtime.monotonicMs() });
      return challenge;
    },
    take(challenge, { operatorId, connection }, isSigned) {
      const text = challenge.toString('utf8');
      const issued = open.get(text);
      open.delete(text);
      const isTheirs = issued?.operatorId === operatorId && issued.connection === connection;
      if (issued === undefined || !isTheirs) throw hsmError('HSM_CARD_REPLAYED');
      const isOld = runtime.monotonicMs() - issued.issuedMs >= CHALLENGE_MS;
      const isAnswered = isSigned(challenge);
      const isReplay = !isAnswered && spent.some((one) => isSigned(one));
      spent = [challenge, ...spent].slice(0, MOST_SPENT);
      if (isReplay) throw hsmError('HSM_CARD_REPLAYED');
      if (!isAnswered) throw hsmError('HSM_CARD_REFUSED');
      if (isOld)
        throw hsmError('HSM_CARD_EXPIRED', { expected: `an answer within ${CHALLENGE_MS / 1_000} s` });
    },
  };
}
