import type { ProcedureMeta } from '../../contract/common.ts';
import type { Feed } from '../jobs/index.ts';

/** Whose screens show something else after a command of a room. Long work of `intake` and matching tells the feed itself. */
const CHANGED_BY: Readonly<Record<string, readonly string[]>> = {
  approvals: ['approvals', 'incidents', 'audit'],
  audit: ['audit', 'incidents'],
  breaks: ['breaks', 'ledger', 'dashboard', 'audit'],
  ceremonies: ['ceremonies', 'hsm', 'operators', 'audit'],
  compliance: ['compliance', 'audit'],
  connectors: ['connectors', 'audit'],
  ledger: ['ledger', 'dashboard', 'audit'],
  incidents: ['incidents', 'audit'],
  hsm: ['hsm', 'incidents', 'heartbeat', 'audit'],
  keys: ['keys', 'incidents', 'heartbeat', 'audit'],
  operators: ['operators', 'session', 'incidents', 'audit'],
  privacy: ['privacy', 'audit'],
  session: ['operators', 'audit'],
  instant: ['instant', 'reconciliation', 'statements', 'receivables', 'ledger', 'dashboard', 'audit'],
  reconciliation: ['reconciliation', 'instant', 'statements', 'receivables', 'ledger', 'dashboard', 'audit'],
};

/** After a command has run, every window that is open hears which rooms to ask again. */
export function announceChanges(feed: Feed): (path: readonly string[], meta: ProcedureMeta) => void {
  return ([room = ''], meta) => {
    const rooms = meta.command ? CHANGED_BY[room] : undefined;
    if (rooms) feed.changed(...rooms);
  };
}
