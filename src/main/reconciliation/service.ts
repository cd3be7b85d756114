/** The room's shell: what the contract and other rooms may ask of reconciliation. */
import type { LearnedRow, RunResult } from '../../contract/reconciliation.ts';
import { createIdMaker } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { MatchStatusReader } from '../statements/index.ts';
import type { Connection } from '../vault/index.ts';
import type { ReconciliationContext, ReconciliationOptions } from './context.ts';
import { noRules } from './desk-rules.ts';
import { createLearnedDesk, type Forgotten, type LearnedQuery } from './forgetting.ts';
import { createInstantDecisions, type InstantDecisions } from './instant.ts';
import { createLearning } from './learning.ts';
import { createOnlineBooks, type OnlineBooks } from './online-books.ts';
import { noPayments } from './payments.ts';
import { type ConfirmInput, createPersonDecisions, type DecisionResult, type PersonInput } from './person.ts';
import { defaultPolicy } from './policy.ts';
import { createReading, type Page, type Reading } from './reading.ts';
import { type RunOptions, runMatching } from './run.ts';
import { noScorer } from './scorer.ts';
import { createReconciliationStore } from './store.ts';
import { type TrialOptions, type TrialRules, tryRules } from './trial.ts';

export interface Reconciliation extends Reading {
  /** What a run would decide under other rules; nothing is written. After a run that is under way. Errors: CANCELLED. */
  tryRules(rules: TrialRules, options?: TrialOptions): Promise<void>;
  /**
   * Considers every booked transaction that no person has decided. Runs one at a time: a call during
   * a run begins after it. Errors: CANCELLED.
   */
  run(caller: Caller, options?: RunOptions): Promise<RunResult>;
  /** The engine in memory, for money that is decided the moment it arrives. */
  readonly online: Pick<OnlineBooks, 'isReady' | 'refresh' | 'rebuild' | 'close'>;
  /** What single messages change. */
  readonly instant: InstantDecisions;
  /** Errors: TRANSACTION_UNKNOWN, MATCH_NOT_OPEN, MATCH_UNKNOWN, MATCH_STALE, MATCH_OVER_ALLOCATED, MATCH_CURRENCY. */
  confirm(input: ConfirmInput, caller: Caller): DecisionResult;
  /**
   * A match in a closed period only where two people agreed to it.
   * Errors: TRANSACTION_UNKNOWN, MATCH_UNKNOWN, MATCH_DECIDED, MATCH_CLEARED.
   */
  reject(input: PersonInput, caller: Caller, isApproved?: boolean): DecisionResult;
  /**
   * A match in a closed period only where two people agreed to it.
   * Errors: TRANSACTION_UNKNOWN, MATCH_CLEARED, MATCH_UNDO_MACHINE_ONLY.
   */
  undo(input: PersonInput, caller: Caller, isApproved?: boolean): DecisionResult;
  /** What the engine learned of people's decisions and no list says, by customers. */
  learned(query: LearnedQuery): Promise<Page<LearnedRow>>;
  /** The decisions that taught it teach it no more. Errors: LEARNED_UNKNOWN. */
  forget(learnedId: string, caller: Caller): Promise<Forgotten>;
  /** Something sealed is gone: what was learned is read again without it. */
  relearn(): Promise<void>;
}

/** Opens the room on a vault. */
export function createReconciliation(options: ReconciliationOptions): Reconciliation {
  const rooms = {
    ...options,
    scorer: options.scorer ?? noScorer,
    policy: options.policy ?? defaultPolicy,
    payments: options.payments ?? noPayments,
    rules: options.rules ?? noRules,
    store: createReconciliationStore(options.vault.db),
    newId: createIdMaker(options.runtime),
  };
  const learning = createLearning(rooms);
  const context: ReconciliationContext = { ...rooms, learning };
  let last: Promise<unknown> = Promise.resolve();
  const online = createOnlineBooks(context);
  return {
    online,
    instant: createInstantDecisions(context, online),
    ...createReading(context),
    ...createPersonDecisions(context),
    tryRules(rules, trialOptions) {
      const result = last.then(() => tryRules(context, rules, trialOptions));
      last = result.catch(() => undefined);
      return result;
    },
    ...createLearnedDesk(context),
    relearn: learning.reload,
    run(caller, runOptions) {
      const result = last.then(() => runMatching(context, caller, runOptions));
      // The next run waits for this one, however it ends; its caller hears of the error.
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** The statuses alone, for the statements room, which is opened before this one. */
export function createMatchStatusReader(db: Connection): MatchStatusReader {
  const store = createReconciliationStore(db);
  return {
    statusOf: (ids) =>
      new Map(store.statesOf(ids).map(({ transactionId, status }) => [transactionId, status])),
  };
}
