import type { ReplayedBalance } from './books.ts';
import type { Decisions, ReplayedMatch } from './decisions.ts';
import type { IncidentStates } from './incidents.ts';
import type { ReplayStore } from './store.ts';

/** One place where a live table says another thing than the log. */
export interface Difference {
  /** What and which, as in `account 12` or `match 7`. */
  readonly place: string;
  readonly expected: string;
  readonly found: string;
}

export interface Comparison {
  readonly checked: number;
  /** All of them are counted, the first `MOST_DIFFERENCES` listed. */
  readonly differing: number;
  readonly differences: readonly Difference[];
}

const MOST_DIFFERENCES = 100;
const NONE = 'nothing';

/** Holds what was rebuilt against what is there; every key of either side is looked at. */
function compare(
  what: string,
  rebuilt: ReadonlyMap<string, string>,
  live: ReadonlyMap<string, string>,
): Comparison {
  const differences: Difference[] = [];
  let differing = 0;
  const keys = new Set([...rebuilt.keys(), ...live.keys()]);
  for (const key of keys) {
    const expected = rebuilt.get(key) ?? NONE;
    const found = live.get(key) ?? NONE;
    if (expected === found) continue;
    differing += 1;
    if (differences.length < MOST_DIFFERENCES) differences.push({ place: `${what} ${key}`, expected, found });
  }
  return { checked: keys.size, differing, differences };
}

const balanceText = (balance: ReplayedBalance) =>
  `debit ${balance.debitMinor}, credit ${balance.creditMinor}, ` +
  `pending ${balance.pendingDebitMinor} and ${balance.pendingCreditMinor}`;
const NO_BALANCE = balanceText({
  debitMinor: 0n,
  creditMinor: 0n,
  pendingDebitMinor: 0n,
  pendingCreditMinor: 0n,
});

/** Every account's balance against the sum of its postings. One that never moved may have no row. */
export function compareBalances(
  store: ReplayStore,
  balances: ReadonlyMap<string, ReplayedBalance>,
): Comparison {
  const codes = new Map(store.accounts(Number.MAX_SAFE_INTEGER).map(({ id, code }) => [id.toString(), code]));
  const named = (id: string) => `${codes.get(id) ?? id}`;
  const rebuilt = new Map([...balances].map(([id, balance]) => [named(id), balanceText(balance)]));
  const live = new Map(
    store.balances().map(([id, debitMinor, creditMinor, pendingDebitMinor, pendingCreditMinor]) => {
      const balance = { debitMinor, creditMinor, pendingDebitMinor, pendingCreditMinor };
      return [named(id.toString()), balanceText(balance)];
    }),
  );
  for (const key of new Set([...rebuilt.keys(), ...live.keys()])) {
    if (!rebuilt.has(key)) rebuilt.set(key, NO_BALANCE);
    if (!live.has(key)) live.set(key, NO_BALANCE);
  }
  return compare('account', rebuilt, live);
}

const allocationsText = (allocations: readonly string[]) => [...allocations].sort().join('; ') || 'no item';

function matchText(
  match: Pick<ReplayedMatch, 'transaction' | 'kind' | 'decidedBy' | 'record'>,
  rest: string,
) {
  return `${match.kind} of bank transaction ${match.transaction} by ${match.decidedBy}, record ${match.record}, ${rest}`;
}

/** How the money of a match was exchanged; nothing where it was not. */
const exchangeText = (parts: readonly (string | bigint)[] | undefined): string =>
  parts === undefined ? '' : `, exchanged ${parts.join(' ')}`;

/** Every match, what it settles and how it ended, against what the log told of it. */
export function compareMatches(store: ReplayStore, decisions: Decisions): Comparison {
  const rebuilt = new Map<string, string>();
  for (const match of decisions.matches.values()) {
    const settles = match.allocations.map(
      ({ item, allocated, discount, charges }) => `item ${item}: ${allocated}, ${discount}, ${charges}`,
    );
    const end = match.endedBy === undefined ? 'stands' : `ended by record ${match.endedBy}`;
    const { exchange: told } = match;
    const exchanged = told && [told.currency, told.money, told.charges, told.rate, told.unit, told.from];
    rebuilt.set(match.id, matchText(match, `${allocationsText(settles)}${exchangeText(exchanged)}, ${end}`));
  }
  const live = new Map<string, string>();
  for (const { id, txId, kind, decidedBy, record, endRecord } of store.matches()) {
    const settles = store
      .allocations(id)
      .map(([item, allocated, discount, charges]) => `item ${item}: ${allocated}, ${discount}, ${charges}`);
    const end = endRecord === null ? 'stands' : `ended by record ${endRecord}`;
    const match = {
      transaction: txId.toString(),
      kind: kind as ReplayedMatch['kind'],
      decidedBy: decidedBy as ReplayedMatch['decidedBy'],
      record: Number(record),
    };
    const exchanged = exchangeText(store.exchange(id));
    live.set(id.toString(), matchText(match, `${allocationsText(settles)}${exchanged}, ${end}`));
  }
  return compare('match', rebuilt, live);
}

/** What is open of every item: its amount less what the matches that stand settle of it. */
export function compareItems(
  store: ReplayStore,
  at: number,
  settled: ReadonlyMap<string, bigint>,
): Comparison {
  const rebuilt = new Map<string, string>();
  const live = new Map<string, string>();
  for (const [id, amountMinor, openMinor] of store.items(at)) {
    rebuilt.set(id.toString(), `${amountMinor - (settled.get(id.toString()) ?? 0n)} open`);
    live.set(id.toString(), `${openMinor} open`);
  }
  for (const [id, amount] of settled) if (!live.has(id)) rebuilt.set(id, `${amount} settled`);
  return compare('open item', rebuilt, live);
}

/**
 * Every bank transaction in the queue. Where the log tells only how many explanations were proposed,
 * as it did before, what a rejection leaves of them cannot be rebuilt, and such a one is passed over.
 */
export function compareQueue(store: ReplayStore, { states }: Decisions): Comparison {
  const text = (status: string, matchId: string | null) =>
    matchId === null ? status : `${status} by match ${matchId}`;
  const rebuilt = new Map<string, string>();
  const passedOver = new Set<string>();
  for (const [transaction, { status, matchId, proposed }] of states) {
    if (matchId === null && proposed === undefined) passedOver.add(transaction);
    else rebuilt.set(transaction, text(status, matchId));
  }
  const live = new Map<string, string>();
  for (const [id, status, matchId] of store.states()) {
    if (passedOver.has(id.toString()) && matchId === null) continue;
    live.set(id.toString(), text(status, matchId?.toString() ?? null));
  }
  return compare('bank transaction', rebuilt, live);
}

/** Every incident: severity, state, owner and level. */
export function compareIncidents(store: ReplayStore, { states }: IncidentStates): Comparison {
  const text = (severity: string, state: string, owner: string | null, level: number) =>
    `${severity}, ${state}, ${owner === null ? 'nobody' : owner}, level ${level}`;
  const rebuilt = new Map(
    [...states].map(([id, { severity, state, owner, level }]) => [id, text(severity, state, owner, level)]),
  );
  const live = new Map(
    store
      .incidents()
      .map(([id, severity, state, owner, level]) => [
        id.toString(),
        text(severity, state, owner, Number(level)),
      ]),
  );
  return compare('incident', rebuilt, live);
}
