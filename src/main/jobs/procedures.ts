import { os } from '../base/procedures.ts';
import type { Feed } from './feed.ts';
import type { Jobs } from './jobs.ts';

/** Binds the contract's `jobs` to what `current` finds open at the time of the call. */
export const jobsProcedures = (current: { jobs(): Jobs; feed: Feed }) =>
  os.jobs.router({
    list: os.jobs.list.handler(() => current.jobs().list()),
    cancel: os.jobs.cancel.handler(({ input }) => current.jobs().cancel(input.id)),
    watch: os.jobs.watch.handler(({ signal }) => current.feed.watch(signal)),
  });
