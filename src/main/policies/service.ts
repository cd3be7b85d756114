import type {
  Policy,
  PolicyChange,
  PolicyDifference,
  PolicyStep,
  Simulation,
  SimulationInput,
} from '../../contract/policies.ts';
import type { Audit } from '../audit/index.ts';
import { type Caller, CountersignError, type Runtime } from '../base/index.ts';
import { type CanonicalJson, canonicalJson } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import { differences, inOneOrder } from './compare.ts';
import { judge, type Present } from './judging.ts';
import { homesOfControls, isControl, SHIPPED, SHIPPED_BEFORE } from './shipped.ts';
import { simulate } from './simulate.ts';
import type { PolicySources } from './sources.ts';
import { createStore, type PolicyVersion } from './store.ts';

export interface PoliciesOptions {
  readonly vault: Vault;
  readonly audit: Audit;
  readonly runtime: Runtime;
  readonly sources: PolicySources;
}

/** Which commands need a second person, and on what terms. */
export interface Policies {
  /**
   * Puts what guards the console under the policies that the program names for it, where the bank's own
   * versions say otherwise because they are older: one more version of each, with a record.
   */
  adopt(): void;
  /** The policy that a command stands under, as it is now. */
  governing(procedure: string): Policy | undefined;
  version(policyId: string, version: number): Policy | undefined;
  list(): Policy[];
  /** Throws `POLICY_UNKNOWN`. */
  get(policyId: string): { policy: Policy; versions: Policy[]; history: PolicyStep[] };
  /** What a change would change. Throws whatever `change` would throw. */
  compare(change: PolicyChange): PolicyDifference[];
  /**
   * The next version of a policy. Throws `POLICY_UNKNOWN`, `POLICY_STALE`, `POLICY_SAME`,
   * `POLICY_INVALID`, `POLICY_TOO_WEAK`, `POLICY_UNSATISFIABLE`.
   */
  change(caller: Caller, change: PolicyChange): Policy;
  simulate(input: SimulationInput): Simulation;
  /** How long what a policy, or a command under one, covers is kept; undefined where there is none. */
  retentionYearsOf(procedureOrPolicy: string): number | undefined;
}

/** Who changes a policy where no person does. */
const PROGRAM: Caller = { actor: 'system', traceId: '' };

const shippedOf = (policyId: string): Policy | undefined => SHIPPED.find(({ id }) => id === policyId);

function unknown(): never {
  throw new CountersignError('POLICY_UNKNOWN', 'There is no policy under that id.', { path: 'policyId' });
}

export function createPolicies({ vault, audit, runtime, sources }: PoliciesOptions): Policies {
  const store = createStore(vault.db);
  const titled = (version: PolicyVersion): Policy => ({
    ...version,
    title: shippedOf(version.id)?.title ?? version.id,
  });

  function list(): Policy[] {
    const changed = new Map(store.newest().map((version) => [version.id, version]));
    return SHIPPED.map((one) => {
      const newer = changed.get(one.id);
      return newer === undefined ? one : titled(newer);
    });
  }

  /** Every version, the oldest first. The bank's own stand in the place of the program's of that number. */
  function versions(policyId: string): Policy[] {
    const newest = shippedOf(policyId) ?? unknown();
    const own = store.of(policyId).map(titled);
    const ours = [...SHIPPED_BEFORE.filter(({ id }) => id === policyId), newest];
    const isBefore = ({ version }: Policy) => own.every((one) => one.version > version);
    return [...ours.filter(isBefore), ...own];
  }

  /** Writes a version with its record. In a vault transaction. */
  function write(caller: Caller, version: PolicyVersion, reason: string, found: PolicyDifference[]): Policy {
    store.add(version);
    audit.record({
      kind: 'policies.change',
      ...caller,
      subjects: [{ kind: 'policy', id: version.id }],
      detail: {
        policyId: version.id,
        version: version.version,
        reason,
        differences: found,
        terms: canonicalJson({ commands: version.commands, clauses: version.clauses } as CanonicalJson),
      },
    });
    return titled(version);
  }

  /** The commands of a policy as the program wants them: those of the controls each in its own place. */
  function commandsAtHome({ id, commands }: Policy): string[] {
    const staying = commands.filter((command) => (homesOfControls.get(command) ?? id) === id);
    const missing = isControl(id)
      ? shippedOf(id)!.commands.filter((command) => !staying.includes(command))
      : [];
    return [...staying, ...missing];
  }

  const governing = (procedure: string): Policy | undefined =>
    list().find(({ commands }) => commands.includes(procedure));

  function compare(change: PolicyChange): PolicyDifference[] {
    const all = list();
    const before = all.find(({ id }) => id === change.policyId) ?? unknown();
    if (before.version !== change.baseVersion) {
      throw new CountersignError('POLICY_STALE', 'The policy was changed since the change was drafted.', {
        path: 'baseVersion',
        expected: `version ${before.version}`,
        actual: `version ${change.baseVersion}`,
      });
    }
    const found = differences(before, change);
    if (found.length === 0) throw new CountersignError('POLICY_SAME', 'The change changes nothing.');
    const present: Present = { people: sources.people(), strength: (id) => sources.strength(id) };
    judge(
      before,
      change,
      all.filter(({ id }) => id !== before.id),
      present,
    );
    return found;
  }

  return {
    governing,
    version: (policyId, version) =>
      shippedOf(policyId) && versions(policyId).find((one) => one.version === version),
    list,
    get(policyId) {
      const all = versions(policyId);
      const history = all.slice(1).map((newer, index) => ({
        version: newer.version,
        differences: differences(all[index]!, newer),
      }));
      return { policy: all.at(-1)!, versions: all.toReversed(), history: history.toReversed() };
    },
    compare,
    change(caller, change) {
      return vault.transaction(() => {
        const found = compare(change);
        const version = {
          id: change.policyId,
          version: change.baseVersion + 1,
          ...inOneOrder(change),
          changedAtMs: runtime.nowMs(),
          changedBy: caller.actor,
        };
        return write(caller, version, change.reason, found);
      });
    },
    adopt() {
      vault.transaction(() => {
        for (const policy of list()) {
          const { id, clauses } = policy;
          const terms = inOneOrder({ commands: commandsAtHome(policy), clauses });
          const found = differences(policy, terms);
          if (found.length === 0) continue;
          const times = { changedAtMs: runtime.nowMs(), changedBy: PROGRAM.actor };
          const version = { id, version: policy.version + 1, ...terms, ...times };
          write(PROGRAM, version, 'A new program puts these commands under another policy.', found);
        }
      });
    },
    simulate: (input) =>
      simulate(input, { policy: governing(input.procedure), nowMs: runtime.nowMs(), sources }),
    retentionYearsOf: (name) =>
      (list().find(({ id }) => id === name) ?? governing(name))?.clauses.retentionYears,
  };
}
