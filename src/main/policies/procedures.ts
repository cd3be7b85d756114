import { callerOf, os } from '../base/procedures.ts';
import type { Policies } from './service.ts';

/** Binds the contract's `policies`. */
export const policiesProcedures = (policies: Policies) =>
  os.policies.router({
    list: os.policies.list.handler(() => policies.list()),
    get: os.policies.get.handler(({ input }) => policies.get(input.policyId)),
    compare: os.policies.compare.handler(({ input }) => policies.compare(input)),
    change: os.policies.change.handler(({ input, context }) => policies.change(callerOf(context), input)),
    simulate: os.policies.simulate.handler(({ input }) => policies.simulate(input)),
  });
