/** How people look at their lists: filters under a name, each person's own. */
export { viewsProcedures } from './procedures.ts';
export { viewsSealedColumns } from './sealed-columns.ts';
export { createViews, type Views } from './service.ts';
