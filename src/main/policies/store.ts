import { type Policy, policyClauses } from '../../contract/policies.ts';
import { type CanonicalJson, canonicalJson } from '../crypto/index.ts';
import type { Connection } from '../vault/index.ts';
import type { Terms } from './compare.ts';

/** A changed version, without the title that the policy keeps for good. */
export type PolicyVersion = Omit<Policy, 'title'>;

interface Raw {
  readonly id: string;
  readonly version: bigint;
  readonly body: string;
  readonly changedAtMs: bigint;
  readonly changedBy: string;
}

/** The body names amounts as decimal text, since JSON's numbers are floats. */
function readTerms(body: string): Terms {
  const parsed = JSON.parse(body, (key, value: unknown) =>
    key === 'amountMinor' ? BigInt(String(value)) : value,
  ) as Terms;
  return { commands: parsed.commands, clauses: policyClauses.parse(parsed.clauses) };
}

const toVersion = ({ id, version, body, changedAtMs, changedBy }: Raw): PolicyVersion => ({
  id,
  version: Number(version),
  ...readTerms(body),
  changedAtMs: Number(changedAtMs),
  changedBy,
});

/** Versions of policies that were changed. */
export function createStore(db: Connection) {
  const columns = 'policy_id AS id, version, body, changed_at_ms AS changedAtMs, changed_by AS changedBy';
  const of = db.prepare<[string], Raw>(
    `SELECT ${columns} FROM policy_version WHERE policy_id = ? ORDER BY version`,
  );
  const newest = db.prepare<[], Raw>(
    `SELECT ${columns} FROM policy_version AS one
     WHERE version = (SELECT max(version) FROM policy_version WHERE policy_id = one.policy_id)`,
  );
  const insert = db.prepare(
    `INSERT INTO policy_version (policy_id, version, body, changed_at_ms, changed_by)
     VALUES (@id, @version, @body, @changedAtMs, @changedBy)`,
  );
  return {
    of: (policyId: string): PolicyVersion[] => of.all(policyId).map(toVersion),
    /** The newest version of each policy that was ever changed. */
    newest: (): PolicyVersion[] => newest.all().map(toVersion),
    add({ id, version, commands, clauses, changedAtMs, changedBy }: PolicyVersion): void {
      insert.run({
        id,
        version: BigInt(version),
        body: canonicalJson({ commands, clauses } as CanonicalJson),
        changedAtMs: BigInt(changedAtMs),
        changedBy,
      });
    },
  };
}
