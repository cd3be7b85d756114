import type { Audit } from '../audit/index.ts';
import { type Caller, CountersignError, type Runtime } from '../base/index.ts';
import type { Sealing } from '../sealing/index.ts';
import { needsTwo } from './policies.ts';
import type { AgreementRow, IncidentRow, Store } from './store.ts';

export interface AgreementsOptions {
  readonly store: Store;
  readonly sealing: Sealing;
  readonly audit: Audit;
  readonly runtime: Runtime;
  /** Whether an actor is a person. */
  readonly isPerson: (actor: string) => boolean;
}

/** Where the first one's cause is sealed. */
export const causePlace = (id: number) =>
  ({ table: 'incident_agreement', column: 'cause', applicationId: String(id) }) as const;

/** Incidents that no one person can end: the first says that one is over, the second ends it. */
export function createAgreements({ store, sealing, audit, runtime, isPerson }: AgreementsOptions) {
  /** Who said that it is over, where nothing was reported since and a second one must say so too. */
  function standing(row: IncidentRow): AgreementRow | undefined {
    if (!needsTwo(row.kind) || row.state === 'resolved') return undefined;
    const agreement = store.agreements(row.id).at(-1);
    return agreement?.count === row.count ? agreement : undefined;
  }

  return {
    standing,
    /** The first of two says so. It stands until the second one does. */
    agree(row: IncidentRow, { actor, traceId }: Caller, cause: string): void {
      const id = store.nextAgreementId();
      const record = audit.record({
        kind: 'incidents.agreed',
        actor,
        traceId,
        subjects: [{ kind: 'incident', id: String(row.id) }],
        detail: { cause, count: row.count },
      });
      const sealed = { purpose: 'compliance_vault', ...causePlace(id), plaintext: cause } as const;
      const causeSealedId = Number(sealing.seal(sealed));
      const atMs = runtime.nowMs();
      store.insertAgreement(row.id, {
        id,
        atMs,
        actor,
        count: row.count,
        causeSealedId,
        record: Number(record),
      });
    },
    /**
     * Whether this person is the second one, or none is needed. Throws `INCIDENT_NEEDS_PEOPLE`, and
     * `INCIDENT_NEEDS_SECOND` for the one who has said so already.
     */
    maySettle(row: IncidentRow, { actor }: Caller): boolean {
      if (!needsTwo(row.kind)) return true;
      if (!isPerson(actor)) {
        throw new CountersignError('INCIDENT_NEEDS_PEOPLE', 'Two people who are named end this incident.', {
          expected: 'a person who is signed in',
        });
      }
      const first = standing(row);
      if (first?.actor !== actor) return first !== undefined;
      throw new CountersignError('INCIDENT_NEEDS_SECOND', 'One of two has agreed, and that is you.', {
        expected: 'another person',
      });
    },
  };
}
