import { os } from '../base/procedures.ts';
import type { Feed } from './feed.ts';
import type { Jobs } from './jobs.ts';

/** Binds the contract's `jobs`. */
export const jobsProcedures = (jobs: Jobs, feed: Feed) =>
  os.jobs.router({
    list: os.jobs.list.handler(() => jobs.list()),
    cancel: os.jobs.cancel.handler(({ input }) => jobs.cancel(input.id)),
    watch: os.jobs.watch.handler(({ signal }) => feed.watch(signal)),
  });
