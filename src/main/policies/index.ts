/** Policies: which commands need a second person, on what terms, and who together could fulfil them. */
export { differences } from './compare.ts';
export {
  type Facts,
  type LimitLeft,
  limitObstacle,
  limitsLeft,
  longestWindowMs,
  type Use,
  withinFree,
} from './limits.ts';
export { policiesProcedures } from './procedures.ts';
export { createPolicies, type Policies, type PoliciesOptions } from './service.ts';
export type { Lent, PolicySources } from './sources.ts';
export {
  answers,
  dutiesConflict,
  isAsStrong,
  isStrongEnough,
  mayAsk,
  mayCheck,
  mayVeto,
  type Person,
  type Strength,
} from './who.ts';
