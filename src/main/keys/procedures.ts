import type { Key } from '../../contract/keys.ts';
import { callerOf, os } from '../base/procedures.ts';
import type { Calendar } from '../jobs/index.ts';
import type { Keys } from './service.ts';

/** Binds the contract's `keys`. */
export const keysProcedures = (keys: Keys, calendar: Calendar) =>
  os.keys.router({
    list: os.keys.list.handler(({ input }) => keys.list(input)),
    get: os.keys.get.handler(({ input }) => keys.get(input.keyId)),
    events: os.keys.events.handler(({ input }) => keys.events(input)),
    policies: os.keys.policies.handler(() => [...keys.policies()]),
    rotations: os.keys.rotations.handler(() => keys.rotations()),
    calendar: os.keys.calendar.handler(() =>
      calendar.list().map(({ findings, ...entry }) => ({ ...entry, findings: [...findings] })),
    ),
    rotate: os.keys.rotate.handler(({ input, context }) => keys.rotate(callerOf(context), input)),
    pauseRotation: os.keys.pauseRotation.handler(({ input, context }) =>
      keys.pauseRotation(callerOf(context), input.rotationId),
    ),
    resumeRotation: os.keys.resumeRotation.handler(({ input, context }) =>
      keys.resumeRotation(callerOf(context), input.rotationId),
    ),
    markCompromised: os.keys.markCompromised.handler(({ input, context }) =>
      keys.markCompromised(callerOf(context), input),
    ),
    retire: os.keys.retire.handler(({ input, context }): Key => keys.retire(callerOf(context), input.keyId)),
    loss: os.keys.loss.handler(({ input }) => keys.loss(input)),
    destroy: os.keys.destroy.handler(({ input, context }) => {
      const { confirm, ...what } = input;
      return keys.destroy(callerOf(context), what, confirm);
    }),
    runDue: os.keys.runDue.handler(({ context }) => {
      const { ranAtMs, replaced, waiting, rotations } = keys.runDue(callerOf(context));
      return { ranAtMs, replaced, waiting, rotations };
    }),
  });
