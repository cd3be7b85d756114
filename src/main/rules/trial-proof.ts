/** The proof that this vault found what a dry run says: nobody makes up figures for whoever agrees. */
import type { RuleChange, RuleTrial } from '../../contract/rules.ts';
import { CountersignError } from '../base/index.ts';
import { canonicalJson } from '../crypto/index.ts';
import type { Sealing } from '../sealing/index.ts';

/** Under a key of its own, which never leaves the vault. */
const KEY = 'desk_rule.trial';

export interface TrialProof {
  sign(change: RuleChange, trial: Omit<RuleTrial, 'mark'>): RuleTrial;
  /** Errors: RULE_TRIAL. */
  require(change: RuleChange, trial: RuleTrial): void;
}

export function createTrialProof(sealing: Pick<Sealing, 'blindTag'>): TrialProof {
  const markOf = (change: RuleChange, trial: Omit<RuleTrial, 'mark'>): string =>
    sealing.blindTag(KEY, canonicalJson({ change, trial })).toString('hex');
  return {
    sign: (change, trial) => ({ ...trial, mark: markOf(change, trial) }),
    require(change, { mark, ...trial }) {
      if (markOf(change, trial) === mark) return;
      throw new CountersignError(
        'RULE_TRIAL',
        'The dry run is not of this change in this vault; run it again.',
        { path: 'trial' },
      );
    },
  };
}
