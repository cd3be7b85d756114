/** The rules in their order, and what a change makes of them. Pure. */
import {
  type Contradiction,
  RULE_LIMITS,
  type RuleChange,
  type RuleDefinition,
  type RuleRow,
} from '../../contract/rules.ts';
import { CountersignError } from '../base/index.ts';
import { canonicalJson } from '../crypto/index.ts';
import { mayMeet } from './conditions.ts';
import { plain } from './reading-lines.ts';

export interface Rule {
  readonly number: number;
  readonly version: number;
  readonly state: RuleRow['state'];
  /** Null where it was erased; such a rule does nothing. */
  readonly definition: RuleDefinition | null;
}

/** Every rule that was ever made: first those that are not retired, in the order in which they are asked. */
export type Book = readonly Rule[];

export const standing = (book: Book): Rule[] => book.filter(({ state }) => state !== 'retired');

/** Errors: RULE_UNKNOWN. */
export function ruleOf(book: Book, number: number): Rule {
  const rule = book.find((one) => one.number === number && one.state !== 'retired');
  if (rule) return rule;
  throw new CountersignError('RULE_UNKNOWN', 'There is no such rule, or it is retired.', {
    path: `rule ${number}`,
  });
}

/** Definitions as bytes, so that what is the same is known as the same. */
export const definitionText = (definition: RuleDefinition): string => canonicalJson(definition);

/**
 * The rules after a change. Errors: RULE_UNKNOWN, RULE_STALE, RULE_SAME, RULE_NAME_TAKEN, RULE_TOO_MANY,
 * RULE_ORDER.
 */
export function applied(book: Book, change: RuleChange): Book {
  switch (change.kind) {
    case 'create': {
      requireFreeName(book, change.definition, null);
      if (standing(book).length >= RULE_LIMITS.rules) tooMany();
      const number = Math.max(0, ...book.map((one) => one.number)) + 1;
      const rule: Rule = { number, version: 1, state: 'on', definition: change.definition };
      return inOrder([...standing(book), rule], book);
    }
    case 'edit': {
      const before = ofVersion(book, change);
      const { definition } = change;
      requireFreeName(book, definition, before.number);
      if (before.definition && definitionText(before.definition) === definitionText(definition)) same();
      return replaced(book, { ...before, version: before.version + 1, definition });
    }
    case 'switch': {
      const before = ofVersion(book, change);
      const state = change.on ? 'on' : 'off';
      if (before.state === state) same();
      return replaced(book, { ...before, state });
    }
    case 'retire':
      return replaced(book, { ...ofVersion(book, change), state: 'retired' });
    case 'reorder':
      return reordered(book, change.order);
  }
}

function ofVersion(book: Book, { number, baseVersion }: { number: number; baseVersion: number }): Rule {
  const rule = ruleOf(book, number);
  if (rule.version === baseVersion) return rule;
  throw new CountersignError('RULE_STALE', 'The rule was changed since the change was drafted.', {
    path: `rule ${number}`,
    expected: `version ${rule.version}`,
    actual: `version ${baseVersion}`,
  });
}

function requireFreeName(book: Book, { name }: RuleDefinition, number: number | null): void {
  const taken = standing(book).find(
    (one) => one.number !== number && one.definition && plain(one.definition.name) === plain(name),
  );
  if (!taken) return;
  throw new CountersignError('RULE_NAME_TAKEN', 'Another rule has this name.', {
    path: 'name',
    actual: `rule ${taken.number}`,
  });
}

function tooMany(): never {
  throw new CountersignError('RULE_TOO_MANY', 'More rules than that are not kept; retire one first.', {
    expected: `at most ${RULE_LIMITS.rules} rules`,
  });
}

function same(): never {
  throw new CountersignError('RULE_SAME', 'The change changes nothing.');
}

const inOrder = (first: readonly Rule[], book: Book): Book => [
  ...first,
  ...book.filter(({ state }) => state === 'retired'),
];

function replaced(book: Book, rule: Rule): Book {
  const rules = book.map((one) => (one.number === rule.number ? rule : one));
  return inOrder(standing(rules), rules);
}

function reordered(book: Book, order: readonly number[]): Book {
  const now = standing(book);
  const isWhole = order.length === now.length && new Set(order).size === now.length;
  const rules = order.flatMap((number) => now.find((one) => one.number === number) ?? []);
  if (!isWhole || rules.length !== now.length) {
    throw new CountersignError('RULE_ORDER', 'An order names every rule that is not retired, each once.', {
      path: 'order',
      expected: now.map(({ number }) => number).join(' '),
    });
  }
  if (rules.every((rule, at) => rule === now[at])) same();
  return inOrder(rules, book);
}

/** Pairs of rules that are on and may tell one line two things; the one that is asked first comes first. */
export function contradictionsIn(book: Book): Contradiction[] {
  const on = standing(book).flatMap(({ number, state, definition }) =>
    state === 'on' && definition ? [{ number, definition }] : [],
  );
  return on.flatMap((one, at) =>
    on.slice(at + 1).flatMap((other): Contradiction[] => {
      const why = whyContradicting(one.definition, other.definition);
      const pair = { rule: one.number, other: other.number };
      return why && mayMeet(one.definition.conditions, other.definition.conditions) ? [{ ...pair, why }] : [];
    }),
  );
}

function whyContradicting(one: RuleDefinition, other: RuleDefinition): Contradiction['why'] | undefined {
  const kinds = [one.action.kind, other.action.kind];
  if (kinds.includes('ask') && kinds.includes('book')) return 'asked-not-booked';
  if (one.action.kind !== other.action.kind || one.action.kind === 'ask') return undefined;
  return canonicalJson(one.action) === canonicalJson(other.action) ? undefined : 'two-answers';
}
