/** The engine's procedures as functions (`client`) and as queries (`orpc`), and the cache behind them. */
import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { QueryClient } from '@tanstack/react-query';
import type { Contract } from '../../../contract/index.ts';
import { engineLink } from './connection.ts';

export const client: ContractRouterClient<Contract> = createORPCClient(engineLink);

export const orpc = createTanstackQueryUtils(client);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The engine says when something changed; until then an answer stays good.
      staleTime: 60_000,
      gcTime: 5 * 60_000,
      // The workstation may be offline by design: `navigator.onLine` says nothing about the engine.
      networkMode: 'always',
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
