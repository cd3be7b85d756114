/** The room's shell: the rules as they stand, and their changes, each one transaction and one record. */
import {
  type Contradiction,
  type RuleChange,
  type RuleDefinition,
  type RuleRow,
  type RuleTrial,
  ruleDefinition,
} from '../../contract/rules.ts';
import type { Recorder } from '../audit/index.ts';
import { type Caller, type InputSchema, type Runtime, withBigints } from '../base/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Receivables } from '../receivables/index.ts';
import { type DeskRules, isBookable, type Ruler } from '../reconciliation/index.ts';
import { type Sealing, unlessErased } from '../sealing/index.ts';
import type { Statements } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import { applied, type Book, contradictionsIn, definitionText, type Rule, ruleOf, standing } from './book.ts';
import { checkDefinition, type Known } from './checking.ts';
import { rulerOf } from './ruling.ts';
import { createStore, type VersionRow } from './store.ts';
import { createTrialProof, type TrialProof } from './trial-proof.ts';

export interface RulesOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Recorder;
  readonly runtime: Pick<Runtime, 'nowMs'>;
  readonly ledger: Pick<Ledger, 'accounts'>;
  readonly statements: Pick<Statements, 'bankAccounts'>;
  readonly receivables: Pick<Receivables, 'knowsCustomer'>;
}

export interface RuleVersion {
  readonly version: number;
  readonly definition: RuleDefinition | null;
  readonly changedAtMs: number;
  readonly changedBy: string;
  readonly record: bigint;
}

/** What a change would make of the rules. */
export interface RulePlan {
  readonly before: Book;
  readonly after: Book;
  /** The rule that the change is of, as it would be; undefined for a new order. */
  readonly rule: Rule | undefined;
  readonly contradictions: readonly Contradiction[];
}

export interface Rules {
  /** What reconciliation asks. */
  readonly desk: DeskRules;
  readonly proof: TrialProof;
  list(): { rules: RuleRow[]; contradictions: Contradiction[]; bookRecord: bigint };
  /** Errors: RULE_UNKNOWN. */
  get(number: number): { rule: RuleRow; versions: RuleVersion[] };
  /** Errors: those of `change` but RULE_TRIAL. */
  plan(change: RuleChange): RulePlan;
  ruler(book: Book): Ruler;
  /**
   * Errors: RULE_TRIAL, RULE_UNKNOWN, RULE_STALE, RULE_SAME, RULE_NAME_TAKEN, RULE_TOO_MANY, RULE_ORDER,
   * RULE_TOO_BROAD, RULE_CURRENCY, RULE_RANGE, RULE_ACCOUNT_UNKNOWN, RULE_CUSTOMER_UNKNOWN, RULE_LIMIT.
   */
  change(
    input: { change: RuleChange; trial: RuleTrial },
    caller: Caller,
  ): { numbers: number[]; record: bigint };
  /** Reads the rules anew, because what was sealed of a party is gone. */
  forget(): void;
}

interface Kept {
  readonly book: Book;
  readonly versions: ReadonlyMap<number, readonly VersionRow[]>;
  readonly record: bigint;
  readonly ruler: Ruler;
}

const place = (id: bigint) =>
  ({ table: 'desk_rule_version', column: 'definition', applicationId: id.toString() }) as const;

const toBigint = (value: unknown): unknown =>
  typeof value === 'string' && /^-?\d{1,30}$/.test(value) ? BigInt(value) : value;

/** Opens the room on a vault. */
export function createRules(options: RulesOptions): Rules {
  const { vault, sealing, audit, runtime, ledger, statements, receivables } = options;
  const store = createStore(vault.db);
  const proof = createTrialProof(sealing);
  let kept: Kept | undefined;

  function definitionOf({ id, sealedId }: VersionRow): RuleDefinition | null {
    const text = unlessErased(() => sealing.openText({ id: sealedId, ...place(id) }));
    if (text === null) return null;
    return ruleDefinition.parse(
      withBigints(ruleDefinition as unknown as InputSchema, JSON.parse(text), toBigint),
    );
  }

  function read(): Kept {
    const versions = Map.groupBy(store.versions(), ({ rule }) => rule);
    const states = store.states();
    const order = store.order();
    const isStanding = (number: number) => states.get(number) !== 'retired';
    const retired = [...versions.keys()].filter((number) => !isStanding(number));
    const book = [...order, ...retired].map((number): Rule => {
      const newest = versions.get(number)!.at(-1)!;
      const { version } = newest;
      return { number, version, state: states.get(number)!, definition: definitionOf(newest) };
    });
    return { book, versions, record: store.lastRecord(), ruler: rulerOf(book) };
  }

  const now = (): Kept => {
    kept ??= read();
    return kept;
  };

  /** What rules may name at this moment; lists are read once, whatever number of rules is held against them. */
  function knownNow(): Known {
    const once = <T>(read: () => T) => {
      let held: T | undefined;
      return () => {
        held ??= read();
        return held;
      };
    };
    const own = once(() => new Set(statements.bankAccounts().map(({ id }) => id)));
    const bookable = once(
      () =>
        new Map(
          ledger
            .accounts()
            .filter(isBookable)
            .map(({ id, currency }) => [id, currency ?? undefined]),
        ),
    );
    return {
      hasBankAccount: (id) => own().has(id),
      hasCustomer: (customerId) => receivables.knowsCustomer(customerId),
      bookableCurrency: (accountId) => bookable().get(accountId),
    };
  }

  function dormantOf({ definition }: Rule, known: Known): RuleRow['dormant'] {
    if (definition === null) return 'erased';
    const { action } = definition;
    if (action.kind === 'payer' && !known.hasCustomer(action.customerId)) return 'customer';
    if (action.kind === 'book' && known.bookableCurrency(action.accountId) === undefined) return 'account';
    return null;
  }

  function toRow(rule: Rule, known: Known): RuleRow {
    const { book, versions } = now();
    const { changedAtMs, actor } = versions.get(rule.number)!.at(-1)!;
    const at = standing(book).indexOf(rule);
    return {
      ...rule,
      place: at < 0 ? null : at + 1,
      dormant: dormantOf(rule, known),
      changedAtMs,
      changedBy: actor,
    };
  }

  function plan(change: RuleChange): RulePlan {
    const { book } = now();
    const known = knownNow();
    if (change.kind === 'create' || change.kind === 'edit') checkDefinition(change.definition, known);
    const after = applied(book, change);
    const number = change.kind === 'create' ? standing(after).at(-1)!.number : numberOf(change);
    // What a rule that is switched on names may have gone since it was written.
    const rule = after.find((one) => one.number === number);
    if (change.kind === 'switch' && change.on && rule?.definition) checkDefinition(rule.definition, known);
    return { before: book, after, rule, contradictions: contradictionsIn(after) };
  }

  /** Writes what a change makes of one rule; answers its number. */
  function writeRule({ before }: RulePlan, rule: Rule, record: bigint, caller: Caller): void {
    const was = before.find(({ number }) => number === rule.number);
    if (was?.version !== rule.version && rule.definition) {
      const id = store.nextId();
      const plaintext = definitionText(rule.definition);
      const sealedId = sealing.seal({ purpose: 'customer_pii', ...place(id), plaintext });
      const { number, version } = rule;
      const changedAtMs = Math.trunc(runtime.nowMs());
      store.insertVersion({
        ...{ id, rule: number, version, sealedId, changedAtMs, record },
        actor: caller.actor,
      });
    }
    if (was?.state !== rule.state) store.insertState(rule.number, rule.state, record);
  }

  return {
    proof,
    desk: { current: () => now().ruler },
    list() {
      const { book, record } = now();
      const known = knownNow();
      const rules = book.map((rule) => toRow(rule, known));
      return { rules, contradictions: contradictionsIn(book), bookRecord: record };
    },
    get(number) {
      const { book, versions } = now();
      // A retired rule is still read: evidence of what it did leads to it.
      const rule = book.find((one) => one.number === number) ?? ruleOf(book, number);
      const all = versions.get(number)!.map((row) => ({
        version: row.version,
        definition: definitionOf(row),
        changedAtMs: row.changedAtMs,
        changedBy: row.actor,
        record: row.record,
      }));
      return { rule: toRow(rule, knownNow()), versions: all.toReversed() };
    },
    plan,
    ruler: rulerOf,
    forget() {
      kept = undefined;
    },
    change: ({ change, trial }, caller) =>
      vault.transaction(() => {
        proof.require(change, trial);
        const planned = plan(change);
        const { after, rule } = planned;
        const order = standing(after).map(({ number }) => number);
        const record = audit.record({
          kind: `rules.${change.kind}`,
          ...caller,
          subjects: rule === undefined ? [] : [{ kind: 'rule', id: rule.number.toString() }],
          detail: {
            change: change.kind,
            order,
            ...(rule === undefined
              ? {}
              : { rule: rule.number, version: rule.version, state: rule.state, terms: termsHash(rule) }),
            trial: { ...trial, figures: trial.figures.map((figure) => ({ ...figure })) },
          },
        });
        if (rule !== undefined) writeRule(planned, rule, record, caller);
        store.insertOrder(order, record);
        kept = undefined;
        vault.onRollback(() => {
          kept = undefined;
        });
        return { numbers: rule === undefined ? order : [rule.number], record };
      }),
  };
}

const numberOf = (change: RuleChange): number | undefined =>
  change.kind === 'reorder' || change.kind === 'create' ? undefined : change.number;

/** What a record says of the terms of a rule: their hash, since they may name a party. */
const termsHash = ({ definition }: Rule): string | null =>
  definition === null ? null : sha256(Buffer.from(definitionText(definition))).toString('hex');
