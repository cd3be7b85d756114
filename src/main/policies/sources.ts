import type { PolicyClauses } from '../../contract/policies.ts';
import type { Use } from './limits.ts';
import type { Person, Strength } from './who.ts';

/** A right to agree that is lent. */
export interface Lent {
  readonly fromId: string;
  readonly toId: string;
  readonly policyIds: readonly string[];
}

/** What the room is told of others, by the engine. */
export interface PolicySources {
  people(): readonly Person[];
  strength(operatorId: string): Strength;
  /** Rights to agree that are lent at a time. */
  lent(atMs: number): readonly Lent[];
  /** What was executed, approved and is pending under a policy since a time. */
  uses(policyId: string, sinceMs: number): readonly Use[];
  /** Under what the keys of values are sealed. */
  kem(): PolicyClauses['kem'];
}
