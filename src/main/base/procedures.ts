import { implement } from '@orpc/server';
import type { Permission, ProcedureMeta } from '../../contract/common.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { contract } from '../../contract/index.ts';
import { CountersignError } from './errors.ts';
import { withoutSecrets } from './gate-input.ts';
import { maskOutput } from './masking.ts';

export { maskOutput };

/** Who calls, as the door found out. */
export interface Session {
  readonly actor: string;
  readonly permissions: ReadonlySet<Permission>;
  /** Why this session may run no command, where it may not; `butLooks` leaves it what only records a look. */
  readonly refusesCommands?: { readonly code: ErrorCode; readonly why: string; readonly butLooks?: true };
}

/** One connection of a door. A sign-in belongs to it and to no other; it is known by its identity. */
export interface Seat {
  /** Whether people sit at it; a script's connection otherwise. */
  readonly isWindow: boolean;
  /** The connection is gone, and with it whoever was signed in on it. */
  leave(): void;
}

/** A command on its way to run. */
export interface GatedCommand {
  /** Dotted path in the contract, `ledger.reverse`. */
  readonly procedure: string;
  /** The validated input without passphrases, recovery keys and shares. */
  readonly input: unknown;
  readonly session: Session;
  readonly traceId: string;
  /** The connection it came by; missing where a program calls in its own name. */
  readonly seat?: Seat;
}

/** Leave to run a command that others have agreed to, or that is small enough to need nobody. */
export interface GatePass {
  /** The trace of the run: the gate hears of the first audit record that carries it. */
  readonly traceId: string;
  /** Called once, when the run has ended; with what it threw, where it threw. */
  settled(thrown?: { readonly error: unknown }): void;
}

/**
 * The approval gate: returns where the command may run now, throws `APPROVAL_REQUIRED`
 * where a second person must agree first. It stands after authorisation and sees the
 * validated input, which is exactly what would run, but for secrets: these it must not keep.
 */
export type ApprovalGate = (command: GatedCommand) => GatePass | void | Promise<GatePass | void>;

/** What a door hands to the pipeline with each call. */
export interface CallContext {
  readonly session: Session | null;
  /** Runs from the message to the journal entry, through every log line and audit record. */
  readonly traceId: string;
  readonly gate: ApprovalGate;
  /** Set by whoever runs a stored command that others have agreed to; no door sets it. */
  readonly approved?: true;
  /** The connection the call came by; missing only where a program calls in its own name. */
  readonly seat?: Seat;
}

/** Who is behind a change and on which trace; every command of a room's service takes one. */
export interface Caller {
  readonly actor: string;
  readonly traceId: string;
}

/** Middlewares that stand after input validation: authorise, then the approval gate. */
const AFTER_VALIDATION = 2;

/**
 * The contract's implementer; rooms bind their procedures with it in `procedures.ts`. The
 * pipeline is part of it, so that no procedure can be bound without: the input is validated,
 * the permission that the procedure names is asked for, a command passes the gate, and then
 * the handler runs. A procedure that names no permission is refused to everybody.
 */
export const os = implement(contract, { initialInputValidationIndex: -AFTER_VALIDATION })
  .$context<CallContext>()
  .use(async ({ context, procedure, next }) => {
    const result = await next();
    if (seesParties(context.session)) return result;
    return { ...result, output: maskOutput(procedure['~orpc'].outputSchema, result.output) as never };
  })
  .use(({ context, procedure, next }) => {
    const { meta } = procedure['~orpc'];
    authorise(context.session, meta);
    if (meta.showsClear) requireSight(context);
    return next();
  })
  .use(async ({ context, procedure, path, next }, input) => {
    const meta: ProcedureMeta = procedure['~orpc'].meta;
    const { session, gate, seat, traceId } = context;
    if (!meta.command || !session) return next({ context: { traceId } });
    const command = { procedure: path.join('.'), input: withoutSecrets(input), session, traceId };
    const pass = await gate({ ...command, ...(seat ? { seat } : {}) });
    if (!pass) return next({ context: { traceId } });
    try {
      const result = await next({ context: { traceId: pass.traceId, approved: true } });
      pass.settled();
      return result;
    } catch (error) {
      pass.settled({ error });
      throw error;
    }
  });

function authorise(session: Session | null, meta: ProcedureMeta): void {
  if (!meta.permission) {
    throw new CountersignError('NOT_PERMITTED', 'The procedure names no permission and is refused.');
  }
  if (meta.permission === 'open') return;
  if (!session) throw new CountersignError('NOT_SIGNED_IN', 'Open a vault and sign in first.');
  if (!session.permissions.has(meta.permission)) {
    throw new CountersignError('NOT_PERMITTED', 'You do not have the permission for this.', {
      expected: `permission ${meta.permission}`,
    });
  }
  const { refusesCommands } = session;
  if (!meta.command || !refusesCommands) return;
  if (refusesCommands.butLooks && (meta.looks || meta.own)) return;
  throw new CountersignError(refusesCommands.code, refusesCommands.why);
}

/** Whether account numbers and names stand in what the session is answered. */
export const seesParties = (session: Session | null): boolean =>
  session?.permissions.has('see-parties') ?? false;

/**
 * For what no mask can cover: bytes, and text under a signature. Throws `PRIVACY_MASKED` where the session
 * may neither see parties nor unmask them.
 */
export function requireSight({ session }: Pick<CallContext, 'session'>): void {
  if (seesParties(session) || session?.permissions.has('unmask')) return;
  throw new CountersignError('PRIVACY_MASKED', 'This shows names and account numbers as they are.', {
    expected: 'permission see-parties',
  });
}

/** The caller of a handler's context. */
export function callerOf(context: CallContext): Caller {
  if (!context.session) throw new CountersignError('NOT_SIGNED_IN', 'Open a vault and sign in first.');
  return { actor: context.session.actor, traceId: context.traceId };
}

/** The connection of a handler's context. Throws `NOT_SIGNED_IN` where the call came by none. */
export function seatOf(context: CallContext): Seat {
  if (!context.seat) throw new CountersignError('NOT_SIGNED_IN', 'The call came by no connection.');
  return context.seat;
}
