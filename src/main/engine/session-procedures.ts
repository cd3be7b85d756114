import type { SessionState } from '../../contract/session.ts';
import { CountersignError } from '../base/index.ts';
import { type CallContext, callerOf, os, seatOf } from '../base/procedures.ts';
import { cardOfDemo } from './cards.ts';
import type { HostControl } from './control.ts';
import { DEMO_PEOPLE } from './demo-people.ts';

/** Binds the contract's `session`: the sign-in of the connection that calls. */
export function sessionProcedures(host: HostControl) {
  const stateOf = (context: CallContext): SessionState => {
    const rooms = host.status().rekeying ? undefined : host.current();
    const operators = rooms?.operators;
    const cardOffered = rooms?.hsm.cards.offered ?? false;
    if (operators?.named() && context.seat) return { ...operators.current(context.seat), cardOffered };
    const permissions = [...(context.session?.permissions ?? [])];
    const unnamed = operators?.named() === false;
    const nobody = { operator: null, endsAtMs: null, idleMs: null, secondFactor: null };
    return { ...nobody, required: false, unnamed, permissions, cardOffered };
  };

  const roomsOf = () => {
    const rooms = host.current();
    if (!rooms) throw new CountersignError('VAULT_CLOSED', 'Open a vault first.');
    return rooms;
  };
  const operatorsOf = () => roomsOf().operators;

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
        return stateOf(context);
      }),
    ),
    cardInReader: os.session.cardInReader.handler(async () => {
      const { hsm, operators } = roomsOf();
      const seen = await hsm.cards.inReader();
      const nameOf = (id: string | null) => operators.list().find((one) => one.id === id)?.name ?? null;
      const cards = seen.map(({ operatorId, ...card }) => ({ ...card, operatorName: nameOf(operatorId) }));
      return { cards };
    }),
    cardOfDemo: os.session.cardOfDemo.handler(({ input, context }) =>
      host.inTurn(() => cardOfDemo(roomsOf(), input.name, context.traceId)),
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
      cardPin: person.cardPin ?? null,
    }));
}
