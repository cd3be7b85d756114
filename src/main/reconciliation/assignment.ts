/**
 * Which payment gets what where several claim the same open items: the choice with the greatest sum
 * of weights that takes no item beyond what is left of it. Payments that share no scarce item are
 * decided apart from each other, exactly where their group is small. Pure.
 */

export interface Claim {
  /** Greater is better; an integer, so that sums do not depend on their order. */
  readonly weight: number;
  /** What it takes, signed like the item. */
  readonly takes: readonly { readonly item: number; readonly amountMinor: bigint }[];
}

export interface Claimant {
  /** Alternatives, of which at most one is chosen; the best first. */
  readonly claims: readonly Claim[];
}

export interface Assignment {
  /** Position of the chosen claim of each claimant, or -1. */
  readonly chosen: readonly number[];
  /** False where some group was too large to look at every choice. */
  readonly exact: boolean;
}

/** Choices looked at in one group before the best found so far is taken. */
const NODE_LIMIT = 20_000;

/**
 * Assigns claims. Between equal sums the earlier claimant gets its better claim, so the caller's
 * order of claimants is the rule that breaks ties.
 */
export function assign(claimants: readonly Claimant[], available: (item: number) => bigint): Assignment {
  const steps = assignSteps(claimants, available);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same a group at a time, so that the caller can give the event loop a turn between them. */
export function* assignSteps(
  claimants: readonly Claimant[],
  available: (item: number) => bigint,
): Generator<void, Assignment> {
  const scarce = scarceItems(claimants, available);
  const chosen: number[] = claimants.map((claimant) => (claimant.claims.length > 0 ? 0 : -1));
  let exact = true;
  for (const group of groupsOf(claimants, scarce)) {
    const solved = solve(
      group.map((at) => claimants[at]!),
      available,
    );
    group.forEach((at, position) => {
      chosen[at] = solved.chosen[position]!;
    });
    exact &&= solved.exact;
    yield;
  }
  return { chosen, exact };
}

/** Items of which the claimants together may want more than there is. */
function scarceItems(claimants: readonly Claimant[], available: (item: number) => bigint): Set<number> {
  const wanted = new Map<number, bigint>();
  for (const claimant of claimants) {
    const most = new Map<number, bigint>();
    for (const claim of claimant.claims) {
      for (const { item, amountMinor } of claim.takes) {
        const size = magnitude(amountMinor);
        if (size > (most.get(item) ?? 0n)) most.set(item, size);
      }
    }
    for (const [item, size] of most) wanted.set(item, (wanted.get(item) ?? 0n) + size);
  }
  const scarce = new Set<number>();
  for (const [item, size] of wanted) if (size > magnitude(available(item))) scarce.add(item);
  return scarce;
}

/** Claimants joined by scarce items; those that want none are in no group. */
function groupsOf(claimants: readonly Claimant[], scarce: ReadonlySet<number>): number[][] {
  const parent = claimants.map((_, at) => at);
  const root = (at: number): number => {
    let top = at;
    while (parent[top] !== top) top = parent[top]!;
    while (parent[at] !== top) {
      const next = parent[at]!;
      parent[at] = top;
      at = next;
    }
    return top;
  };
  const firstOf = new Map<number, number>();
  const touched = new Set<number>();
  claimants.forEach((claimant, at) => {
    for (const claim of claimant.claims) {
      for (const { item } of claim.takes) {
        if (!scarce.has(item)) continue;
        touched.add(at);
        const first = firstOf.get(item);
        if (first === undefined) firstOf.set(item, at);
        else parent[root(at)] = root(first);
      }
    }
  });
  const groups = new Map<number, number[]>();
  for (const at of touched) {
    const key = root(at);
    const group = groups.get(key);
    if (group) group.push(at);
    else groups.set(key, [at]);
  }
  return [...groups.values()].map((group) => group.sort((left, right) => left - right));
}

/** Branch and bound over one group, started from the greedy choice. */
function solve(group: readonly Claimant[], available: (item: number) => bigint): Assignment {
  const left = new Map<number, bigint>();
  for (const claimant of group) {
    for (const claim of claimant.claims) {
      for (const { item } of claim.takes) if (!left.has(item)) left.set(item, available(item));
    }
  }
  const bounds = remainingBounds(group);
  let best = greedy(group, left);
  let bestWeight = weightOf(group, best);
  // The search must find the tie-breaking choice itself, so the greedy one only bounds it from below.
  let foundBySearch = false;
  const current = group.map(() => -1);
  let nodes = 0;
  let exact = true;

  const visit = (at: number, weight: number): void => {
    nodes += 1;
    if (nodes > NODE_LIMIT) {
      exact = false;
      return;
    }
    const reachable = weight + bounds[at]!;
    if (foundBySearch ? reachable <= bestWeight : reachable < bestWeight) return;
    if (at === group.length) {
      best = [...current];
      bestWeight = weight;
      foundBySearch = true;
      return;
    }
    group[at]!.claims.forEach((claim, position) => {
      if (!fitsInto(left, claim)) return;
      take(left, claim, 1n);
      current[at] = position;
      visit(at + 1, weight + claim.weight);
      take(left, claim, -1n);
    });
    current[at] = -1;
    visit(at + 1, weight);
  };
  visit(0, 0);
  return { chosen: best, exact };
}

/** Greatest weight that the claimants from each position on could add. */
function remainingBounds(group: readonly Claimant[]): number[] {
  const bounds = new Array<number>(group.length + 1).fill(0);
  for (let at = group.length - 1; at >= 0; at -= 1) {
    bounds[at] = bounds[at + 1]! + Math.max(0, ...group[at]!.claims.map((claim) => claim.weight));
  }
  return bounds;
}

function greedy(group: readonly Claimant[], available: ReadonlyMap<number, bigint>): number[] {
  const left = new Map(available);
  const chosen = group.map(() => -1);
  const all = group.flatMap((claimant, at) =>
    claimant.claims.map((claim, position) => ({ at, position, claim })),
  );
  all.sort((a, b) => b.claim.weight - a.claim.weight || a.at - b.at || a.position - b.position);
  for (const { at, position, claim } of all) {
    if (chosen[at] !== -1 || claim.weight <= 0 || !fitsInto(left, claim)) continue;
    take(left, claim, 1n);
    chosen[at] = position;
  }
  return chosen;
}

function weightOf(group: readonly Claimant[], chosen: readonly number[]): number {
  return chosen.reduce(
    (sum, position, at) => sum + (position < 0 ? 0 : group[at]!.claims[position]!.weight),
    0,
  );
}

function fitsInto(left: ReadonlyMap<number, bigint>, claim: Claim): boolean {
  return claim.takes.every(({ item, amountMinor }) => {
    const rest = left.get(item)!;
    return amountMinor >= 0n ? amountMinor <= rest : amountMinor >= rest;
  });
}

function take(left: Map<number, bigint>, claim: Claim, sign: 1n | -1n): void {
  for (const { item, amountMinor } of claim.takes) left.set(item, left.get(item)! - sign * amountMinor);
}

function magnitude(amountMinor: bigint): bigint {
  return amountMinor < 0n ? -amountMinor : amountMinor;
}
