import type {
  Incident,
  IncidentAction,
  IncidentCounts,
  IncidentLine,
  IncidentPolicies,
} from '../../contract/incidents.ts';
import type { Audit } from '../audit/index.ts';
import {
  type Caller,
  CountersignError,
  type IncidentReport,
  isCountersignError,
  type Logger,
  type RaiseIncident,
  type Runtime,
  type SettleIncident,
  silentLogger,
} from '../base/index.ts';
import { canonicalJson } from '../crypto/index.ts';
import type { Feed } from '../jobs/index.ts';
import type { SealedRef, Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import { causePlace, createAgreements } from './agreements.ts';
import { placeOf, requireForm, stated } from './given.ts';
import {
  appendNotice,
  createNoticeSender,
  type IncidentNotice,
  type Notifier,
  noticeFile,
} from './notices.ts';
import { kindPolicies, needsTwo, severityPolicies, TOP_LEVEL } from './policies.ts';
import * as rules from './rules.ts';
import { createStore, type EventRow, type IncidentFilter, type IncidentRow } from './store.ts';

export interface IncidentQuery extends IncidentFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The incidents of an open vault. */
export interface Incidents {
  /**
   * Raises an incident, or counts up the one of the same key that is not resolved. In the caller's
   * transaction where one runs, so that it stands or falls with it; its notices go out after the
   * commit. Throws `TypeError` for a report without a kind, a key or a title; a notice that fails
   * reaches the log and nobody else.
   */
  readonly raise: RaiseIncident;
  /** Resolves the incident of a key by who decided what it was about; one that two must end stays. */
  readonly settle: SettleIncident;
  list(query: IncidentQuery): { rows: IncidentLine[]; nextCursor: string | null; total: number | null };
  counts(): IncidentCounts;
  /** Errors: `INCIDENT_UNKNOWN`. */
  get(id: string): Incident;
  /** Errors: `INCIDENT_UNKNOWN`, `INCIDENT_RESOLVED`, `INCIDENT_ACKNOWLEDGED`. */
  acknowledge(id: string, caller: Caller): IncidentLine;
  /** Errors: `INCIDENT_UNKNOWN`, `INCIDENT_RESOLVED`, `INCIDENT_OWNER_MISSING`. */
  assign(id: string, owner: string, caller: Caller): IncidentLine;
  /** Errors: `INCIDENT_UNKNOWN`, `INCIDENT_RESOLVED`, `INCIDENT_AT_TOP`, `INCIDENT_REASON_MISSING`. */
  escalate(id: string, reason: string, caller: Caller): IncidentLine;
  /**
   * Errors: `INCIDENT_UNKNOWN`, `INCIDENT_RESOLVED`, `INCIDENT_CAUSE_MISSING`, and where two people
   * must, `INCIDENT_NEEDS_PEOPLE`, `INCIDENT_NEEDS_SECOND`.
   */
  resolve(id: string, cause: string, caller: Caller): IncidentLine;
  /** Escalates every incident whose clock has run out; answers how many. The engine calls it every second. */
  escalateOverdue(): number;
  policies(): IncidentPolicies;
}

export interface IncidentsOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Audit;
  readonly feed: Feed;
  readonly runtime?: Runtime;
  readonly log?: Logger;
  /** Whether an actor is a person, of whom two are needed to end some incidents; everybody by default. */
  readonly isPerson?: (actor: string) => boolean;
  /** Shows notices by the operating system; nobody does where it is left out. */
  readonly notifier?: Notifier | undefined;
}

const SYSTEM: Caller = { actor: 'system', traceId: '' };
/** Stands in the place of a text that was erased or cannot be opened any more. */
const UNREADABLE = 'The sealed text cannot be opened any more.';
const DEDUPE_INDEX = 'incident.dedupe_key';

const contentPlace = (id: number) =>
  ({ table: 'incident', column: 'content', applicationId: String(id) }) as const;
const notePlace = (id: number) =>
  ({ table: 'incident_event', column: 'note', applicationId: String(id) }) as const;

/** Opens the room on a vault. */
export function createIncidents(options: IncidentsOptions): Incidents {
  const { vault, sealing, audit, feed, notifier, isPerson = () => true } = options;
  const runtime = options.runtime ?? vault.runtime;
  const store = createStore(vault.db);
  const agreements = createAgreements({ store, sealing, audit, runtime, isPerson });
  const openedAtMs = runtime.nowMs();
  const path = noticeFile(vault.directory);
  const send = createNoticeSender(
    {
      app: ({ id, kind, severity, action }) =>
        feed.publish({ type: 'incident', incident: { id, kind, severity, action } }),
      system: (notice) => notifier?.notify(notice),
      file: (notice) => appendNotice(path, notice),
    },
    options.log ?? silentLogger,
  );

  /** What was erased, or cannot be opened, must not take the list and the clocks with it. */
  function openText(sealedId: number, place: Omit<SealedRef, 'id'>): string | undefined {
    try {
      return sealing.openText({ id: BigInt(sealedId), ...place });
    } catch (error) {
      if (isCountersignError(error) && /^(SEAL(ED|ING)_|VAULT_DAMAGED$)/.test(error.code)) return undefined;
      throw error;
    }
  }

  function contentOf(row: IncidentRow): Pick<IncidentReport, 'title' | 'detail'> {
    const text = openText(row.sealedId, contentPlace(row.id));
    return text === undefined ? { title: UNREADABLE } : JSON.parse(text);
  }

  function lineOf(row: IncidentRow): IncidentLine {
    const { id, kind, severity, state, owner, level, count } = row;
    const { raisedAtMs, lastSeenAtMs, acknowledgeByMs, resolvedAtMs } = row;
    const times = { raisedAtMs, lastSeenAtMs, acknowledgeByMs, resolvedAtMs };
    return {
      id: String(id),
      kind,
      severity,
      state,
      title: contentOf(row).title,
      owner,
      level,
      count,
      ...times,
      needsTwo: needsTwo(kind),
      agreedBy: agreements.standing(row)?.actor ?? null,
    };
  }

  function known(id: string): IncidentRow {
    const row = /^\d{1,15}$/.test(id) ? store.get(Number(id)) : undefined;
    if (row === undefined)
      throw new CountersignError('INCIDENT_UNKNOWN', 'There is no incident under that id.');
    return row;
  }

  function addEvent(
    incidentId: number,
    action: IncidentAction,
    actor: string,
    record: bigint,
    note?: string,
  ) {
    const id = store.nextEventId();
    const noteSealedId =
      note === undefined
        ? null
        : Number(sealing.seal({ purpose: 'compliance_vault', ...notePlace(id), plaintext: note }));
    const atMs = runtime.nowMs();
    store.insertEvent(incidentId, { id, atMs, action, actor, noteSealedId, record: Number(record) });
  }

  /** After the commit every screen hears of the change and, where it is one to hear of, everybody. */
  function tell(row: IncidentRow, action?: IncidentNotice['action']): void {
    const { title } = contentOf(row);
    const { id, kind, severity, level } = row;
    const atMs = runtime.nowMs();
    vault.onCommit(() => {
      feed.changed('incidents', 'audit');
      if (action !== undefined) send({ id: String(id), kind, severity, title, action, level, atMs });
    });
  }

  interface Change {
    readonly action: Exclude<IncidentAction, 'raised' | 'recurred' | 'agreed'>;
    readonly caller: Caller;
    readonly note?: string;
    readonly notice?: IncidentNotice['action'];
  }

  /** One change of an incident: its row, its line of the timeline and its audit record. */
  function apply(row: IncidentRow, next: rules.Standing, change: Change): IncidentRow {
    const { action, caller, note, notice } = change;
    const after: IncidentRow = { ...row, ...next };
    const record = audit.record({
      kind: `incidents.${action}`,
      actor: caller.actor,
      traceId: caller.traceId,
      subjects: [{ kind: 'incident', id: String(row.id) }],
      detail: { before: standingOf(row), after: standingOf(after), ...(note === undefined ? {} : { note }) },
    });
    store.update(row.id, next);
    addEvent(row.id, action, caller.actor, record, note);
    tell(after, notice);
    return after;
  }

  function open(report: IncidentReport, tag: Buffer): void {
    const previous = store.lastByTag(tag);
    const id = store.nextId();
    const { kind, severity, title, detail = {}, acknowledgeWithinMs = null } = report;
    const nowMs = runtime.nowMs();
    const content = canonicalJson({ title, detail });
    const sealedId = Number(
      sealing.seal({ purpose: 'compliance_vault', ...contentPlace(id), plaintext: content }),
    );
    const standing = rules.raised(kind, severity, nowMs, acknowledgeWithinMs);
    const row = { id, kind, previousId: previous?.id ?? null, raisedAtMs: nowMs, sealedId, ...standing };
    const action = previous === undefined ? 'raised' : 'recurred';
    const record = audit.record({
      kind: `incidents.${action}`,
      actor: SYSTEM.actor,
      subjects: [{ kind: 'incident', id: String(id) }],
      detail: { kind, title, facts: detail, ...standingOf(row), previous: previous?.id ?? null },
    });
    store.insert(row, tag);
    addEvent(id, action, SYSTEM.actor, record);
    tell(row, action);
  }

  function countUp(row: IncidentRow, report: IncidentReport): void {
    const { next, worsened } = rules.countedUp(row, row.kind, report.severity, runtime.nowMs());
    if (worsened) {
      apply(row, next, { action: 'worsened', caller: SYSTEM, note: report.title, notice: 'worsened' });
      return;
    }
    audit.record({
      kind: 'incidents.counted',
      actor: SYSTEM.actor,
      subjects: [{ kind: 'incident', id: String(row.id) }],
      detail: { count: next.count, facts: report.detail ?? {} },
    });
    store.update(row.id, next);
    tell({ ...row, ...next });
  }

  function raise(report: IncidentReport): void {
    requireForm(report);
    vault.transaction(() => {
      const tag = sealing.blindTag(DEDUPE_INDEX, report.dedupeKey);
      const unresolved = store.unresolvedByTag(tag);
      if (unresolved === undefined) open(report, tag);
      else countUp(unresolved, report);
    });
  }

  const settle: SettleIncident = (dedupeKey, cause, caller) => {
    vault.transaction(() => {
      const row = store.unresolvedByTag(sealing.blindTag(DEDUPE_INDEX, dedupeKey));
      if (row === undefined || needsTwo(row.kind)) return;
      apply(row, rules.resolved(row, runtime.nowMs()), { action: 'resolved', caller, note: cause });
    });
  };

  function command(id: string, next: (row: IncidentRow) => rules.Standing, change: Change): IncidentLine {
    return vault.transaction(() => {
      const row = known(id);
      return lineOf(apply(row, next(row), change));
    });
  }

  function eventOf({ id, atMs, action, actor, noteSealedId, record }: EventRow) {
    const note = noteSealedId === null ? null : (openText(noteSealedId, notePlace(id)) ?? UNREADABLE);
    return { atMs, action, actor, note, record: BigInt(record) };
  }

  /** What happened, the first of two who agreed among it, in the order of the log. */
  function timelineOf({ id }: IncidentRow) {
    const agreed = store.agreements(id).map((agreement) => ({
      ...{ atMs: agreement.atMs, action: 'agreed' as const, actor: agreement.actor },
      note: openText(agreement.causeSealedId, causePlace(agreement.id)) ?? UNREADABLE,
      record: BigInt(agreement.record),
    }));
    return [...store.events(id).map(eventOf), ...agreed].sort((a, b) => Number(a.record - b.record));
  }

  function escalateOne(row: IncidentRow): boolean {
    const outcome = rules.overdue(row, row.kind, runtime.nowMs());
    if (outcome === undefined) return false;
    const due = `${new Date(row.acknowledgeByMs!).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    const note =
      row.acknowledgeByMs! < openedAtMs
        ? `Not acknowledged by ${due}; the vault was closed then.`
        : `Not acknowledged by ${due}.`;
    vault.transaction(() =>
      apply(row, outcome.next, { action: outcome.action, caller: SYSTEM, note, notice: outcome.action }),
    );
    return true;
  }

  return {
    raise,
    settle,
    list({ limit, cursor, ...filter }) {
      const rows = store.page(filter, placeOf(cursor), limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        rows: page.map(lineOf),
        nextCursor: rows.length > limit && last ? `${last.rank}.${last.clock}.${last.id}` : null,
        total: cursor === undefined ? store.total(filter) : null,
      };
    },
    counts() {
      const counts = { open: 0, acknowledged: 0, resolved: 0, critical: 0, overdue: 0 };
      for (const row of store.counts(runtime.nowMs())) {
        counts[row.state] = row.count;
        if (row.state !== 'resolved') counts.critical += row.critical;
        counts.overdue += row.overdue;
      }
      return counts;
    },
    get(id) {
      const row = known(id);
      const nextId = store.recurrenceOf(row.id);
      return {
        ...lineOf(row),
        detail: { ...contentOf(row).detail },
        timeline: timelineOf(row),
        previousId: row.previousId === null ? null : String(row.previousId),
        nextId: nextId === undefined ? null : String(nextId),
        policy: rules.clockOf(row),
      };
    },
    acknowledge: (id, caller) =>
      command(id, (row) => rules.acknowledged(row, caller.actor), { action: 'acknowledged', caller }),
    assign(id, owner, caller) {
      const named = stated(owner, 'INCIDENT_OWNER_MISSING', 'owner');
      return command(id, (row) => rules.assigned(row, named), { action: 'assigned', caller, note: named });
    },
    escalate(id, reason, caller) {
      const note = stated(reason, 'INCIDENT_REASON_MISSING', 'reason');
      const next = (row: IncidentRow) => rules.escalated(row, row.kind, runtime.nowMs());
      return command(id, next, { action: 'escalated', caller, note, notice: 'escalated' });
    },
    resolve(id, cause, caller) {
      const note = stated(cause, 'INCIDENT_CAUSE_MISSING', 'cause');
      return vault.transaction(() => {
        const row = known(id);
        const next = rules.resolved(row, runtime.nowMs());
        if (agreements.maySettle(row, caller)) {
          return lineOf(apply(row, next, { action: 'resolved', caller, note }));
        }
        agreements.agree(row, caller, note);
        tell(row);
        return lineOf(row);
      });
    },
    escalateOverdue: () => store.due(runtime.nowMs()).filter(escalateOne).length,
    policies: () => ({
      byKind: kindPolicies.map((policy) => ({ ...policy })),
      bySeverity: Object.entries(severityPolicies).map(([severity, acknowledgeWithinMs]) => ({
        severity: severity as IncidentLine['severity'],
        acknowledgeWithinMs,
      })),
      topLevel: TOP_LEVEL,
    }),
  };
}

/** What an audit record says of how an incident stands. */
function standingOf({ severity, state, owner, level, acknowledgeByMs }: rules.Standing) {
  return { severity, state, owner, level, acknowledgeByMs };
}
