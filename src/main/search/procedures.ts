import { os } from '../base/procedures.ts';
import type { Search } from './service.ts';

/** Binds the contract's `search` to the index of a vault. */
export const searchProcedures = (search: Search) =>
  os.search.router({
    query: os.search.query.handler(async ({ input }) => {
      const { ready, hits } = await search.query(input.text, input.limit);
      return { ready, hits: [...hits] };
    }),
  });
