import { z } from 'zod';
import { command, pageInput, pageOf, query, quotingText } from './common.ts';
import { messageTypes } from './messages.ts';

export const intakeErrors = {
  INTAKE_UPLOAD_UNKNOWN: 'There is no upload under that id: it ended, or never began.',
  INTAKE_UPLOAD_OFFSET: 'The chunk does not continue where the last one ended.',
  INTAKE_FILE_EMPTY: 'The file is empty.',
  INTAKE_FILE_DIFFERENT: 'The bytes are not those of the file that was agreed to.',
  INTAKE_REFERENCE_UNKNOWN: 'The file names a customer that the vault does not know.',
} as const;

/** What became of one file. The keys are those of `countersign import --json`. */
export const fileResult = z.object({
  file: quotingText(),
  type: z.enum(messageTypes),
  outcome: z.enum(['imported', 'duplicate', 'refused']),
  code: z.string().optional(),
  message: z.string().optional(),
  /** Where in the file, and what was expected. */
  details: z.record(z.string(), z.union([quotingText(), z.unknown()])).optional(),
  warnings: z.array(z.string()),
  /** Statements taken in; 0 for lists. */
  statements: z.number().int(),
  /** Bank transactions taken in; customers or invoices for lists. */
  transactions: z.number().int(),
  importId: z.string().optional(),
});
export type FileResult = z.infer<typeof fileResult>;

export const importRow = fileResult.extend({
  importId: z.string(),
  receivedAtMs: z.number(),
  sizeBytes: z.number().int(),
  durationMs: z.number().nullable(),
});

export const intake = {
  /** Opens an upload; its bytes stream straight into the parser and are never written in the clear. */
  begin: command('import')
    .input(
      z.object({
        fileName: z.string().min(1).max(255),
        sizeBytes: z.number().int().nonnegative().nullable(),
        /**
         * A person takes a statement in although it does not add up, and says why. The file is named by
         * its hex SHA-256, since two people agree to this very file. Errors: `INTAKE_FILE_DIFFERENT`.
         */
        acceptDifference: z
          .object({ reason: z.string().min(3).max(400), sha256: z.string().regex(/^[0-9a-f]{64}$/) })
          .optional(),
      }),
    )
    .output(z.object({ uploadId: z.string(), jobId: z.string() })),
  /** One chunk, in order; answers when the parser has room for the next. */
  write: command('import')
    .input(
      z.object({ uploadId: z.string(), offset: z.number().int().nonnegative(), bytes: z.instanceof(Blob) }),
    )
    .output(z.object({ receivedBytes: z.number().int() })),
  /** Ends the upload and waits for what became of the file. A refusal is an outcome, not an error. */
  finish: command('import')
    .input(z.object({ uploadId: z.string() }))
    .output(fileResult),
  cancel: command('import')
    .input(z.object({ uploadId: z.string() }))
    .output(z.object({ cancelled: z.boolean() })),
  imports: query('read').input(pageInput).output(pageOf(importRow)),
};
