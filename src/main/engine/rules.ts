/** The rules of the desk beside what they steer: dry runs think as reconciliation does. */
import { createRuleActionsReader, type Reconciliation } from '../reconciliation/index.ts';
import { createDryRun, type Rules, type RulesDesk } from '../rules/index.ts';
import type { Statements } from '../statements/index.ts';
import type { ConsoleOptions } from './console.ts';

interface Rooms {
  readonly rules: Rules;
  readonly reconciliation: Reconciliation;
  readonly statements: Statements;
}

export function wireRules(
  { vault, jobs, runtime }: ConsoleOptions,
  { rules, reconciliation, statements }: Rooms,
): RulesDesk {
  const lastBooked = () =>
    statements
      .cashByDay()
      .reduce<string | null>((last, { date }) => (last && last > date ? last : date), null);
  return {
    rules,
    dryRun: createDryRun({ rules, reconciliation, jobs, runtime, lastBooked }),
    actions: createRuleActionsReader(vault.db),
  };
}
