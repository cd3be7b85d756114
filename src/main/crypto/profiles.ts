import type { HybridSuite } from './hybrid-signature.ts';

/** The KEMs and signatures that a profile may name; `PARTNERS` says what each is paired with. */
export type ProfileKem = 'ML-KEM-512' | 'ML-KEM-768' | 'ML-KEM-1024';
export type ProfileSignature = 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87' | 'Falcon-512';

export type ProfileName =
  | 'wire_transfers'
  | 'payment_processing'
  | 'real_time_payments'
  | 'trading'
  | 'hsm_master_keys'
  | 'root_certificates'
  | 'archive';

/** The algorithms for one kind of work, and what they must reach there. */
export interface Profile {
  readonly name: ProfileName;
  readonly kem?: ProfileKem;
  /** Whether each message is encapsulated to its receiver, or a session's key once. */
  readonly kemPer?: 'message' | 'session';
  readonly signature?: ProfileSignature;
  /** Both ends' work on one message together, at the 99th percentile; in batches, the wait included. */
  readonly latencyMs: number;
  /** Messages that each end must get through. */
  readonly perSecond: number;
  /** Messages are signed in batches, because no single signature is quick enough for the rate. */
  readonly batched: boolean;
  /** How many messages one batch gathers. */
  readonly batchItems: number;
  /** Whether the private keys must lie in a hardware security module. */
  readonly hsmRequired: boolean;
  /** For how many years what is protected must stay so. */
  readonly horizonYears: number;
  /** Weaker or unfinished algorithms that a policy may nevertheless ask for here. */
  readonly mayAskFor?: readonly ProfileSignature[];
  /** Never picked for a message that does not name it: its keys sign and wrap keys. */
  readonly onlyByName?: boolean;
}

/** Profiles by banking subdomain. */
export const PROFILES: readonly Profile[] = [
  {
    name: 'wire_transfers',
    kem: 'ML-KEM-768',
    kemPer: 'message',
    signature: 'ML-DSA-65',
    latencyMs: 500,
    perSecond: 100,
    batched: false,
    batchItems: 100,
    hsmRequired: true,
    horizonYears: 10,
  },
  {
    name: 'payment_processing',
    kem: 'ML-KEM-768',
    kemPer: 'message',
    signature: 'ML-DSA-65',
    latencyMs: 200,
    perSecond: 250,
    batched: false,
    batchItems: 100,
    hsmRequired: true,
    horizonYears: 10,
  },
  {
    name: 'real_time_payments',
    kem: 'ML-KEM-512',
    kemPer: 'session',
    signature: 'ML-DSA-44',
    latencyMs: 50,
    perSecond: 10_000,
    batched: true,
    batchItems: 250,
    hsmRequired: true,
    horizonYears: 5,
  },
  {
    name: 'trading',
    kem: 'ML-KEM-512',
    kemPer: 'session',
    signature: 'ML-DSA-44',
    latencyMs: 1,
    perSecond: 1_000,
    batched: false,
    batchItems: 100,
    hsmRequired: false,
    horizonYears: 2,
    mayAskFor: ['Falcon-512'],
  },
  {
    name: 'hsm_master_keys',
    kem: 'ML-KEM-1024',
    kemPer: 'message',
    signature: 'ML-DSA-87',
    latencyMs: 1_000,
    perSecond: 1,
    batched: false,
    batchItems: 100,
    hsmRequired: true,
    horizonYears: 20,
    onlyByName: true,
  },
  {
    name: 'root_certificates',
    signature: 'ML-DSA-87',
    latencyMs: 1_000,
    perSecond: 1,
    batched: false,
    batchItems: 100,
    hsmRequired: true,
    horizonYears: 20,
    onlyByName: true,
  },
  {
    name: 'archive',
    kem: 'ML-KEM-1024',
    kemPer: 'message',
    latencyMs: 1_000,
    perSecond: 10,
    batched: false,
    batchItems: 100,
    hsmRequired: true,
    horizonYears: 20,
  },
];

/**
 * What each algorithm of a profile runs as. No hybrid is defined with ML-KEM-512, so that one
 * stands alone.
 */
export const PARTNERS = {
  kem: {
    'ML-KEM-512': 'ML-KEM-512',
    'ML-KEM-768': 'X-Wing',
    'ML-KEM-1024': 'X25519+ML-KEM-1024',
  },
  signature: {
    'ML-DSA-44': 'Ed25519+ML-DSA-44',
    'ML-DSA-65': 'Ed25519+ML-DSA-65',
    'ML-DSA-87': 'Ed25519+ML-DSA-87',
    'Falcon-512': 'Ed25519+Falcon-512',
  },
} as const satisfies {
  kem: Record<ProfileKem, string>;
  signature: Record<ProfileSignature, HybridSuite>;
};

/** NIST's security categories: what an algorithm is at least as hard to break as. */
const CATEGORY: Readonly<Record<ProfileKem | ProfileSignature, number>> = {
  'ML-KEM-512': 1,
  'ML-KEM-768': 3,
  'ML-KEM-1024': 5,
  'ML-DSA-44': 2,
  'ML-DSA-65': 3,
  'ML-DSA-87': 5,
  'Falcon-512': 1,
};

/** The sum of a profile's security categories: more is stronger. */
export function strengthOf(profile: Profile): number {
  return (profile.kem ? CATEGORY[profile.kem] : 0) + (profile.signature ? CATEGORY[profile.signature] : 0);
}

/** What a bank asks beyond the table. Each member may only raise what the profile has. */
export interface ProfilePolicy {
  readonly profile: ProfileName;
  readonly kem?: ProfileKem;
  readonly signature?: ProfileSignature;
  readonly hsmRequired?: boolean;
  readonly horizonYears?: number;
  /** Only a shorter one raises. */
  readonly latencyMs?: number;
  readonly perSecond?: number;
}

export interface PolicyRefusal {
  readonly ok: false;
  readonly reason: 'profile_unknown' | 'field_unknown' | 'value_invalid' | 'not_offered' | 'would_lower';
  readonly field: string;
  /** A sentence for people. */
  readonly message: string;
}

const POLICY_FIELDS = [
  'profile',
  'kem',
  'signature',
  'hsmRequired',
  'horizonYears',
  'latencyMs',
  'perSecond',
] as const;

const refusal = (reason: PolicyRefusal['reason'], field: string, message: string): PolicyRefusal => ({
  ok: false,
  reason,
  field,
  message,
});

function algorithmProblem(
  field: 'kem' | 'signature',
  profile: Profile,
  policy: ProfilePolicy,
): PolicyRefusal | undefined {
  const wanted = policy[field];
  if (wanted === undefined) return undefined;
  const has = profile[field];
  const name = profile.name;
  if (!(wanted in PARTNERS[field])) {
    return refusal('value_invalid', field, `There is no ${field} ${wanted}.`);
  }
  if (has === undefined)
    return refusal('not_offered', field, `The profile ${name} has no ${field} to raise.`);
  if (profile.mayAskFor?.some((offered) => offered === wanted)) return undefined;
  if (wanted === 'Falcon-512') {
    return refusal('not_offered', field, `Falcon-512 is a draft, which the profile ${name} does not offer.`);
  }
  if (CATEGORY[wanted] >= CATEGORY[has]) return undefined;
  return refusal('would_lower', field, `The profile ${name} has ${has}; ${wanted} would lower it.`);
}

function figureProblem(
  field: 'horizonYears' | 'latencyMs' | 'perSecond',
  profile: Profile,
  policy: ProfilePolicy,
): PolicyRefusal | undefined {
  const wanted = policy[field];
  if (wanted === undefined) return undefined;
  if (!Number.isFinite(wanted) || wanted <= 0) {
    return refusal('value_invalid', field, `For ${field} a number above zero was expected.`);
  }
  const lowers = field === 'latencyMs' ? wanted > profile[field] : wanted < profile[field];
  return lowers
    ? refusal(
        'would_lower',
        field,
        `${field} of ${profile.name} is ${profile[field]}; ${wanted} would lower it.`,
      )
    : undefined;
}

/** The profile as a policy raises it, or why the policy is refused. Nothing is lowered, not even in part. */
export function raiseProfile(
  policy: ProfilePolicy,
  profiles: readonly Profile[] = PROFILES,
): { readonly ok: true; readonly profile: Profile } | PolicyRefusal {
  const unknown = Object.keys(policy).find((key) => !POLICY_FIELDS.some((field) => field === key));
  if (unknown !== undefined) return refusal('field_unknown', unknown, `A policy has no member ${unknown}.`);
  const profile = profiles.find(({ name }) => name === policy.profile);
  if (profile === undefined)
    return refusal('profile_unknown', 'profile', 'There is no profile of that name.');
  const problem =
    algorithmProblem('kem', profile, policy) ??
    algorithmProblem('signature', profile, policy) ??
    figureProblem('horizonYears', profile, policy) ??
    figureProblem('latencyMs', profile, policy) ??
    figureProblem('perSecond', profile, policy);
  if (problem) return problem;
  if (profile.hsmRequired && policy.hsmRequired === false) {
    return refusal('would_lower', 'hsmRequired', `The keys of ${profile.name} must lie in an HSM.`);
  }
  const { profile: _name, ...raised } = policy;
  return { ok: true, profile: { ...profile, ...raised } };
}
