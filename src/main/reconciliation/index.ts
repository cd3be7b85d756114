/** Matching of bank transactions with open items: by the machine where it is sure, by people where it is not. */

export { isBookable } from './booking.ts';
export type { ReconciliationOptions } from './context.ts';
export { type DeskRules, type NamedRule, noRules, type Ruler, type Ruling } from './desk-rules.ts';
export { type EngineInput, type EngineResult, runEngine } from './engine.ts';
export { hostEngine } from './engine-host.ts';
export { evidenceText, evidenceWords } from './evidence.ts';
export type { TransactionTold } from './inputs.ts';
export type { Arrival, InstantChanges, InstantDecisions } from './instant.ts';
export { fold } from './normalise-text.ts';
export { createOnlineMatcher, type OnlineDecision, type OnlineMatcher } from './online.ts';
export type { Outcome } from './outcome.ts';
export { mergeContents, type PaymentContent, type Payments } from './payments.ts';
export type { ConfirmInput, DecisionResult, PersonInput } from './person.ts';
export { defaultPolicy, type MatchPolicy } from './policy.ts';
export { reconciliationProcedures } from './procedures.ts';
export type { Counts, QueueQuery } from './reading.ts';
export { isReturn } from './returns.ts';
export type { RunOptions, RunProgress } from './run.ts';
export { noScorer, type Scorer } from './scorer.ts';
export { reconciliationSealedColumns } from './sealed-columns.ts';
export { createMatchStatusReader, createReconciliation, type Reconciliation } from './service.ts';
export { createRuleActionsReader, type RuleActionsReader } from './store-rules.ts';
export { createUnsettledReader, type UnsettledReader, type UnsettledRow } from './store-unsettled.ts';
export type { TrialOutcome } from './trial.ts';
export type { Evidence, MatchCustomer, MatchItem, MatchTransaction } from './types.ts';
