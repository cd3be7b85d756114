/** Breaks: what does not fit, from every room that finds it, in one queue; and the proof of each day. */
export type { BreakCause, BreakSource, PrePosted, PrePostReader } from './causes.ts';
export type { BreakPeople, BreaksOptions } from './context.ts';
export { breaksProcedures } from './procedures.ts';
export { breaksSealedColumns } from './sealed-columns.ts';
export { type Breaks, createBreaks } from './service.ts';
export {
  booksSource,
  prePostSource,
  statementSource,
  type UnsettledLine,
  type UnsettledLines,
  unmatchedSource,
} from './sources.ts';
export { createWriteOffReader, createWrittenOffPrePosts } from './store.ts';
export type { SweepResult } from './sweep.ts';
