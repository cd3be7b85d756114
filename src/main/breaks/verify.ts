/** The check of the queue: where each break stands follows from its events. */
import { yieldToLoop } from '../base/index.ts';
import type { BreaksContext } from './context.ts';
import { type Standing, standingOf } from './standing.ts';

const ROWS_AT_ONCE = 500;
const MOST_FINDINGS = 20;

export interface BreaksCheck {
  readonly ok: boolean;
  readonly examined: number;
  readonly findings: string[];
}

const isSame = (a: Standing, b: Standing): boolean =>
  a.status === b.status &&
  a.owner === b.owner &&
  a.reason === b.reason &&
  a.causeGone === b.causeGone &&
  (a.entryId?.toString('hex') ?? '') === (b.entryId?.toString('hex') ?? '');

/** Holds every state against its history, giving the event loop its turns. */
export async function verifyBreaks({ store }: Pick<BreaksContext, 'store'>): Promise<BreaksCheck> {
  const findings: string[] = [];
  let examined = 0;
  let last = 0n;
  for (;;) {
    const rows = store.breaksAfter(last, ROWS_AT_ONCE);
    if (rows.length === 0) break;
    for (const row of rows) {
      examined += 1;
      if (isSame(row, standingOf(store.events(row.id))) || findings.length >= MOST_FINDINGS) continue;
      findings.push(`Break ${row.id} stands otherwise than its history says.`);
    }
    last = rows.at(-1)!.id;
    await yieldToLoop();
  }
  const missing = store.caseCount() - examined;
  if (missing > 0) findings.push(`${missing} breaks stand nowhere.`);
  return { ok: findings.length === 0, examined, findings };
}
