import { implement } from '@orpc/server';
import type { Permission, ProcedureMeta } from '../../contract/common.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { contract } from '../../contract/index.ts';
import { CountersignError } from './errors.ts';
import { withoutSecrets } from './gate-input.ts';

/** Who calls, as the door found out. */
export interface Session {
  readonly actor: string;
  readonly permissions: ReadonlySet<Permission>;
  /** Why this session may run no command at all, where it may not. */
  readonly refusesCommands?: {
    readonly code: ErrorCode;
    readonly why: string;
    /** Dotted paths of the commands that lead out of it, and may run all the same. */
    readonly except?: ReadonlySet<string>;
  };
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
}

/**
 * The approval gate: returns where the command may run now, throws `APPROVAL_REQUIRED`
 * where a second person must agree first. It stands after authorisation and sees the
 * validated input, which is exactly what would run, but for secrets: these it must not keep.
 */
export type ApprovalGate = (command: GatedCommand) => void | Promise<void>;

/** What a door hands to the pipeline with each call. */
export interface CallContext {
  readonly session: Session | null;
  /** Runs from the message to the journal entry, through every log line and audit record. */
  readonly traceId: string;
  readonly gate: ApprovalGate;
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
  .use(({ context, procedure, path, next }) => {
    authorise(context.session, procedure['~orpc'].meta, path.join('.'));
    return next();
  })
  .use(async ({ context, procedure, path, next }, input) => {
    const meta: ProcedureMeta = procedure['~orpc'].meta;
    if (meta.command && context.session) {
      await context.gate({
        procedure: path.join('.'),
        input: withoutSecrets(input),
        session: context.session,
      });
    }
    return next();
  });

function authorise(session: Session | null, meta: ProcedureMeta, procedure: string): void {
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
  if (!meta.command || !refusesCommands || refusesCommands.except?.has(procedure)) return;
  throw new CountersignError(refusesCommands.code, refusesCommands.why);
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
