import { callerOf, os } from '../base/procedures.ts';
import type { Incidents } from './service.ts';

/** Binds the contract's `incidents` to the room. */
export const incidentsProcedures = (incidents: Incidents) =>
  os.incidents.router({
    list: os.incidents.list.handler(({ input }) => incidents.list(input)),
    counts: os.incidents.counts.handler(() => incidents.counts()),
    get: os.incidents.get.handler(({ input }) => incidents.get(input.id)),
    acknowledge: os.incidents.acknowledge.handler(({ input, context }) =>
      incidents.acknowledge(input.id, callerOf(context)),
    ),
    assign: os.incidents.assign.handler(({ input, context }) =>
      incidents.assign(input.id, input.owner, callerOf(context)),
    ),
    escalate: os.incidents.escalate.handler(({ input, context }) =>
      incidents.escalate(input.id, input.reason, callerOf(context)),
    ),
    resolve: os.incidents.resolve.handler(({ input, context }) =>
      incidents.resolve(input.id, input.cause, callerOf(context)),
    ),
    policies: os.incidents.policies.handler(() => incidents.policies()),
  });
