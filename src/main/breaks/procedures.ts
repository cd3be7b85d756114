import { type FindText, findFor } from '../base/index.ts';
import { callerOf, os } from '../base/procedures.ts';
import type { Breaks } from './service.ts';

/** The contract's procedures bound to the room; `find` is the search room's index. */
export const breaksProcedures = (breaks: Breaks, find?: FindText) =>
  os.breaks.router({
    list: os.breaks.list.handler(async ({ input, context }) =>
      breaks.list(input, callerOf(context).actor, await findFor(find, 'bank-transaction', input.text)),
    ),
    sweep: os.breaks.sweep.handler(() => breaks.sweep()),
    summary: os.breaks.summary.handler(({ context }) => breaks.summary(callerOf(context).actor)),
    settings: os.breaks.settings.handler(({ context }) => breaks.settings(callerOf(context).actor)),
    get: os.breaks.get.handler(({ input }) => breaks.get(input.id)),
    assign: os.breaks.assign.handler(({ input, context }) => ({
      changed: breaks.assign(input.items, callerOf(context)),
    })),
    setReason: os.breaks.setReason.handler(({ input, context }) => ({
      changed: breaks.setReason(input.items, callerOf(context)),
    })),
    note: os.breaks.note.handler(({ input, context }) => {
      breaks.note(input.id, input.note, callerOf(context));
      return { changed: 1 };
    }),
    explain: os.breaks.explain.handler(({ input, context }) => {
      breaks.explain(input.id, input.note, callerOf(context));
      return { changed: 1 };
    }),
    reopen: os.breaks.reopen.handler(({ input, context }) => {
      breaks.reopen(input.id, input.note, callerOf(context));
      return { changed: 1 };
    }),
    attachBegin: os.breaks.attachBegin.handler(({ input, context }) =>
      breaks.attaching.begin(input, callerOf(context)),
    ),
    attachBytes: os.breaks.attachBytes.handler(async ({ input, context }) => {
      const bytes = new Uint8Array(await input.bytes.arrayBuffer());
      return breaks.attaching.bytes(input.transferId, input.offset, bytes, callerOf(context));
    }),
    attachEnd: os.breaks.attachEnd.handler(({ input, context }) =>
      breaks.attaching.end(input.transferId, callerOf(context)),
    ),
    attachment: os.breaks.attachment.handler(({ input, context }) => {
      const { bytes, sizeBytes } = breaks.attaching.read(input, callerOf(context));
      return { bytes: new Blob([new Uint8Array(bytes)]), sizeBytes };
    }),
    writeOff: os.breaks.writeOff.handler(({ input, context }) => breaks.writeOff(input, callerOf(context))),
    undoWriteOff: os.breaks.undoWriteOff.handler(({ input, context }) =>
      breaks.undoWriteOff(input, callerOf(context)),
    ),
    setThreshold: os.breaks.setThreshold.handler(async ({ input, context }) => {
      breaks.setThreshold(input.unmatchedAfterDays, input.note, callerOf(context));
      await breaks.sweep();
      return breaks.settings(callerOf(context).actor);
    }),
    proofs: os.breaks.proofs.handler(({ input }) => breaks.proofs(input.date)),
    proof: os.breaks.proof.handler(({ input }) => breaks.proof(input.bankAccountId, input.date)),
    exportProof: os.breaks.exportProof.handler(({ input, context }) =>
      breaks.exportProof(input, callerOf(context)),
    ),
  });
