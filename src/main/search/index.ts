export { searchProcedures } from './procedures.ts';
export { createSearch, type Search, type SearchSource } from './service.ts';
export type { SearchDocument } from './word-index.ts';
