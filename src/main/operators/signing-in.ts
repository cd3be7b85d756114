import { type Caller, CountersignError, type Seat } from '../base/index.ts';
import { zeroise } from '../crypto/index.ts';
import { FAILURES_OF_AN_INCIDENT, waitsUntilMs } from './back-off.ts';
import { actorOf, findByName, type OperatorsContext, ownerOf } from './context.ts';
import { TOTP_PLACE } from './sealed-columns.ts';
import type { OperatorRow } from './store.ts';
import { stepOfCode } from './totp.ts';

export interface Credentials {
  readonly name: string;
  readonly passphrase: string;
  readonly code?: string | undefined;
}

/** A code, and when it came. */
interface GivenCode {
  readonly code: string | undefined;
  readonly givenAtMs: number;
}

/** What the log says of a refusal; the caller is never told. */
type Reason = 'name' | 'passphrase' | 'code' | 'disabled' | 'door';

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

  function refuse(row: OperatorRow | undefined, reason: Reason, traceId: string): never {
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
    if (row.state !== 'active') return { reason: 'disabled' };
    if (row.kind === 'service' && seat.isWindow) return { reason: 'door' };
    const step = stepFor(row, code, givenAtMs);
    return step === undefined ? { reason: 'code' } : { step };
  }

  return {
    begin,
    refuse,
    admit,
    /** Throws `SESSION_REFUSED`, and `SESSION_BACKING_OFF` with `retryAfterMs`. */
    async signIn(seat: Seat, { name, passphrase, code }: Credentials, traceId: string): Promise<void> {
      const givenAtMs = runtime.nowMs();
      const row = begin(() => findByName(context, name));
      const slot = row && store.slot(row.id);
      if (row === undefined || slot === undefined) {
        await slots.pretend(passphrase);
        return refuse(row, 'name', traceId);
      }
      const secretKey = await slots.open(ownerOf(vault, row.id), slot, passphrase);
      if (secretKey === undefined) return refuse(row, 'passphrase', traceId);
      const outcome = vault.transaction(() => {
        const admitted = admit(seat, row.id, { code, givenAtMs });
        if ('reason' in admitted) return admitted;
        store.signIn(row.id, runtime.nowMs(), admitted.step);
        store.forgive(row.id);
        const before = sessions.get(seat);
        audit.record({
          kind: 'session.sign-in',
          actor: actorOf(row.id),
          traceId,
          subjects: [{ kind: 'operator', id: String(row.id) }],
          detail: {
            door: seat.isWindow ? 'window' : 'program',
            ...(before === undefined ? {} : { takesThePlaceOf: actorOf(before.operatorId) }),
          },
        });
        return admitted;
      });
      if ('reason' in outcome) {
        zeroise(secretKey);
        return refuse(row, outcome.reason, traceId);
      }
      sessions.begin(seat, row.id, secretKey);
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
