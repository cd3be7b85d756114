/** Policies: which commands need a second person, on what terms, and who together could fulfil them. */
export { differences } from './compare.ts';
export {
  type Facts,
  limitObstacle,
  limitsLeft,
  longestWindowMs,
  type Use,
  withinFree,
} from './limits.ts';
export { policiesProcedures } from './procedures.ts';
export { createPolicies, type Policies } from './service.ts';
export type { Lent, PolicySources } from './sources.ts';
export {
  dutiesConflict,
  isAsStrong,
  mayAsk,
  mayCheck,
  mayVeto,
  type Person,
  type Strength,
} from './who.ts';
