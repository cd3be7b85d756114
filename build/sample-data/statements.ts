/** Lines put into statements: one a business day and account, in a booking order, with chained balances. */
import { businessDays, statementNumber } from './calendar.ts';
import type { BankLine } from './lines.ts';
import type { Random } from './random.ts';
import type { AccountKey, OwnAccount, World } from './world.ts';

/** One entry of a statement; several lines only where the bank booked a batch. */
export interface Entry {
  /** What the bank calls it; at most 16 characters, since MT940 carries no more. */
  readonly reference: string;
  readonly lines: readonly BankLine[];
}

export interface Statement {
  readonly own: OwnAccount;
  readonly date: string;
  readonly number: number;
  /** Closing date of the statement before. */
  readonly previousDate: string;
  /** Signed: credit is positive. */
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly entries: readonly Entry[];
}

export function signedMinor(line: BankLine): bigint {
  return line.direction === 'credit' ? line.amountMinor : -line.amountMinor;
}

const OPENING_MINOR: Readonly<Record<AccountKey, bigint>> = {
  'eur-main': 184_220_417n,
  'eur-collect': 61_903_288n,
  gbp: 7_415_090n,
  usd: 23_188_264n,
};

const REFERENCE_LETTER: Readonly<Record<AccountKey, string>> = {
  'eur-main': 'H',
  'eur-collect': 'M',
  gbp: 'T',
  usd: 'U',
};

/** The day's lines in the order the bank booked them, batches gathered. */
function entriesOf(lines: readonly BankLine[], key: AccountKey, date: string, random: Random): Entry[] {
  const groups = new Map<string, BankLine[]>();
  lines.forEach((line, at) => {
    const group = line.batch ?? String(at);
    groups.set(group, [...(groups.get(group) ?? []), line]);
  });
  const day = date.replaceAll('-', '').slice(2);
  return random.shuffle([...groups.values()]).map((group, at) => ({
    reference: `${REFERENCE_LETTER[key]}${day}${String(at + 1).padStart(5, '0')}${random.digits(2)}`,
    lines: group,
  }));
}

/** The statements of one account for every business day from `from` to `to`. */
export function statementsOf(
  world: World,
  key: AccountKey,
  lines: readonly BankLine[],
  from: string,
  to: string,
  random: Random,
): Statement[] {
  const byDate = Map.groupBy(
    lines.filter((line) => line.account === key),
    (line) => line.date,
  );
  let balanceMinor = OPENING_MINOR[key];
  const days = businessDays(from, to);
  let previousDate = businessDays('2000-01-01', from).findLast((day) => day < from) ?? from;
  return days.map((date) => {
    const entries = entriesOf(byDate.get(date) ?? [], key, date, random.stream(date));
    const openingMinor = balanceMinor;
    for (const entry of entries) for (const line of entry.lines) balanceMinor += signedMinor(line);
    const statement: Statement = {
      own: world.own[key],
      date,
      number: statementNumber(date),
      previousDate,
      openingMinor,
      closingMinor: balanceMinor,
      entries,
    };
    previousDate = date;
    return statement;
  });
}
