/** What an open vault has looked at again and again: clocks, silent sources, what is to be found. */
import type { Logger } from '../base/index.ts';
import type { Feed } from '../jobs/index.ts';
import type { Search } from '../search/index.ts';
import type { Console, ConsoleOptions } from './console.ts';
import { every } from './every.ts';

/** Clocks of incidents and silent sources are looked at this often, so that a notice is out within a second. */
const WATCH_EVERY_MS = 900;

/** What changes a name or a reference is indexed again soon after. */
const SEARCHED_ROOMS = new Set(['statements', 'receivables']);

/** Indexes again whenever what is searched for has changed, until it is aborted. */
export function refreshOnChange(search: Search, feed: Feed, log: Logger): AbortController {
  const controller = new AbortController();
  const refresh = () =>
    search.refresh().catch((error: unknown) => log.error('search.refresh-failed', { name: String(error) }));
  void refresh();
  void (async () => {
    for await (const event of feed.watch(controller.signal)) {
      if (event.type === 'changed' && event.rooms.some((room) => SEARCHED_ROOMS.has(room))) await refresh();
    }
  })();
  return controller;
}

/**
 * Looks at the clocks of incidents and of what is lent, and for sources that have gone silent: at once, which catches up
 * on what ran out while the vault was closed, and then again and again. A look that fails is logged,
 * and the heartbeat shows by itself that it has stopped.
 */
export function startWatch(
  { runtime, log, feed }: Pick<ConsoleOptions, 'runtime' | 'log' | 'feed'>,
  {
    incidents,
    heartbeat,
    approvals,
    operators,
  }: Pick<Console, 'incidents' | 'heartbeat' | 'approvals' | 'operators'>,
): () => void {
  const look = () => {
    try {
      incidents.escalateOverdue();
      heartbeat.watch();
      if (approvals.sweep() > 0) feed.changed('approvals', 'audit');
      if (operators.endOverdue() > 0) feed.changed('operators', 'session', 'audit');
    } catch (error) {
      log.error('engine.watch-failed', { name: error instanceof Error ? error.name : typeof error });
    }
  };
  look();
  return every(runtime, WATCH_EVERY_MS, look);
}
