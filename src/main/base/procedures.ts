import { implement } from '@orpc/server';
import type { Permission } from '../../contract/common.ts';
import { contract } from '../../contract/index.ts';
import { CountersignError } from './errors.ts';

/** Who calls. The pipeline has checked it before a handler runs. */
export interface Session {
  readonly actor: string;
  readonly permissions: ReadonlySet<Permission>;
}

/** What a door hands to the pipeline with each call. */
export interface CallContext {
  readonly session: Session | null;
  /** Runs from the message to the journal entry, through every log line and audit record. */
  readonly traceId: string;
}

/** Who is behind a change and on which trace; every command of a room's service takes one. */
export interface Caller {
  readonly actor: string;
  readonly traceId: string;
}

/** The contract's implementer; rooms bind their procedures with it in `procedures.ts`. */
export const os = implement(contract).$context<CallContext>();

/** The caller of a handler's context. */
export function callerOf(context: CallContext): Caller {
  if (!context.session) throw new CountersignError('NOT_SIGNED_IN', 'Sign in first.');
  return { actor: context.session.actor, traceId: context.traceId };
}
