/**
 * Who together fulfils a quorum. A person answers once and a right is used once; neither the maker nor
 * the maker's right counts. Rights that are lent can be used by several people, so that not every set
 * of people who may answer will do: each needs a right that no other of them uses.
 */

/** Somebody who may answer, and by whose rights: their own, or lent ones. */
export interface Voter {
  readonly personId: string;
  readonly rights: readonly string[];
}

export interface Group {
  readonly makerId: string;
  readonly checkerIds: readonly string[];
}

/** Whether each of these can be given a right that none of the others uses. */
export function eachHasARight(voters: readonly Voter[]): boolean {
  const userOf = new Map<string, Voter>();
  const find = (voter: Voter, tried: Set<string>): boolean => {
    for (const right of voter.rights) {
      if (tried.has(right)) continue;
      tried.add(right);
      const user = userOf.get(right);
      if (user !== undefined && !find(user, tried)) continue;
      userOf.set(right, voter);
      return true;
    }
    return false;
  };
  return voters.every((voter) => find(voter, new Set()));
}

/** The most of these that can answer together. */
function rank(voters: readonly Voter[]): number {
  const together: Voter[] = [];
  for (const voter of voters) if (eachHasARight([...together, voter])) together.push(voter);
  return together.length;
}

/** Who is left to answer what one of them asks for. */
export const besides = (voters: readonly Voter[], makerId: string): Voter[] =>
  voters
    .filter(({ personId }) => personId !== makerId)
    .map(({ personId, rights }) => ({ personId, rights: rights.filter((right) => right !== makerId) }))
    .filter(({ rights }) => rights.length > 0);

/** How many ways there are to choose `k` of `n`. */
function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let ways = 1n;
  for (let i = 1; i <= k; i += 1) ways = (ways * BigInt(n - k + i)) / BigInt(i);
  return ways;
}

/**
 * How many sets of `quorum` can answer. Whoever has a right that only they can use fits into every
 * set, so these are counted by arithmetic; the others, few, by kind: people with the same rights are
 * alike.
 */
export function countSets(voters: readonly Voter[], quorum: number): bigint {
  const users = new Map<string, number>();
  for (const { rights } of voters) for (const one of rights) users.set(one, (users.get(one) ?? 0) + 1);
  const free = voters.filter(({ rights }) => rights.some((right) => users.get(right) === 1)).length;
  const kinds = new Map<string, Voter[]>();
  for (const voter of voters) {
    if (voter.rights.some((right) => users.get(right) === 1)) continue;
    const kind = [...voter.rights].sort().join('\n');
    kinds.set(kind, [...(kinds.get(kind) ?? []), voter]);
  }
  const alike = [...kinds.values()];
  /** Sets that hold `chosen` and, of the kinds from `i` on, any that still fit. */
  const from = (i: number, chosen: readonly Voter[], ways: bigint): bigint => {
    const kind = alike[i];
    if (kind === undefined) return ways * choose(free, quorum - chosen.length);
    let total = 0n;
    for (let n = 0; n <= Math.min(kind.length, quorum - chosen.length); n += 1) {
      const next = [...chosen, ...kind.slice(0, n)];
      if (!eachHasARight(next)) break;
      total += from(i + 1, next, ways * choose(kind.length, n));
    }
    return total;
  };
  return from(0, [], 1n);
}

/** Sets of `quorum` that can answer, in the order of the voters, at most `most` of them. */
export function firstSets(voters: readonly Voter[], quorum: number, most: number): string[][] {
  const sets: string[][] = [];
  const extend = (start: number, chosen: readonly Voter[]): void => {
    if (chosen.length === quorum) {
      sets.push(chosen.map(({ personId }) => personId));
      return;
    }
    for (let i = start; i < voters.length && sets.length < most; i += 1) {
      const next = [...chosen, voters[i]!];
      // No step leads where the rest cannot fill the set, so that no time is lost in dead ends.
      if (eachHasARight(next) && rank([...next, ...voters.slice(i + 1)]) >= quorum) extend(i + 1, next);
    }
  };
  if (quorum > 0) extend(0, []);
  return sets;
}
