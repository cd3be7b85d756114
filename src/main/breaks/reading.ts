/** What screens and scripts read of the queue. */
import type {
  BreakBucket,
  BreakDetail,
  BreakEvent,
  BreakKind,
  BreakRow,
  BreakSettings,
  BreakStatus,
  BreakSummary,
} from '../../contract/breaks.ts';
import { breakReasons, breakStatuses } from '../../contract/breaks.ts';
import { currencyScale } from '../../contract/money.ts';
import { businessDaysBetween, calendarOf, type FoundText, type IsoDate, idToText } from '../base/index.ts';
import { bucketOf, daysOfBucket } from './ageing.ts';
import type { Attaching } from './attaching.ts';
import { type BreaksContext, knownBreak, noteOf } from './context.ts';
import { WRITE_OFF_ACCOUNTS } from './reasons.ts';
import type { BreakFilter, BreakPlace, BreakRecord, EventRow } from './store.ts';

export interface BreakQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly status?: BreakStatus | 'standing' | 'to-do' | undefined;
  readonly kind?: BreakKind | undefined;
  readonly bucket?: BreakBucket | undefined;
  readonly currency?: string | undefined;
  readonly bankAccountId?: string | undefined;
  readonly sourceId?: string | undefined;
  readonly owner?: string | undefined;
  readonly text?: string | undefined;
}

export interface BreakReading {
  list(
    query: BreakQuery,
    me: string,
    found?: FoundText,
  ): { rows: BreakRow[]; nextCursor: string | null; total: number; lookedThrough: number | null };
  summary(me: string): BreakSummary;
  settings(me: string): BreakSettings;
  /** Errors: BREAK_UNKNOWN. */
  get(id: string): BreakDetail;
}

const STANDING: readonly BreakStatus[] = ['open', 'in-work', 'explained'];
const TO_DO: readonly BreakStatus[] = ['open', 'in-work'];
const FIRST_DAY = '0000-00-00';
const LAST_DAY = '9999-99-99';

function statusesOf(status: BreakQuery['status']): readonly BreakStatus[] {
  if (status === undefined) return breakStatuses;
  if (status === 'standing') return STANDING;
  return status === 'to-do' ? TO_DO : [status];
}

export function createReading(context: BreaksContext, attaching: Attaching): BreakReading {
  const { store, statements, ledger, people, today, unmatchedAfterDays } = context;

  function toRows(rows: readonly BreakRecord[]): BreakRow[] {
    const now = today();
    const numbers = new Map(statements.accountNumbers().map(({ id, number }) => [id, number]));
    const names = rows.some(({ owner }) => owner !== null) ? people.names() : new Map<string, string>();
    const counts = store.eventCounts(rows.map(({ id }) => id));
    const lines = rows.flatMap(({ kind, causeKey }) => (kind === 'unmatched' ? [BigInt(causeKey)] : []));
    const parties = new Map(
      statements.transactionRows(lines).map(({ id, counterparty }) => [id, counterparty]),
    );
    return rows.map((row) => {
      const ageDays = businessDaysBetween(row.sinceDate, now, calendarOf(row.currency));
      const { notes = 0n, attachments = 0n } = counts.get(row.id) ?? {};
      return {
        id: row.id.toString(),
        kind: row.kind,
        status: row.status,
        bankAccountId: row.bankAccountId?.toString() ?? null,
        accountNumber: row.bankAccountId === null ? null : (numbers.get(row.bankAccountId) ?? null),
        counterparty: row.kind === 'unmatched' ? (parties.get(row.causeKey) ?? null) : null,
        amountMinor: row.amountMinor,
        currency: row.currency,
        sinceDate: row.sinceDate,
        ageDays,
        bucket: bucketOf(ageDays),
        owner: row.owner,
        ownerName: row.owner === null ? null : (names.get(row.owner) ?? null),
        reason: row.reason,
        causeGone: row.causeGone,
        source: { kind: row.sourceKind, id: row.sourceId },
        notes: Number(notes),
        attachments: Number(attachments),
      };
    });
  }

  /** Ids in which a text is found; null where there is no text. */
  function idsWith(text: string, found: FoundText | undefined): string | null {
    const wanted = text.trim();
    if (wanted === '') return null;
    const compact = wanted.replace(/\s/g, '').toUpperCase();
    const accounts = statements
      .accountNumbers()
      .filter(({ number }) => number.toUpperCase().includes(compact));
    const ids = store.breaksWith({
      breakId: /^#?\d{1,18}$/.test(wanted) ? BigInt(wanted.replace('#', '')) : null,
      amountMinors: `[${amountsOf(compact).join(',')}]`,
      bankAccountIds: `[${compact.length < 4 ? '' : accounts.map(({ id }) => id).join(',')}]`,
      transactionIds: `[${(found?.ids ?? []).join(',')}]`,
    });
    return `[${ids.join(',')}]`;
  }

  function filterOf(query: BreakQuery, me: string, found: FoundText | undefined): BreakFilter {
    const { bucket, owner } = query;
    // A bucket begins and ends on other days where banks have other holidays.
    const spans = (bucket === undefined ? [] : store.currencies()).map((currency) => ({
      currency,
      ...daysOfBucket(bucket!, today(), calendarOf(currency)),
    }));
    const daysBy = (side: 'from' | 'to', open: IsoDate) =>
      JSON.stringify(Object.fromEntries(spans.map((span) => [span.currency, span[side] ?? open])));
    return {
      statuses: JSON.stringify(statusesOf(query.status)),
      kind: query.kind ?? null,
      currency: query.currency ?? null,
      bankAccountId:
        query.bankAccountId === undefined
          ? null
          : /^\d{1,18}$/.test(query.bankAccountId)
            ? BigInt(query.bankAccountId)
            : -1n,
      sourceId: query.sourceId ?? null,
      from: daysBy('from', FIRST_DAY),
      to: daysBy('to', LAST_DAY),
      owner: owner === undefined || owner === 'nobody' ? null : owner === 'me' ? me : owner,
      nobody: owner === 'nobody' ? 1n : 0n,
      ids: idsWith(query.text ?? '', found),
    };
  }

  function toEvent(event: EventRow, names: ReadonlyMap<string, string>): BreakEvent {
    const { atMs, action, actor, value, entryId, record } = event;
    return {
      ...{ atMs: Number(atMs), action, actor, actorName: names.get(actor) ?? null, record },
      value: action === 'assigned' && value !== null ? (names.get(value) ?? value) : value,
      note: noteOf(context, event),
      entryId: entryId === null ? null : idToText(entryId),
    };
  }

  return {
    list(query, me, found) {
      const filter = filterOf(query, me, found);
      const rows = store.breakPage(filter, placeOf(query.cursor), query.limit + 1);
      const last = rows[query.limit - 1];
      return {
        rows: toRows(rows.slice(0, query.limit)),
        nextCursor: rows.length > query.limit && last ? `${last.sinceDate} ${last.id}` : null,
        total: store.breakTotal(filter),
        lookedThrough: found?.lookedThrough ?? null,
      };
    },
    summary: (me) => summaryOf(store.sums(), me, today()),
    settings: (me) => ({
      unmatchedAfterDays: unmatchedAfterDays(),
      reasons: breakReasons.map((code) => ({ code, writesOffTo: WRITE_OFF_ACCOUNTS[code] })),
      people: [...people.workers()],
      me,
    }),
    get(id) {
      const row = knownBreak(context, id);
      const events = store.events(row.id);
      const names = people.names();
      const written =
        row.entryId === null ? undefined : events.findLast(({ action }) => action === 'written-off');
      return {
        ...toRows([row])[0]!,
        openedAtMs: Number(row.openedAtMs),
        record: row.record,
        holding: row.holdingRole && {
          role: row.holdingRole,
          accountId: ledger.knownRoleAccount(row.holdingRole, row.currency)?.toString() ?? null,
        },
        writeOff:
          written === undefined || row.entryId === null
            ? null
            : {
                entryId: idToText(row.entryId),
                actorName: names.get(written.actor) ?? null,
                atMs: Number(written.atMs),
                record: written.record,
              },
        events: events.map((event) => toEvent(event, names)),
        attachmentList: attaching.list(row.id),
      };
    },
  };
}

function placeOf(cursor: string | undefined): BreakPlace | null {
  const parts = /^(\d{4}-\d{2}-\d{2}) (\d{1,18})$/.exec(cursor ?? '');
  return parts ? { sinceDate: parts[1]!, id: BigInt(parts[2]!) } : null;
}

/** The sums in minor units that a typed amount may mean; none where it is no amount. */
function amountsOf(compact: string): bigint[] {
  const parts = /^-?(\d{1,15})(?:\.(\d{1,3}))?$/.exec(compact.replaceAll(',', ''));
  if (!parts) return [];
  const fraction = parts[2] ?? '';
  return [0, 2, 3]
    .filter((scale) => scale >= fraction.length)
    .map((scale) => BigInt(parts[1]! + fraction.padEnd(scale, '0')));
}

function summaryOf(
  sums: ReturnType<BreaksContext['store']['sums']>,
  me: string,
  today: IsoDate,
): BreakSummary {
  const counts = Object.fromEntries(breakStatuses.map((status) => [status, 0])) as BreakSummary['counts'];
  const standing = new Map<string, BreakSummary['standing'][number]>();
  const currencies = new Set<string>();
  const tally = { mine: 0, unassigned: 0, toTakeBack: 0 };
  for (const { status, kind, sinceDate, currency, owner, causeGone, count, amountMinor } of sums) {
    const n = Number(count);
    counts[status] += n;
    if (causeGone === 1n) tally.toTakeBack += n;
    if (currencyScale(currency) !== undefined) currencies.add(currency);
    if (!STANDING.includes(status)) continue;
    if (owner === me) tally.mine += n;
    if (owner === null) tally.unassigned += n;
    const bucket = bucketOf(businessDaysBetween(sinceDate, today, calendarOf(currency)));
    const key = `${kind} ${bucket} ${currency}`;
    const known = standing.get(key) ?? { kind, bucket, currency, count: 0, amountMinor: 0n };
    standing.set(key, { ...known, count: known.count + n, amountMinor: known.amountMinor + amountMinor });
  }
  return { counts, standing: [...standing.values()], ...tally, currencies: [...currencies].sort() };
}
