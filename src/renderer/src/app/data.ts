/** The engine's procedures as functions (`client`) and as queries (`orpc`), and the cache behind them. */
import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { hashKey, QueryClient } from '@tanstack/react-query';
import type { Contract } from '../../../contract/index.ts';
import { engineLink } from './connection.ts';

export const client: ContractRouterClient<Contract> = createORPCClient(engineLink);

export const orpc = createTanstackQueryUtils(client);

/** Keys are hashed in the order they were written in, which is the order of the code that asks. */
function bigintAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The engine says when something changed; until then an answer stays good.
      staleTime: 60_000,
      gcTime: 5 * 60_000,
      // The workstation may be offline by design: `navigator.onLine` says nothing about the engine.
      networkMode: 'always',
      // Keys carry record numbers and amounts, which JSON does not know.
      queryKeyHashFn: (key) => hashKey([JSON.stringify(key, bigintAsText)]),
      refetchOnWindowFocus: false,
      retry: false,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

/** Tells every screen that a room's data changed. */
export function refetchRooms(rooms: readonly string[]): void {
  for (const room of rooms) void queryClient.invalidateQueries({ queryKey: [[room]] });
}
