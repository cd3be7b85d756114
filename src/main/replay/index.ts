/** Rebuilds balances, matches and queues from what only grows, and holds them against the live tables. */
export { createReplay, type Replay } from './service.ts';
