import type { IncidentSeverity } from '../base/index.ts';

const MINUTE_MS = 60_000;

/** How long an incident of a kind may stand before somebody has acknowledged it. */
export interface IncidentPolicy {
  /** A kind, or what kinds begin with up to a dot: `keys` is for `keys.compromised` too. */
  readonly kind: string;
  readonly acknowledgeWithinMs: number;
}

/** The clocks by kind. The longest one that fits a kind holds. */
export const kindPolicies: readonly IncidentPolicy[] = [
  { kind: 'hsm', acknowledgeWithinMs: 5 * MINUTE_MS },
  { kind: 'keys.compromised', acknowledgeWithinMs: 5 * MINUTE_MS },
  { kind: 'vault', acknowledgeWithinMs: 10 * MINUTE_MS },
  { kind: 'audit', acknowledgeWithinMs: 10 * MINUTE_MS },
  { kind: 'heartbeat', acknowledgeWithinMs: 10 * MINUTE_MS },
  { kind: 'wires', acknowledgeWithinMs: 15 * MINUTE_MS },
  { kind: 'payments', acknowledgeWithinMs: 15 * MINUTE_MS },
  { kind: 'ledger', acknowledgeWithinMs: 15 * MINUTE_MS },
  { kind: 'keys', acknowledgeWithinMs: 30 * MINUTE_MS },
  { kind: 'slots', acknowledgeWithinMs: 30 * MINUTE_MS },
  { kind: 'backup', acknowledgeWithinMs: 60 * MINUTE_MS },
];

/** The clocks of kinds that have none of their own. */
export const severityPolicies: Readonly<Record<IncidentSeverity, number>> = {
  critical: 15 * MINUTE_MS,
  high: 30 * MINUTE_MS,
  medium: 4 * 60 * MINUTE_MS,
  low: 24 * 60 * MINUTE_MS,
};

/** Kinds that no one person can end: a head of the log that does not fit may be that person's doing. */
const NEEDS_TWO: readonly string[] = ['audit.head-inconsistent'];

/** Whether two different people must say that an incident of a kind is over. */
export const needsTwo = (kind: string): boolean => NEEDS_TWO.includes(kind);

/** The desk, its supervisor, the security officer, the head of security: the last has nobody above. */
export const TOP_LEVEL = 3;

/** The policy that holds for a kind; one of the severity's where no kind fits. */
export function policyFor(kind: string, severity: IncidentSeverity): IncidentPolicy {
  let best: IncidentPolicy | undefined;
  for (const policy of kindPolicies) {
    const fits = kind === policy.kind || kind.startsWith(`${policy.kind}.`);
    if (fits && policy.kind.length > (best?.kind.length ?? 0)) best = policy;
  }
  return best ?? { kind: severity, acknowledgeWithinMs: severityPolicies[severity] };
}
