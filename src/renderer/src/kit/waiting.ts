/**
 * A command that waits for a second person is no failure. This is the one place that knows it from one, tells
 * of it, and lets a dialog end as it does after success.
 */
import { type ApprovalRequired, approvalRequired } from '../../../contract/approvals.ts';
import { problemOf } from './problems.ts';

/** The request that a refused command has become; null where it was refused for another reason. */
export function waitsIn(error: unknown): ApprovalRequired | null {
  const problem = problemOf(error);
  if (problem.code !== 'APPROVAL_REQUIRED') return null;
  const read = approvalRequired.safeParse(problem.details);
  return read.success ? read.data : null;
}

let tell: ((required: ApprovalRequired) => void) | null = null;

/** The room of the approvals says how it is told: it knows who has to agree, and where the request is. */
export function onWaiting(teller: (required: ApprovalRequired) => void): () => void {
  tell = teller;
  return () => {
    if (tell === teller) tell = null;
  };
}

/** Tells that the command waits; false where the error says something else. */
export function tellWaiting(error: unknown): boolean {
  const required = waitsIn(error);
  if (required === null || tell === null) return false;
  tell(required);
  return true;
}

/** For the `onError` of a dialog: where the command waits for a second person, `then` ends the dialog. */
export function whenWaiting(then: () => void): (error: unknown) => void {
  return (error) => {
    if (tellWaiting(error)) then();
  };
}
