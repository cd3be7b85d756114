/** The rules as the engine asks them: of each kind of action the first rule that holds. Pure. */
import type { RuleAction, RuleActionKind } from '../../contract/rules.ts';
import type { NamedRule, Ruler, Ruling } from '../reconciliation/index.ts';
import { type Book, standing } from './book.ts';
import { compileConditions } from './conditions.ts';
import { readLine } from './reading-lines.ts';

type Part<Kind extends RuleActionKind> = (
  action: Extract<RuleAction, { kind: Kind }>,
  named: NamedRule,
) => Ruling;

const PARTS: { readonly [Kind in RuleActionKind]: Part<Kind> } = {
  ask: (_, named) => ({ ask: named }),
  stricter: ({ leastProbability, mostMinor }, named) => ({
    stricter: { ...named, leastProbability, mostMinor },
  }),
  payer: ({ customerId }, named) => ({ payer: { ...named, customerId } }),
  shortfall: ({ mostMinor, mostPpm, to }, named) => ({
    shortfall: { ...named, mostMinor, mostPpm: BigInt(mostPpm), to },
  }),
  book: ({ accountId, mostMinor }, named) => ({
    book: { ...named, accountId: BigInt(accountId), mostMinor },
  }),
};

const partOf = (action: RuleAction, named: NamedRule): Ruling =>
  (PARTS[action.kind] as Part<RuleActionKind>)(action, named);

/** What the rules that are on say. */
export function rulerOf(book: Book): Ruler {
  const rules = standing(book).flatMap(({ number, version, state, definition }) => {
    if (state !== 'on' || definition === null) return [];
    const { action, conditions } = definition;
    const part = partOf(action, { rule: number, version });
    return [{ kind: action.kind, holds: compileConditions(conditions), part }];
  });
  if (rules.length === 0) return () => undefined;
  return (row) => {
    const line = readLine(row);
    let ruling: Ruling | undefined;
    for (const { kind, holds, part } of rules) {
      if (ruling?.[kind] === undefined && holds(line)) ruling = { ...ruling, ...part };
    }
    return ruling;
  };
}
