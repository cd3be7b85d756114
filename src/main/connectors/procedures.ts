import { callerOf, os } from '../base/procedures.ts';
import type { Connectors } from './service.ts';

/** Binds the contract's `connectors` to the room. */
export const connectorsProcedures = (connectors: Connectors) =>
  os.connectors.router({
    list: os.connectors.list.handler(() => connectors.connectors()),
    add: os.connectors.add.handler(({ input, context }) => connectors.add(input, callerOf(context))),
    change: os.connectors.change.handler(({ input, context }) =>
      connectors.change(input.id, input, callerOf(context)),
    ),
    start: os.connectors.start.handler(({ input, context }) => connectors.start(input.id, callerOf(context))),
    stop: os.connectors.stop.handler(({ input, context }) => connectors.stop(input.id, callerOf(context))),
    remove: os.connectors.remove.handler(async ({ input, context }) => {
      await connectors.remove(input.id, input.reason, callerOf(context));
      return { removed: true };
    }),
    keys: os.connectors.keys.handler(({ input }) => connectors.keys(input.id)),
    createKey: os.connectors.createKey.handler(({ input, context }) =>
      connectors.createKey(input.id, input.caller, callerOf(context)),
    ),
    revokeKey: os.connectors.revokeKey.handler(({ input, context }) =>
      connectors.revokeKey(input.keyId, callerOf(context)),
    ),
    submit: os.connectors.submit.handler(async ({ input, context }) =>
      connectors.take(new Uint8Array(await input.message.arrayBuffer()), input.deliveryId, callerOf(context)),
    ),
    deadLetters: os.connectors.deadLetters.handler(({ input }) => connectors.list(input)),
    deadLetterCounts: os.connectors.deadLetterCounts.handler(() => connectors.counts()),
    deadLetter: os.connectors.deadLetter.handler(({ input }) => connectors.get(input.id)),
    deadLetterRaw: os.connectors.deadLetterRaw.handler(({ input, context }) => {
      const bytes = connectors.raw(input.id, callerOf(context));
      return { bytes: new Blob([new Uint8Array(bytes)]), sizeBytes: bytes.byteLength };
    }),
    retry: os.connectors.retry.handler(({ input, context }) => connectors.retry(input.id, callerOf(context))),
    retryAll: os.connectors.retryAll.handler(({ input, context }) =>
      connectors.retryAll(input.code, callerOf(context)),
    ),
    dismiss: os.connectors.dismiss.handler(({ input, context }) =>
      connectors.dismiss(input.id, input.reason, callerOf(context)),
    ),
    live: os.connectors.live.handler(() => connectors.live()),
    watchLive: os.connectors.watchLive.handler(({ signal }) => connectors.watchLive(signal)),
  });
