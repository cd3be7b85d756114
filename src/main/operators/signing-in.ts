import { type Caller, CountersignError, isCountersignError, type Seat } from '../base/index.ts';
import { zeroise } from '../crypto/index.ts';
import { FAILURES_OF_AN_INCIDENT, waitsUntilMs } from './back-off.ts';
import { actorOf, findByName, type OperatorsContext, ownerOf } from './context.ts';
import { TOTP_PLACE } from './sealed-columns.ts';
import type { Slot } from './slot.ts';
import type { OperatorRow } from './store.ts';
import { stepOfCode } from './totp.ts';

export interface Credentials {
  readonly name: string;
  readonly passphrase: string;
  readonly code?: string | undefined;
  /** The card of this workstation in the place of the code, with the PIN that was typed. */
  readonly card?: { readonly pin: string } | undefined;
}

/** A code, and when it came. */
interface GivenCode {
  readonly code: string | undefined;
  readonly givenAtMs: number;
}

/** What the log says of a refusal; the caller is never told. */
type Reason = 'name' | 'passphrase' | 'code' | 'card' | 'disabled' | 'door';

/** One answer for every reason, so that nothing is learned from it. */
const refused = () =>
  new CountersignError('SESSION_REFUSED', 'Name, passphrase and code do not belong together.');

/** How an operator gets a session on a connection. */
export function createSigningIn(context: OperatorsContext) {
  const { vault, sealing, audit, runtime, sessions, store, slots, raiseIncident } = context;

  /** Looks somebody up and counts the try before it runs, so that ending the process wins nothing. */
  function begin(find: () => OperatorRow | undefined): OperatorRow | undefined {
    return vault.transaction(() => {
      const row = find();
      if (row === undefined) return undefined;
      const nowMs = runtime.nowMs();
      const untilMs = waitsUntilMs(row, nowMs);
      if (untilMs !== null) throw backingOff(untilMs - nowMs);
      store.fail(row.id, nowMs);
      return row;
    });
  }

  /** Records a refused sign-in; from some number on in a row it is an incident. */
  function noteRefusal(row: OperatorRow | undefined, reason: Reason, traceId: string): void {
    vault.transaction(() => {
      const failures = row === undefined ? 0 : store.get(row.id)!.failures;
      const subjects = row === undefined ? [] : [{ kind: 'operator', id: String(row.id) }];
      audit.record({
        kind: 'session.refused',
        actor: 'system',
        traceId,
        subjects,
        detail: { reason, failures },
      });
      if (row === undefined || failures < FAILURES_OF_AN_INCIDENT) return;
      raiseIncident({
        kind: 'operators.failed-sign-ins',
        dedupeKey: `operators.failed-sign-ins ${row.id}`,
        severity: 'high',
        title: `${failures} sign-ins as one operator failed in a row.`,
        detail: { operator: actorOf(row.id), failures },
      });
    });
  }

  function refuse(row: OperatorRow | undefined, reason: Reason, traceId: string): never {
    noteRefusal(row, reason, traceId);
    throw refused();
  }

  /** The step of a person's code, or why it does not count. A service account gives none. */
  function stepFor(row: OperatorRow, code: string | undefined, givenAtMs: number): number | undefined {
    if (row.totpId === null) return row.totpStep;
    const secret = sealing.open({ id: row.totpId, ...TOTP_PLACE, applicationId: String(row.id) });
    const step = stepOfCode(secret, code ?? '', { nowMs: givenAtMs, lastStep: row.totpStep });
    zeroise(secret);
    return step;
  }

  /** Why this operator may not sign in at such a connection now, whatever they bring. */
  function barred(seat: Pick<Seat, 'isWindow'>, row: OperatorRow): Reason | undefined {
    if (row.state !== 'active') return 'disabled';
    return row.kind === 'service' && seat.isWindow ? 'door' : undefined;
  }

  /**
   * Whether this operator may sign in now with a code, which is judged by the moment it was given: the
   * passphrase takes its time. In the transaction that takes the code.
   */
  function admit(
    seat: Pick<Seat, 'isWindow'>,
    id: number,
    { code, givenAtMs }: GivenCode,
  ): { step: number } | { reason: Reason } {
    const row = store.get(id)!;
    const reason = barred(seat, row);
    if (reason !== undefined) return { reason };
    const step = stepFor(row, code, givenAtMs);
    return step === undefined ? { reason: 'code' } : { step };
  }

  /**
   * Lets the operator's card prove itself. It is asked once the passphrase was right, so that nobody
   * learns of cards, or uses up tries of a PIN, by names alone.
   */
  async function proveCard(seat: Seat, row: OperatorRow, pin: string, traceId: string): Promise<void> {
    const reason = barred(seat, row);
    if (reason !== undefined) return refuse(row, reason, traceId);
    try {
      const cards = context.cards?.();
      if (cards === undefined) throw new CountersignError('HSM_UNAVAILABLE', 'No card can be read here.');
      const asked = { operatorId: String(row.id), connection: seat, pin };
      await cards.prove(asked, { actor: actorOf(row.id), traceId });
    } catch (error) {
      if (isCountersignError(error)) noteRefusal(row, 'card', traceId);
      throw error;
    }
  }

  /** Takes what was brought for the sign-in, in the transaction of its record. */
  function admitted(
    seat: Seat,
    { id }: OperatorRow,
    before: Slot,
    { code, card, givenAtMs }: Credentials & { readonly givenAtMs: number },
  ): { step: number } | { reason: Reason } {
    if (card === undefined) return admit(seat, id, { code, givenAtMs });
    // The card took its time, in which somebody may have been disabled or given another passphrase.
    const row = store.get(id)!;
    if (!store.slot(id)!.sealedKey.equals(before.sealedKey)) return { reason: 'passphrase' };
    const reason = barred(seat, row);
    return reason === undefined ? { step: row.totpStep } : { reason };
  }

  return {
    begin,
    refuse,
    admit,
    /**
     * Throws `SESSION_REFUSED`, `SESSION_BACKING_OFF` with `retryAfterMs`, and what the card refuses
     * once name and passphrase were right.
     */
    async signIn(seat: Seat, credentials: Credentials, traceId: string): Promise<void> {
      const givenAtMs = runtime.nowMs();
      const { name, passphrase, card } = credentials;
      const row = begin(() => findByName(context, name));
      const slot = row && store.slot(row.id);
      if (row === undefined || slot === undefined) {
        await slots.pretend(passphrase);
        return refuse(row, 'name', traceId);
      }
      const secretKey = await slots.open(ownerOf(vault, row.id), slot, passphrase);
      if (secretKey === undefined) return refuse(row, 'passphrase', traceId);
      if (card !== undefined) {
        await proveCard(seat, row, card.pin, traceId).catch((error: unknown) => {
          zeroise(secretKey);
          throw error;
        });
      }
      const factor = card === undefined ? 'totp' : 'hardware-token';
      const outcome = vault.transaction(() => {
        const taken = admitted(seat, row, slot, { ...credentials, givenAtMs });
        if ('reason' in taken) return taken;
        store.signIn(row.id, runtime.nowMs(), taken.step);
        store.forgive(row.id);
        const before = sessions.get(seat);
        audit.record({
          kind: 'session.sign-in',
          actor: actorOf(row.id),
          traceId,
          subjects: [{ kind: 'operator', id: String(row.id) }],
          detail: {
            door: seat.isWindow ? 'window' : 'program',
            ...(row.kind === 'person' ? { factor } : {}),
            ...(before === undefined ? {} : { takesThePlaceOf: actorOf(before.operatorId) }),
          },
        });
        return taken;
      });
      if ('reason' in outcome) {
        zeroise(secretKey);
        return refuse(row, outcome.reason, traceId);
      }
      sessions.begin(seat, row.id, secretKey, factor);
    },
    /** Ends the session of a connection, with a record of why. Does nothing where there is none. */
    end(seat: Seat, why: 'sign-out' | 'expired' | 'locked' | 'left', caller?: Caller): void {
      const operatorId = sessions.end(seat);
      if (operatorId === undefined) return;
      vault.transaction(() =>
        audit.record({
          kind: 'session.end',
          actor: caller?.actor ?? actorOf(operatorId),
          traceId: caller?.traceId ?? '',
          subjects: [{ kind: 'operator', id: String(operatorId) }],
          detail: { why },
        }),
      );
    },
  };
}

function backingOff(retryAfterMs: number): CountersignError {
  const seconds = Math.ceil(retryAfterMs / 1_000);
  const message = `Too many failed sign-ins. The next try is taken in ${seconds} s.`;
  return new CountersignError('SESSION_BACKING_OFF', message, { retryAfterMs });
}
