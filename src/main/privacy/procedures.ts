import { callerOf, os } from '../base/procedures.ts';
import type { Privacy } from './service.ts';

/** The contract's procedures bound to the room. */
export const privacyProcedures = (privacy: Privacy) =>
  os.privacy.router({
    retention: os.privacy.retention.handler(() => privacy.retention()),
    setRetention: os.privacy.setRetention.handler(({ input, context }) =>
      privacy.setRetention(callerOf(context), input),
    ),
    holds: os.privacy.holds.handler(() => privacy.holds()),
    hold: os.privacy.hold.handler(({ input, context }) =>
      privacy.hold(input.target, input.reason, callerOf(context)),
    ),
    release: os.privacy.release.handler(({ input, context }) =>
      privacy.release(input.id, input.reason, callerOf(context)),
    ),
    purge: os.privacy.purge.handler(({ input, context }) => privacy.purge(input.confirm, callerOf(context))),
    purges: os.privacy.purges.handler(({ input }) => privacy.purges(input)),
    find: os.privacy.find.handler(({ input, context }) => privacy.find(input, callerOf(context))),
    erase: os.privacy.erase.handler(({ input, context }) => privacy.erase(input, callerOf(context))),
    unmask: os.privacy.unmask.handler(({ input, context }) => privacy.unmask(input, callerOf(context))),
    looks: os.privacy.looks.handler(({ input }) => privacy.looks(input)),
    backups: os.privacy.backups.handler(() => privacy.backups()),
  });
