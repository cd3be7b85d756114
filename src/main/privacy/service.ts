/** The room's shell: how long data is kept, what is held, what goes, and who looked. */
import type {
  ErasePreview,
  Hold,
  HoldTarget,
  LookLine,
  PartySubject,
  PurgeLine,
  RetentionLine,
  UnmaskKind,
} from '../../contract/privacy.ts';
import { type Caller, CountersignError } from '../base/index.ts';
import type { CalendarTask } from '../jobs/index.ts';
import type { SealingPurpose } from '../sealing/index.ts';
import type { BackupShown, PrivacyContext, PrivacyOptions } from './context.ts';
import { createErasing, type Erased, type Searched } from './erasing.ts';
import { createHolds } from './holds.ts';
import { createLooking, type Unmasked } from './looking.ts';
import { CONFIRM_PURGE, createPurging, type Purged, shownPurge } from './purging.ts';
import { retentionLines, setRetention } from './retention.ts';
import { createPrivacyStore } from './store.ts';

const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;
/** A purge that was missed comes after the screens have had their answers and the checks have run. */
const CATCH_UP_AFTER_MS = 20 * 60_000;

interface PageOf<T> {
  readonly rows: T[];
  readonly nextCursor: string | null;
  readonly total: null;
}
interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Privacy {
  retention(): RetentionLine[];
  /** Throws `PRIVACY_CLASS_FIXED`, `PRIVACY_YEARS_TOO_FEW`. */
  setRetention: (caller: Caller, input: Parameters<typeof setRetention>[2]) => RetentionLine;
  holds(): Hold[];
  /** Throws `PRIVACY_HOLD_EMPTY`, `PRIVACY_PARTY_MISSING`, `PRIVACY_PARTY_UNKNOWN`, `PRIVACY_OWN_ACCOUNT`. */
  hold(target: HoldTarget, reason: string, caller: Caller): Promise<Hold>;
  /** Throws `PRIVACY_HOLD_UNKNOWN`, `PRIVACY_HOLD_RELEASED`, `PRIVACY_HOLD_SAME_PERSON`. */
  release(id: string, reason: string, caller: Caller): Hold;
  /** Whether something of a class of keys and quarter stands under a hold: its keys must stay. */
  isHeld(retentionClass: string, quarter: string, purpose?: SealingPurpose): boolean;
  /** Throws `PRIVACY_CONFIRMATION_WRONG`, `PRIVACY_PURGE_UNDER_WAY`. */
  purge(confirm: string, caller: Caller): Promise<Purged>;
  purges(query: PageQuery): PageOf<PurgeLine>;
  /** Throws what finding the party throws. */
  find(party: PartySubject, caller: Caller): Promise<ErasePreview>;
  /** What a search was for, in the clear. Throws `PRIVACY_SEARCH_UNKNOWN`. */
  searched(id: string): Searched;
  /** See `erasing.ts` for what it throws. */
  erase(
    input: { searchId: string; reason: string; confirm: string; fingerprint: string },
    caller: Caller,
  ): Promise<Erased>;
  /** Throws `PRIVACY_THING_UNKNOWN`. */
  unmask(input: { kind: UnmaskKind; id: string; reason: string }, caller: Caller): Unmasked;
  looks(query: PageQuery): PageOf<LookLine>;
  /** Backups, and whether each was written before the last purge or erasure. */
  backups(): (BackupShown & { readonly holdsErased: boolean })[];
  /** The purge of every month. */
  readonly monthly: CalendarTask;
}

/** Opens the room on a vault. */
export function createPrivacy(options: PrivacyOptions): Privacy {
  const store = createPrivacyStore(options.vault.db);
  const context: PrivacyContext = { ...options, store };
  const holds = createHolds(context);
  const purging = createPurging(context, holds);
  const erasing = createErasing(context, holds);
  const looking = createLooking(context);

  return {
    retention: () => retentionLines(context),
    setRetention: (caller, input) => setRetention(context, caller, input),
    holds: holds.list,
    hold: holds.hold,
    release: holds.release,
    isHeld: holds.isHeld,
    purge(confirm, caller) {
      if (confirm !== CONFIRM_PURGE) {
        const message = 'The confirmation was not typed as asked for.';
        throw new CountersignError('PRIVACY_CONFIRMATION_WRONG', message, {
          path: 'confirm',
          expected: CONFIRM_PURGE,
        });
      }
      return purging.purge(caller);
    },
    purges: (query) => pageOf(query, store.purges, shownPurge),
    find: erasing.find,
    erase: erasing.erase,
    searched: erasing.searched,
    unmask: looking.unmask,
    looks: (query) => pageOf(query, store.looks, looking.shown),
    backups() {
      const lastGone = store.lastGone();
      return options.backups().map((backup) => ({ ...backup, holdsErased: backup.record < lastGone }));
    },
    monthly: {
      name: 'privacy.purge',
      everyMs: MONTH_MS,
      firstAfterMs: DAY_MS,
      catchUpAfterMs: CATCH_UP_AFTER_MS,
      async run() {
        await purging.purge({ actor: 'system', traceId: '' });
      },
    },
  };
}

/** Newest first; the cursor is the id of the last row of the page before. */
function pageOf<Row extends { readonly id: bigint }, T>(
  { limit, cursor }: PageQuery,
  read: (before: bigint, limit: number) => Row[],
  shown: (row: Row) => T,
): PageOf<T> {
  const before = /^\d{1,18}$/.test(cursor ?? '') ? BigInt(cursor!) : 2n ** 62n;
  const rows = read(before, limit + 1);
  return {
    rows: rows.slice(0, limit).map(shown),
    nextCursor: rows.length > limit ? rows[limit - 1]!.id.toString() : null,
    total: null,
  };
}
