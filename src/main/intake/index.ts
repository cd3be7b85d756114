/** Files in: uploads and streams, taken whole or not at all. */

export type { ImportRequest } from './context.ts';
export { createImportFiles } from './files.ts';
export { intakeProcedures } from './procedures.ts';
export { intakeSealedColumns } from './sealed-columns.ts';
export {
  createIntake,
  type ImportRow,
  type Intake,
  type IntakeOptions,
  type StartedImport,
} from './service.ts';
