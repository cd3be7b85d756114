import type { ToldRecord } from '../audit/index.ts';

/** How an incident stands, as the log tells it. */
export interface ReplayedIncident {
  readonly severity: string;
  readonly state: string;
  readonly owner: string | null;
  readonly level: number;
}

interface Told extends Partial<ReplayedIncident> {
  readonly after?: ReplayedIncident;
}

/** The incidents, rebuilt from their audit records: each says how one stands after it. */
export class IncidentStates {
  readonly states = new Map<string, ReplayedIncident>();

  /** Takes one record of the incidents room; records that change no standing say none. */
  take({ subjects }: ToldRecord, detail: Told): void {
    const told = detail.after ?? detail;
    const id = (JSON.parse(subjects || '[]') as [string, string][]).find(
      ([kind]) => kind === 'incident',
    )?.[1];
    if (id === undefined || told.state === undefined || told.severity === undefined) return;
    const { severity, state, owner = null, level = 0 } = told;
    this.states.set(id, { severity, state, owner, level });
  }
}
