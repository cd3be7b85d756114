import type { OperatorLine } from '../../contract/operators.ts';
import { type Caller, CountersignError, type Seat } from '../base/index.ts';
import { zeroise } from '../crypto/index.ts';
import { actorOf, lineOf, nameOf, type OperatorsContext, ownerOf, rowOf } from './context.ts';
import type { createSigningIn } from './signing-in.ts';
import type { OperatorRow } from './store.ts';
import { requireStrong } from './strength.ts';

export interface PassphraseChange {
  readonly passphrase: string;
  readonly newPassphrase: string;
  readonly code?: string | undefined;
}

/** For so long a sign-in vouches for the second factor. */
const FRESH_MS = 60_000;

/** How an operator comes by another passphrase: by themself, or with an administrator once it is forgotten. */
export function createPassphrases(
  context: OperatorsContext,
  { begin, refuse, admit }: Pick<ReturnType<typeof createSigningIn>, 'begin' | 'refuse' | 'admit'>,
) {
  const { vault, audit, runtime, sessions, store, slots } = context;

  /** Ends every session of an operator but that of `except`, once the transaction has committed. */
  function endSessions(row: OperatorRow, except?: Seat): void {
    vault.onCommit(() => {
      for (const seat of sessions.seats()) {
        if (seat !== except && sessions.get(seat)?.operatorId === row.id) sessions.end(seat);
      }
    });
  }

  /** Passphrase and code of the sign-in on this connection were given a moment ago. */
  const isFresh = (seat: Seat): boolean =>
    runtime.nowMs() - (sessions.get(seat)?.startedAtMs ?? 0) < FRESH_MS;

  const record = (kind: string, caller: Caller, row: OperatorRow, keepsKey: boolean) =>
    audit.record({
      kind,
      ...caller,
      subjects: [{ kind: 'operator', id: String(row.id) }],
      detail: { id: String(row.id), keepsKey },
    });

  return {
    /**
     * The caller's own passphrase: old one and code are asked for as at a sign-in, with its brake; a
     * sign-in of this minute stands for the code. The signing key stays. Throws `SESSION_REFUSED`, `SESSION_BACKING_OFF`, `OPERATOR_PASSPHRASE_WEAK`,
     * `OPERATOR_PASSPHRASE_SAME`, `NOT_SIGNED_IN`.
     */
    async changePassphrase(
      seat: Seat,
      present: OperatorRow | undefined,
      change: PassphraseChange,
      traceId: string,
    ): Promise<OperatorLine> {
      if (present === undefined) throw new CountersignError('NOT_SIGNED_IN', 'Sign in as an operator first.');
      const { passphrase, newPassphrase, code } = change;
      if (passphrase.normalize('NFKC') === newPassphrase.normalize('NFKC')) {
        throw new CountersignError('OPERATOR_PASSPHRASE_SAME', 'The new passphrase is the old one.', {
          path: 'newPassphrase',
        });
      }
      const givenAtMs = runtime.nowMs();
      await requireStrong(newPassphrase, nameOf(context, present));
      begin(() => store.get(present.id));
      const before = store.slot(present.id)!;
      const owner = ownerOf(vault, present.id);
      const secretKey = await slots.open(owner, before, passphrase);
      if (secretKey === undefined) return refuse(present, 'passphrase', traceId);
      const made = await slots.rewrap(owner, before, secretKey, newPassphrase);
      zeroise(secretKey);
      const caller = { actor: actorOf(present.id), traceId };
      const outcome = vault.transaction(() => {
        // Somebody may have reset it while the passphrases were stretched.
        const isStale = !store.slot(present.id)!.sealedKey.equals(before.sealedKey);
        if (isStale) return { reason: 'passphrase' as const };
        const isVouched = code === undefined && isFresh(seat);
        const admitted = isVouched
          ? { step: store.get(present.id)!.totpStep }
          : admit(seat, present.id, { code, givenAtMs });
        if ('reason' in admitted) return admitted;
        store.setSlot(present.id, made, runtime.nowMs());
        store.takeStep(present.id, admitted.step);
        store.forgive(present.id);
        endSessions(present, seat);
        record('operators.change-passphrase', caller, present, true);
        return admitted;
      });
      if ('reason' in outcome) return refuse(present, outcome.reason, traceId);
      return lineOf(context, store.get(present.id)!);
    },
    /**
     * A new slot with a new signing key under a passphrase that its holder types; nobody can open the
     * old key any more, and its public half stays for what it signed. Throws `OPERATOR_UNKNOWN`,
     * `OPERATOR_SELF`, `OPERATOR_PASSPHRASE_WEAK`.
     */
    async resetPassphrase(caller: Caller, id: string, passphrase: string): Promise<OperatorLine> {
      const found = rowOf(context, id);
      if (caller.actor === actorOf(found.id)) {
        throw new CountersignError('OPERATOR_SELF', 'Change your own passphrase with the old one.', {
          path: 'id',
        });
      }
      await requireStrong(passphrase, nameOf(context, found));
      const made = await slots.make(ownerOf(vault, found.id), passphrase);
      return vault.transaction(() => {
        store.setSlot(found.id, made, runtime.nowMs());
        store.forgive(found.id);
        endSessions(found);
        record('operators.reset-passphrase', caller, found, false);
        return lineOf(context, store.get(found.id)!);
      });
    },
  };
}
