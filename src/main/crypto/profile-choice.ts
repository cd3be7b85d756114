import { refuseUnknownOptions } from './options.ts';
import type { ProfileFigures } from './profile-measure.ts';
import { PROFILES, type Profile, type ProfileName, strengthOf } from './profiles.ts';

/** What a kind of work asks of its algorithms. What is left out is not asked. */
export interface ProfileConstraints {
  /** The one profile that comes into question; without it, the strongest that fits is picked. */
  readonly profile?: ProfileName;
  /** Whether a hardware security module holds keys here. */
  readonly hsmPresent: boolean;
  readonly latencyMs?: number;
  readonly perSecond?: number;
  /** For how many years what is protected must stay so. */
  readonly horizonYears?: number;
  readonly needs?: readonly ('kem' | 'signature')[];
}

/** Why a profile was refused: what was wanted beside what there is. */
export interface ProfileObjection {
  readonly reason:
    | 'kem_missing'
    | 'signature_missing'
    | 'hsm_absent'
    | 'horizon_too_short'
    | 'not_measured'
    | 'too_slow'
    | 'too_few';
  /** A sentence for people. */
  readonly message: string;
  readonly wanted?: number;
  readonly found?: number;
}

export interface RefusedProfile {
  readonly profile: ProfileName;
  readonly objections: readonly ProfileObjection[];
}

export type ProfileChoice =
  | {
      readonly ok: true;
      readonly profile: Profile;
      readonly figures: ProfileFigures;
      readonly refused: readonly RefusedProfile[];
    }
  | {
      readonly ok: false;
      readonly reason: 'constraint_invalid' | 'none_fits';
      readonly message: string;
      readonly refused: readonly RefusedProfile[];
    };

export interface PickProfileOptions {
  readonly constraints: ProfileConstraints;
  /** What `measureProfile` found on this machine. */
  readonly measured: readonly ProfileFigures[];
  /** The table as policies raised it; `PROFILES` where it is left out. */
  readonly profiles?: readonly Profile[];
}

/** Two significant digits after the first, so that a message stays readable. */
const shown = (value: number): string => Number(value.toPrecision(3)).toString();

function standingObjections(profile: Profile, constraints: ProfileConstraints): ProfileObjection[] {
  const objections: ProfileObjection[] = [];
  for (const need of constraints.needs ?? []) {
    if (profile[need] === undefined) {
      objections.push({ reason: `${need}_missing`, message: `The profile has no ${need}.` });
    }
  }
  if (profile.hsmRequired && !constraints.hsmPresent) {
    objections.push({ reason: 'hsm_absent', message: 'Its keys must lie in an HSM, and there is none.' });
  }
  const wanted = constraints.horizonYears;
  if (wanted !== undefined && wanted > profile.horizonYears) {
    const found = profile.horizonYears;
    const message = `It protects for ${found} years; ${wanted} are wanted.`;
    objections.push({ reason: 'horizon_too_short', message, wanted, found });
  }
  return objections;
}

/** The latency and the rate that count for a profile: its batches' where it is made for batches. */
function reached(profile: Profile, figures: ProfileFigures): { latencyMs: number; perSecond: number } {
  if (!profile.batched) {
    return { latencyMs: figures.single.p99Ms, perSecond: figures.single.perSecond };
  }
  const { items, p99Ms, perSecond } = figures.batched;
  // The first message of a batch waits until the last has come, at the rate the profile is for.
  return { latencyMs: (items * 1000) / profile.perSecond + p99Ms, perSecond };
}

function measuredObjections(
  profile: Profile,
  constraints: ProfileConstraints,
  figures: ProfileFigures,
): ProfileObjection[] {
  const objections: ProfileObjection[] = [];
  const found = reached(profile, figures);
  const latencyMs = Math.min(profile.latencyMs, constraints.latencyMs ?? Infinity);
  if (!(found.latencyMs <= latencyMs)) {
    const message = `It takes ${shown(found.latencyMs)} ms here (p99); ${shown(latencyMs)} ms are allowed.`;
    objections.push({ reason: 'too_slow', message, wanted: latencyMs, found: found.latencyMs });
  }
  const perSecond = Math.max(profile.perSecond, constraints.perSecond ?? 0);
  if (!(found.perSecond >= perSecond)) {
    const through = `It gets through ${shown(found.perSecond)} a second here`;
    const message = `${through}; ${shown(perSecond)} are wanted.`;
    objections.push({ reason: 'too_few', message, wanted: perSecond, found: found.perSecond });
  }
  return objections;
}

function objectionsTo(
  profile: Profile,
  constraints: ProfileConstraints,
  figures: ProfileFigures | undefined,
): ProfileObjection[] {
  const standing = standingObjections(profile, constraints);
  if (figures) return [...standing, ...measuredObjections(profile, constraints, figures)];
  const message = 'Its algorithms were not measured on this machine.';
  return [...standing, { reason: 'not_measured', message }];
}

function invalidConstraint(constraints: ProfileConstraints): string | undefined {
  return (['latencyMs', 'perSecond', 'horizonYears'] as const).find((name) => {
    const value = constraints[name];
    return value !== undefined && !(Number.isFinite(value) && value > 0);
  });
}

/**
 * Picks the strongest profile that meets the constraints with what was measured here, and says of
 * each refused one why. Figures count only for the very algorithms they were measured with.
 */
export function pickProfile(options: PickProfileOptions): ProfileChoice {
  refuseUnknownOptions('pickProfile', options, ['constraints', 'measured', 'profiles']);
  const { constraints, measured, profiles = PROFILES } = options;
  const known = ['profile', 'hsmPresent', 'latencyMs', 'perSecond', 'horizonYears', 'needs'];
  refuseUnknownOptions('pickProfile constraints', constraints, known);
  const invalid = invalidConstraint(constraints);
  if (invalid !== undefined) {
    const message = `For ${invalid} a number above zero was expected.`;
    return { ok: false, reason: 'constraint_invalid', message, refused: [] };
  }
  const candidates = profiles
    .filter((profile) => (constraints.profile ? profile.name === constraints.profile : !profile.onlyByName))
    .sort((a, b) => strengthOf(b) - strengthOf(a));
  const refused: RefusedProfile[] = [];
  for (const profile of candidates) {
    const figures = measured.find(
      (found) =>
        found.profile === profile.name && found.kem === profile.kem && found.signature === profile.signature,
    );
    const objections = objectionsTo(profile, constraints, figures);
    if (objections.length === 0 && figures) return { ok: true, profile, figures, refused };
    refused.push({ profile: profile.name, objections });
  }
  const message =
    candidates.length === 0 ? 'There is no profile of that name.' : 'No profile meets this here.';
  return { ok: false, reason: 'none_fits', message, refused };
}
