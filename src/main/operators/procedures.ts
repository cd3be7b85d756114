import { callerOf, os, seatOf } from '../base/procedures.ts';
import type { Operators } from './service.ts';

/** Binds the contract's `operators`. Passphrases and secrets go in and stay in. */
export const operatorsProcedures = (operators: Operators) =>
  os.operators.router({
    list: os.operators.list.handler(() => ({ named: operators.named(), operators: operators.list() })),
    roles: os.operators.roles.handler(() => operators.roles()),
    me: os.operators.me.handler(({ context }) => operators.me(seatOf(context))),
    newSecondFactor: os.operators.newSecondFactor.handler(({ input }) =>
      operators.newSecondFactor(input.name),
    ),
    nameOfficers: os.operators.nameOfficers.handler(async ({ input, context }) => ({
      operators: await operators.nameOfficers(callerOf(context), input.officers),
    })),
    create: os.operators.create.handler(({ input, context }) => operators.create(callerOf(context), input)),
    setRoles: os.operators.setRoles.handler(({ input, context }) =>
      operators.setRoles(callerOf(context), input.id, input),
    ),
    disable: os.operators.disable.handler(({ input, context }) =>
      operators.disable(callerOf(context), input.id),
    ),
    enable: os.operators.enable.handler(({ input, context }) =>
      operators.enable(callerOf(context), input.id),
    ),
    resetSecondFactor: os.operators.resetSecondFactor.handler(({ input, context }) =>
      operators.resetSecondFactor(callerOf(context), input.id, input.secondFactor),
    ),
    resetPassphrase: os.operators.resetPassphrase.handler(({ input, context }) =>
      operators.resetPassphrase(callerOf(context), input.id, input.passphrase),
    ),
    changePassphrase: os.operators.changePassphrase.handler(({ input, context }) =>
      operators.changePassphrase(seatOf(context), input, context.traceId),
    ),
    enrolSmartCard: os.operators.enrolSmartCard.handler(({ input, context }) =>
      operators.enrolSmartCard(callerOf(context), seatOf(context), input),
    ),
    removeSmartCard: os.operators.removeSmartCard.handler(({ input, context }) =>
      operators.removeSmartCard(callerOf(context), input.id),
    ),
    lendings: os.operators.lendings.handler(() => ({ lendings: operators.lendings() })),
    breakGlass: os.operators.breakGlass.handler(({ input, context }) =>
      operators.breakGlass(callerOf(context), input, context.approved),
    ),
    endBreakGlass: os.operators.endBreakGlass.handler(({ input, context }) => ({
      lendings: operators.endBreakGlass(
        callerOf(context),
        input.id,
        context.session?.permissions.has('people') === true,
      ),
    })),
  });
