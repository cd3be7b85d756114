/** Rules that a desk writes: conditions and one action as data, tried before they act. */
export { createDryRun, type DryRun, type DryRunOptions } from './dry-run.ts';
export { type RulesDesk, rulesProcedures } from './procedures.ts';
export { rulesSealedColumns } from './sealed-columns.ts';
export { createRules, type RulePlan, type Rules, type RulesOptions } from './service.ts';
