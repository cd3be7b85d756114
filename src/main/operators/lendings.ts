import { type Lending, LONGEST_LENDING_MINUTES, type RoleId } from '../../contract/operators.ts';
import { type Caller, CountersignError, type Runtime } from '../base/index.ts';
import { actorOf, nameOf, type OperatorsContext, rowOf } from './context.ts';
import { ROLES } from './roles.ts';
import type { LendingRow, OperatorRow, Store } from './store.ts';

const MINUTE_MS = 60_000;
const SYSTEM: Caller = { actor: 'system', traceId: '' };

/** What is asked for when glass is broken. */
export interface BreakGlass {
  readonly operatorId: string;
  readonly roles: readonly RoleId[];
  readonly minutes: number;
  readonly reason: string;
}

/** What is lent at this moment. A clock that is set back makes no lending longer. */
export interface Lent {
  rolesOf(operatorId: number): readonly RoleId[];
  running(): LendingRow[];
  /** Lendings whose time is over and whose end is not on record yet. */
  over(): LendingRow[];
  /** Somebody may hold other roles from now on. */
  changed(): void;
}

export function createLent(store: Store, runtime: Pick<Runtime, 'nowMs'>): Lent {
  let latestMs = 0;
  /** Asked for at every call of everybody, so what is open is kept until it changes. */
  let open: readonly LendingRow[] | undefined;
  const rows = () => {
    open ??= store.lendings();
    return open;
  };
  const isRunning = ({ startedAtMs, endsAtMs }: LendingRow): boolean => {
    latestMs = Math.max(latestMs, runtime.nowMs());
    // A vault that was opened on a clock before the start knows nothing of the time between.
    return latestMs < endsAtMs && latestMs >= startedAtMs;
  };
  return {
    rolesOf: (operatorId) =>
      rows()
        .filter((row) => row.operatorId === operatorId && isRunning(row))
        .flatMap(({ roles }) => roles),
    running: () => rows().filter(isRunning),
    over: () => rows().filter((row) => !isRunning(row)),
    changed() {
      open = undefined;
    },
  };
}

const invalid = (why: string, path: string): CountersignError =>
  new CountersignError('OPERATOR_LENDING_INVALID', why, { path });

/** Which of the wanted roles may be lent to an operator. Throws `OPERATOR_LENDING_INVALID`. */
function lendable(row: OperatorRow, wanted: readonly RoleId[]): RoleId[] {
  if (row.kind !== 'person') throw invalid('A service account borrows no role.', 'operatorId');
  if (row.state !== 'active') throw invalid('The operator cannot sign in.', 'operatorId');
  if (row.roles.some((role) => ROLES[role].changesNothing)) {
    throw invalid('Who audits the work takes no part in it, not for an hour either.', 'operatorId');
  }
  if (wanted.some((role) => ROLES[role].changesNothing)) {
    throw invalid('Who takes part in the work does not audit it.', 'roles');
  }
  const lent = [...new Set(wanted)].filter((role) => !row.roles.includes(role));
  if (lent.length === 0) throw invalid('The operator holds these roles already.', 'roles');
  return lent;
}

/**
 * Break-glass. Lent roles cross duties on purpose, which is why it is short, loud and never quiet in
 * the log; that nobody agrees to their own request holds here as everywhere.
 */
export function createLendings(context: OperatorsContext) {
  const { vault, audit, runtime, store, lent, raiseIncident } = context;

  const lineFor = (row: LendingRow): Lending => ({
    id: String(row.id),
    operatorId: String(row.operatorId),
    operatorName: nameOf(context, store.get(row.operatorId)!),
    roles: [...row.roles],
    startedAtMs: row.startedAtMs,
    endsAtMs: row.endsAtMs,
    lentBy: row.lentBy,
  });

  function end(row: LendingRow, caller: Caller, why: 'over' | 'taken-back'): void {
    store.endLending(row.id, runtime.nowMs());
    audit.record({
      kind: 'operators.break-glass-ended',
      ...caller,
      subjects: [{ kind: 'operator', id: String(row.operatorId) }],
      detail: { lending: String(row.id), roles: [...row.roles], why },
    });
  }

  function requireMay(caller: Caller, row: OperatorRow, approved: boolean): void {
    if (caller.actor !== actorOf(row.id) || approved) return;
    throw new CountersignError('OPERATOR_SELF', 'Nobody lends roles to themselves.', { path: 'operatorId' });
  }

  return {
    lendings: (): Lending[] => lent.running().map(lineFor),
    /**
     * Lends roles. `approved` says that others have agreed to it, without which nobody is their own
     * beneficiary. Throws `OPERATOR_LENDING_INVALID`, `OPERATOR_SELF`, `OPERATOR_UNKNOWN`.
     */
    breakGlass(caller: Caller, asked: BreakGlass, approved = false): Lending {
      const { operatorId, minutes, reason } = asked;
      return vault.transaction(() => {
        const row = rowOf(context, operatorId);
        requireMay(caller, row, approved);
        if (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_LENDING_MINUTES) {
          throw invalid(`Roles are lent for 1 to ${LONGEST_LENDING_MINUTES} minutes.`, 'minutes');
        }
        const roles = lendable(row, asked.roles);
        const startedAtMs = runtime.nowMs();
        const made = {
          ...{ operatorId: row.id, roles, startedAtMs },
          ...{ endsAtMs: startedAtMs + minutes * MINUTE_MS, lentBy: caller.actor },
        };
        const id = store.lend(made);
        audit.record({
          kind: 'operators.break-glass',
          ...caller,
          subjects: [{ kind: 'operator', id: operatorId }],
          detail: { lending: String(id), operator: operatorId, roles, minutes, reason },
        });
        raiseIncident({
          kind: 'operators.break-glass',
          dedupeKey: `operators.break-glass ${id}`,
          severity: 'critical',
          title: `Break-glass: roles are lent to one operator for ${minutes} minutes.`,
          detail: { operator: actorOf(row.id), roles: roles.join(', '), reason, lentBy: caller.actor },
        });
        vault.onCommit(() => lent.changed());
        return lineFor({ ...made, id });
      });
    },
    /** Throws `OPERATOR_LENDING_OVER`, and `NOT_PERMITTED` to others than the borrower and `mayManage`. */
    endBreakGlass(caller: Caller, id: string, mayManage: boolean): Lending[] {
      vault.transaction(() => {
        const row = lent.running().find((one) => String(one.id) === id);
        if (row === undefined) {
          throw new CountersignError('OPERATOR_LENDING_OVER', 'Nothing is lent under that id any more.');
        }
        if (!mayManage && caller.actor !== actorOf(row.operatorId)) {
          throw new CountersignError(
            'NOT_PERMITTED',
            'Only who borrowed it or manages people takes it back.',
          );
        }
        end(row, caller, 'taken-back');
        vault.onCommit(() => lent.changed());
      });
      return lent.running().map(lineFor);
    },
    /** Puts on record what has ended by its time; answers how many. The engine asks every second. */
    endOverdue(): number {
      const over = lent.over();
      if (over.length === 0) return 0;
      vault.transaction(() => {
        for (const row of over) end(row, SYSTEM, 'over');
        vault.onCommit(() => lent.changed());
      });
      return over.length;
    },
  };
}
