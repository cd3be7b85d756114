import { callerOf, os, requireSight } from '../base/procedures.ts';
import type { Compliance } from './service.ts';

/** Bytes as the contract carries them. */
const blob = (bytes: Buffer): Blob => new Blob([new Uint8Array(bytes)]);

/** The contract's procedures bound to the room. */
export const complianceProcedures = (compliance: Compliance) =>
  os.compliance.router({
    list: os.compliance.list.handler(({ input }) => compliance.list(input)),
    counts: os.compliance.counts.handler(() => compliance.counts()),
    get: os.compliance.get.handler(({ input }) => compliance.get(input.id)),
    read: os.compliance.read.handler(({ input, context }) => {
      const { bytes, sizeBytes } = compliance.read(input.id, input.offset, input.length, callerOf(context));
      return { bytes: blob(bytes), sizeBytes };
    }),
    begin: os.compliance.begin.handler(({ input, context }) => {
      // What was sealed comes out as it was written: nothing of a file can be masked.
      if (input.kind === 'unarchive' || input.kind === 'open-columns') requireSight(context);
      return compliance.begin(input, callerOf(context));
    }),
    write: os.compliance.write.handler(async ({ input }) => {
      const given = new Uint8Array(await input.bytes.arrayBuffer());
      const { bytes, receivedBytes } = await compliance.write(input.transferId, input.offset, given);
      return { bytes: blob(bytes), receivedBytes };
    }),
    finish: os.compliance.finish.handler(async ({ input }) => {
      const { bytes, result } = await compliance.finish(input.transferId);
      return { bytes: blob(bytes), result };
    }),
    cancel: os.compliance.cancel.handler(({ input }) => compliance.cancel(input.transferId)),
    hold: os.compliance.hold.handler(({ input, context }) =>
      compliance.hold(input.id, input.reason, callerOf(context)),
    ),
    release: os.compliance.release.handler(({ input, context }) =>
      compliance.release(input.id, input.holdId, input.reason, callerOf(context)),
    ),
    remove: os.compliance.remove.handler(({ input, context }) =>
      compliance.remove(input.id, input.reason, callerOf(context)),
    ),
  });
