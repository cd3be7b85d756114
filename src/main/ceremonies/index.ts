/** Key ceremonies: keys that no one person holds, made, split, recovered and destroyed step by step. */
export type { CeremonyPeople, CeremonyPerson, KeyHome } from './context.ts';
export { ceremoniesProcedures } from './procedures.ts';
export { ceremoniesSealedColumns } from './sealed-columns.ts';
export { type Ceremonies, createCeremonies } from './service.ts';
