import { callerOf, os } from '../base/procedures.ts';
import type { Intake } from './service.ts';

/** The contract's procedures bound to the room. */
export const intakeProcedures = (intake: Intake) =>
  os.intake.router({
    begin: os.intake.begin.handler(({ input, context }) => intake.begin(input, callerOf(context))),
    write: os.intake.write.handler(async ({ input }) =>
      intake.write(input.uploadId, input.offset, new Uint8Array(await input.bytes.arrayBuffer())),
    ),
    finish: os.intake.finish.handler(({ input }) => intake.finish(input.uploadId)),
    cancel: os.intake.cancel.handler(({ input }) => intake.cancel(input.uploadId)),
    imports: os.intake.imports.handler(({ input }) => intake.imports(input)),
  });
