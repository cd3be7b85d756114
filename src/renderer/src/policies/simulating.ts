/** What is typed into the simulator, as the contract takes it. Pure. */
import type { ProcedureMeta } from '../../../contract/common.ts';
import type { SimulationInput } from '../../../contract/policies.ts';
import { momentOf } from '../approvals/lending.ts';
import { amountsOf } from './drafting.ts';

export interface SimulationDraft {
  readonly procedure: string;
  readonly amounts: string;
  readonly count: string;
  /** Empty: now. */
  readonly at: string;
  readonly absent: readonly string[];
}

export type SimulationProblem = 'amounts' | 'count' | 'at';

/** The input, or which field cannot be read. */
export function simulationOf(
  draft: SimulationDraft,
): { readonly input: SimulationInput } | { readonly problems: SimulationProblem[] } {
  const amounts = amountsOf(draft.amounts);
  const count = /^[1-9]\d{0,8}$/.test(draft.count.trim()) ? Number(draft.count) : null;
  const atMs = draft.at.trim() === '' ? undefined : momentOf(draft.at);
  const problems: SimulationProblem[] = [];
  if (amounts === null) problems.push('amounts');
  if (count === null) problems.push('count');
  if (atMs === null) problems.push('at');
  if (amounts === null || count === null || atMs === null) return { problems };
  return {
    input: {
      procedure: draft.procedure,
      amounts,
      count,
      absent: [...draft.absent],
      ...(atMs === undefined ? {} : { atMs }),
    },
  };
}

/** The next Sunday at ten, by the clock of the workstation: when hardly anybody is there. */
export function nextSunday(nowMs: number): Date {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + (7 - now.getDay()), 10, 0);
}

type Node = Readonly<Record<string, unknown>>;

/** Every command of a contract that could stand under a policy: what changes state and needs a session. */
export function commandsOf(node: Node, path = ''): string[] {
  return Object.entries(node).flatMap(([name, child]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (typeof child !== 'object' || child === null) return [];
    if (!('~orpc' in child)) return commandsOf(child as Node, at);
    const { meta } = child['~orpc'] as { readonly meta: ProcedureMeta };
    return meta.command === true && meta.permission !== 'open' ? [at] : [];
  });
}
