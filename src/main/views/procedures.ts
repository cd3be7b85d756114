import { callerOf, os } from '../base/procedures.ts';
import type { Views } from './service.ts';

/** Binds the contract's `views` to the room. */
export const viewsProcedures = (views: Views) =>
  os.views.router({
    list: os.views.list.handler(({ input, context }) => views.list(input.screen, callerOf(context))),
    save: os.views.save.handler(({ input, context }) => views.save(input, callerOf(context))),
    remove: os.views.remove.handler(({ input, context }) => {
      views.remove(input.id, callerOf(context));
      return {};
    }),
  });
