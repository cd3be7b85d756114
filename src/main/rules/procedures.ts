import { yieldToLoop } from '../base/index.ts';
import { callerOf, os } from '../base/procedures.ts';
import type { RuleActionsReader } from '../reconciliation/index.ts';
import type { DryRun } from './dry-run.ts';
import type { Rules } from './service.ts';

/** What the contract asks of the room and of those beside it. */
export interface RulesDesk {
  readonly rules: Rules;
  readonly dryRun: DryRun;
  readonly actions: RuleActionsReader;
}

/** The contract's procedures bound to the room, as it is at the moment of each call. */
export const rulesProcedures = (desk: RulesDesk) =>
  os.rules.router({
    list: os.rules.list.handler(() => desk.rules.list()),
    get: os.rules.get.handler(({ input }) => desk.rules.get(input.number)),
    acted: os.rules.acted.handler(async () => {
      const { from, to } = desk.dryRun.lastMonth();
      const steps = desk.actions.actionsBetween(from, to);
      for (;;) {
        const step = steps.next();
        if (step.done) {
          return { from, to, rules: [...step.value].map(([number, count]) => ({ number, count })) };
        }
        await yieldToLoop();
      }
    }),
    dryRun: os.rules.dryRun.handler(({ input, signal }) => desk.dryRun.run(input, signal)),
    change: os.rules.change.handler(({ input, context }) => desk.rules.change(input, callerOf(context))),
  });
