import type { SessionState } from '../../contract/session.ts';
import { CountersignError } from '../base/index.ts';
import { type CallContext, callerOf, os, seatOf } from '../base/procedures.ts';
import type { HostControl } from './control.ts';
import { DEMO_PEOPLE } from './demo-people.ts';

/** Binds the contract's `session`: the sign-in of the connection that calls. */
export function sessionProcedures(host: HostControl) {
  const stateOf = (context: CallContext): SessionState => {
    const operators = host.status().rekeying ? undefined : host.current()?.operators;
    if (operators?.named() && context.seat) return operators.current(context.seat);
    const permissions = [...(context.session?.permissions ?? [])];
    const unnamed = operators?.named() === false;
    return { required: false, unnamed, operator: null, permissions, endsAtMs: null, idleMs: null };
  };

  const operatorsOf = () => {
    const operators = host.current()?.operators;
    if (!operators) throw new CountersignError('VAULT_CLOSED', 'Open a vault first.');
    return operators;
  };

  return os.session.router({
    current: os.session.current.handler(({ context }) => stateOf(context)),
    peopleOfDemo: os.session.peopleOfDemo.handler(() => ({ people: demoPeople(host) })),
    // No lock and no rekey may come between the passphrase and the session.
    signIn: os.session.signIn.handler(({ input, context }) =>
      host.inTurn(async () => {
        const operators = operatorsOf();
        if (!operators.named()) {
          throw new CountersignError(
            'OPERATORS_NOT_NAMED',
            'Nobody is named yet; name the first two officers.',
          );
        }
        await operators.signIn(seatOf(context), input, context.traceId);
        return operators.current(seatOf(context));
      }),
    ),
    signOut: os.session.signOut.handler(({ context }) => {
      if (context.session && context.seat) operatorsOf().signOut(context.seat, callerOf(context));
      return stateOf(context);
    }),
    touch: os.session.touch.handler(({ context }) => {
      if (context.seat) host.touch(context.seat);
      return stateOf(context);
    }),
  });
}

/** The demo people who can sign in; nobody in any other vault, whatever people are called there. */
function demoPeople(host: HostControl) {
  const { demo, rekeying } = host.status();
  if (!demo || rekeying) return [];
  return host
    .current()!
    .operators.knownDemoPeople(DEMO_PEOPLE)
    .map((person) => ({
      ...person,
      roles: [...person.roles],
    }));
}
