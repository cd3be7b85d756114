import { z } from 'zod';
import {
  amountMinor,
  command,
  currency,
  id,
  isoDate,
  type MaskKind,
  masks,
  query,
  recordNumber,
} from './common.ts';

export const rulesErrors = {
  RULE_UNKNOWN: 'There is no such rule, or it is retired.',
  RULE_STALE: 'The rule was changed since the change was drafted.',
  RULE_SAME: 'The change changes nothing.',
  RULE_NAME_TAKEN: 'Another rule has this name.',
  RULE_TOO_BROAD: 'A rule without conditions catches everything, so it may only ask a person.',
  RULE_CURRENCY: 'The currency does not exist, is not that of the account, or amounts have none.',
  RULE_RANGE: 'The range of amounts is negative or empty.',
  RULE_ACCOUNT_UNKNOWN: 'There is no such account, or nothing can be booked to it.',
  RULE_CUSTOMER_UNKNOWN: 'There is no customer under that id.',
  RULE_LIMIT: 'The limit of the action is missing, not above zero, or wider than rules may go.',
  RULE_TOO_MANY: 'More rules than that are not kept; retire one first.',
  RULE_ORDER: 'An order names every rule that is not retired, each of them once.',
  RULE_TRIAL: 'The dry run is not of this change in this vault; run it again.',
} as const;

export const RULE_LIMITS = {
  rules: 200,
  name: 60,
  reason: 200,
  accounts: 50,
  words: 8,
  /** The largest share of what is owed (parts per million) that a rule may accept as a shortfall. */
  shortfallPpm: 100_000,
  /** Lines of a dry run that are listed; the rest is counted. */
  lines: 500,
  /** Days that a dry run looks at, at most. */
  days: 366,
} as const;

/** Words of the desk, in which a party may be named: masked as the mask says. */
const words = (mask: MaskKind, least: number, most: number) =>
  z.string().trim().min(least).max(most).register(masks, { mask });

export const nameTests = ['equals', 'contains', 'starts'] as const;

/** All that are given must hold. Texts are compared without case, accents and punctuation. */
export const ruleConditions = z.strictObject({
  direction: z.enum(['credit', 'debit']).optional(),
  currency: currency.optional(),
  /** Unsigned, both ends included; needs the currency. */
  leastMinor: amountMinor.optional(),
  mostMinor: amountMinor.optional(),
  /** Own bank accounts; every one where it is left out. */
  bankAccountIds: z.array(id).min(1).max(RULE_LIMITS.accounts).optional(),
  /** Who is on the other side, by the name in the message or that of the ultimate party. */
  payerName: z.strictObject({ test: z.enum(nameTests), text: words('name', 2, 140) }).optional(),
  payerAccount: words('account', 4, 40).optional(),
  /** A code of the bank or the beginning of one: `PMNT`, `PMNT/RCDT`, `166`. */
  transactionCode: z
    .string()
    .regex(/^[A-Za-z0-9]{1,35}([/.-][A-Za-z0-9]{1,35}){0,3}$/, 'expected a code like PMNT/RCDT')
    .optional(),
  /** Plain words, each of which stands in the remittance text. */
  remittance: z
    .array(words('text', 2, 60))
    .min(1)
    .max(RULE_LIMITS.words)
    .optional(),
  /** A line of a statement, or a payment that a single message told of. */
  road: z.enum(['statement', 'instant']).optional(),
  reference: z.enum(['present', 'absent']).optional(),
});
export type RuleConditions = z.infer<typeof ruleConditions>;

export const ruleActionKinds = ['ask', 'stricter', 'payer', 'shortfall', 'book'] as const;
export type RuleActionKind = (typeof ruleActionKinds)[number];

export const ruleAction = z.discriminatedUnion('kind', [
  /** Never without a person. */
  z.strictObject({ kind: z.literal('ask'), reason: words('text', 1, RULE_LIMITS.reason) }),
  /** A person looks at what is less probable, or at more money; at least one of them. */
  z.strictObject({
    kind: z.literal('stricter'),
    leastProbability: z.number().min(0).max(1).nullable(),
    mostMinor: amountMinor.nullable(),
  }),
  /** Evidence that this customer pays, whoever the message names. */
  z.strictObject({ kind: z.literal('payer'), customerId: id }),
  /** What is missing of the named items is given up, up to an amount and a share of what is owed. */
  z.strictObject({
    kind: z.literal('shortfall'),
    mostMinor: amountMinor,
    mostPpm: z.number().int(),
    to: z.enum(['bank-charges', 'discounts-allowed']),
  }),
  /** A statement's line that settles nothing open is moved from Unapplied cash to an account. */
  z.strictObject({ kind: z.literal('book'), accountId: id, mostMinor: amountMinor }),
]);
export type RuleAction = z.infer<typeof ruleAction>;

export const ruleDefinition = z.strictObject({
  name: words('text', 1, RULE_LIMITS.name),
  conditions: ruleConditions,
  action: ruleAction,
});
export type RuleDefinition = z.infer<typeof ruleDefinition>;

const ruleNumber = z.number().int().min(1).max(1_000_000);
const named = { number: ruleNumber, baseVersion: z.number().int().min(1) };

/** Everything that may be done to the rules. */
export const ruleChange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('create'), definition: ruleDefinition }),
  z.strictObject({ kind: z.literal('edit'), ...named, definition: ruleDefinition }),
  z.strictObject({ kind: z.literal('switch'), ...named, on: z.boolean() }),
  z.strictObject({ kind: z.literal('retire'), ...named }),
  /** Every rule that is not retired, the first to be asked first. */
  z.strictObject({ kind: z.literal('reorder'), order: z.array(ruleNumber).max(RULE_LIMITS.rules) }),
]);
export type RuleChange = z.infer<typeof ruleChange>;

/** What would become of a line: to a person, to the machine, to an account, to other items, another proposal. */
export const trialEffects = [
  'to-person',
  'to-machine',
  'booked',
  'unbooked',
  'other-match',
  'proposal',
] as const;
export type TrialEffect = (typeof trialEffects)[number];

/** What a dry run found, with the mark of this vault that it did: a change carries it to whoever agrees. */
export const ruleTrial = z.strictObject({
  from: isoDate,
  to: isoDate,
  atMs: z.number(),
  /** The rules as they were: the record of their last change. */
  bookRecord: recordNumber,
  /** Lines of that time which the machine may decide. */
  considered: z.number().int(),
  /** Of these, those on which the rule's conditions hold; null where the change is of no single rule. */
  holds: z.number().int().nullable(),
  /** Lines on which they hold, and which stay as they are: people decided them, or their period is closed. */
  untouched: z.number().int(),
  /** Lines of other days that would change too. */
  elsewhere: z.number().int(),
  figures: z
    .array(
      z.strictObject({
        effect: z.enum(trialEffects),
        currency,
        count: z.number().int(),
        /** Unsigned. */
        amountMinor,
      }),
    )
    .max(500),
  mark: z.string().max(64),
});
export type RuleTrial = z.infer<typeof ruleTrial>;

export const trialLine = z.object({
  bankTransactionId: id,
  bookingDate: isoDate,
  /** Signed: credit is positive. */
  amountMinor,
  currency,
  effect: z.enum(trialEffects),
});
export type TrialLine = z.infer<typeof trialLine>;

/** Two rules that are on, of which one line may be told two things. */
export const contradiction = z.object({
  rule: z.number().int(),
  other: z.number().int(),
  why: z.enum(['two-answers', 'asked-not-booked']),
});
export type Contradiction = z.infer<typeof contradiction>;

export const ruleStates = ['on', 'off', 'retired'] as const;

export const ruleRow = z.object({
  number: z.number().int(),
  version: z.number().int(),
  state: z.enum(ruleStates),
  /** From 1; null where the rule is retired. */
  place: z.number().int().nullable(),
  /** Null where it was erased with a party whom it names; such a rule does nothing. */
  definition: ruleDefinition.nullable(),
  /** Why a rule that is on does nothing: what it names is gone or closed. */
  dormant: z.enum(['erased', 'account', 'customer']).nullable(),
  changedAtMs: z.number(),
  changedBy: z.string(),
});
export type RuleRow = z.infer<typeof ruleRow>;

export const ruleVersion = z.object({
  version: z.number().int(),
  definition: ruleDefinition.nullable(),
  changedAtMs: z.number(),
  changedBy: z.string(),
  record: recordNumber,
});

export const rules = {
  /** In their order, the retired ones last. */
  list: query('read').output(
    z.object({
      rules: z.array(ruleRow),
      contradictions: z.array(contradiction),
      bookRecord: recordNumber,
    }),
  ),
  get: query('read')
    .input(z.object({ number: ruleNumber }))
    .output(z.object({ rule: ruleRow, versions: z.array(ruleVersion) })),
  /** On how many lines of the last month each rule acted, as they stand. */
  acted: query('read').output(
    z.object({
      from: isoDate,
      to: isoDate,
      rules: z.array(z.object({ number: z.number().int(), count: z.number().int() })),
    }),
  ),
  /** What a change would do to a month of lines; nothing is written. Long work: watch the job. */
  dryRun: query('answer')
    .input(z.object({ change: ruleChange, from: isoDate.optional(), to: isoDate.optional() }))
    .output(
      z.object({
        trial: ruleTrial,
        lines: z.array(trialLine),
        /** Lines beyond those listed. */
        moreLines: z.number().int(),
        contradictions: z.array(contradiction),
      }),
    ),
  change: command('rules')
    .input(z.object({ change: ruleChange, trial: ruleTrial }))
    .output(z.object({ numbers: z.array(z.number().int()), record: recordNumber })),
};
