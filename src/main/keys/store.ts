import type { KeyEvent, KeyState, KeyType } from '../../contract/keys.ts';
import type { Connection } from '../vault/index.ts';
import { type KeyName, keyId, type RankedRow } from './inventory.ts';
import { DAY_MS, keyPolicies } from './policies.ts';

export interface KeyFilter {
  readonly type?: KeyType | undefined;
  readonly purpose?: string | undefined;
  readonly state?: KeyState | undefined;
  readonly live?: boolean | undefined;
  readonly due?: boolean | undefined;
  readonly findings?: boolean | undefined;
  readonly text?: string | undefined;
}

/** Where a page of the inventory starts: after a key. Types stand in their rank, newest keys first. */
export interface AfterKey {
  readonly rank: number;
  readonly number: number;
}

export interface NewEvent extends KeyName {
  readonly atMs: number;
  readonly event: KeyEvent['event'];
  readonly fromState: KeyState | null;
  readonly toState: KeyState;
  readonly actor: string;
  readonly record: bigint | null;
}

const leftBy = (kind: string) => `(SELECT rk.from_number FROM key_rotation r
  JOIN key_rotation_key rk ON rk.rotation_id = r.id WHERE r.ended_at_ms IS NULL AND r.kind = '${kind}')`;

const IS_LEFT = `(k.type = 'DEK' AND k.number IN ${leftBy('re-seal')}
  OR k.type = 'KEK' AND k.number IN ${leftBy('re-wrap')})`;

const perType = (parameter: string) =>
  `CASE k.type ${keyPolicies.map(({ type }) => `WHEN '${type}' THEN @${parameter}${type}`).join(' ')} END`;

/** The state as it is shown, which `stateAt` tells of one key. */
const SHOWN_STATE = `CASE WHEN k.state = 'active' AND k.activated_at_ms <= ${perType('warn')} THEN 'expiring'
  WHEN k.state = 'retired' AND ${IS_LEFT} THEN 'rotating' ELSE k.state END`;

const HAS_SUCCESSOR = `EXISTS (SELECT 1 FROM key_inventory o WHERE o.type = k.type AND k.type <> 'DEK'
  AND o.state = 'active' AND o.number > k.number)`;

const attended = keyPolicies.filter(({ unattended }) => !unattended).map(({ type }) => `'${type}'`);
const forHsm = keyPolicies.filter(({ hsmRequired }) => hsmRequired).map(({ type }) => `'${type}'`);

/** What `findingsOf` tells of one key, as conditions: it must be replaced now … */
const IS_DUE = `(k.state = 'active' AND k.activated_at_ms <= ${perType('due')}
  OR k.state = 'compromised' AND k.type IN (${attended}) AND (NOT ${HAS_SUCCESSOR} OR k.type = 'KEK' AND k.protects > 0))`;
/** … or something else is not as it should be. */
const IS_TROUBLED = `(${IS_DUE} OR k.state IN ('active', 'pre-active') AND k.type IN (${forHsm})
  OR k.state IN ('retired', 'compromised') AND k.type IN ('DEK', 'KEK') AND k.protects > 0 AND NOT ${IS_LEFT})`;

/** What a word is looked for in. No token holds keys yet, so all of them lie in the vault. */
const WORDS = `lower(lower(k.type) || '-' || k.number || ' ' || k.type || ' ' || coalesce(k.purpose, '') || ' '
  || coalesce(k.retention_class, '') || ' ' || coalesce(k.quarter, '') || ' ' || k.algorithm || ' vault ' || ${SHOWN_STATE})`;

const COLUMNS = `k.rank, k.type, k.number, k.algorithm, k.purpose, k.retention_class AS retentionClass, k.quarter,
  k.version, k.state, k.created_at_ms AS createdAtMs, k.activated_at_ms AS activatedAtMs, k.protects,
  (SELECT min(e.at_ms) FROM key_event e WHERE e.type = k.type AND e.number = k.number
     AND e.event IN ('rotated', 'retired', 'compromised', 'destroyed')) AS endedAtMs,
  ${IS_LEFT} AS isLeft,
  ${HAS_SUCCESSOR} AS hasSuccessor`;

/** Activation times before which a key of each type counts as expiring, and as due. */
function timeMarks(nowMs: number): Record<string, bigint> {
  const marks: Record<string, bigint> = {};
  for (const { type, rotateEveryDays, warnDays } of keyPolicies) {
    marks[`warn${type}`] = BigInt(nowMs - (rotateEveryDays - warnDays) * DAY_MS);
    marks[`due${type}`] = BigInt(nowMs - rotateEveryDays * DAY_MS);
  }
  return marks;
}

/** More words than these tell no keys apart. */
const MOST_WORDS = 8;

const wordsOf = (words: readonly string[]) =>
  Object.fromEntries(words.map((word, index) => [`word${index}`, word]));

/** The inventory and its history. */
export function createInventoryStore(db: Connection) {
  const one = db
    .prepare<[string, number], RankedRow>(
      `SELECT ${COLUMNS} FROM key_inventory k WHERE k.type = ? AND k.number = ?`,
    )
    .safeIntegers(false);
  const states = db
    .prepare<[object], { state: KeyState; count: number }>(
      `SELECT ${SHOWN_STATE} AS state, count(*) AS count FROM key_inventory k GROUP BY 1 ORDER BY 1`,
    )
    .safeIntegers(false);
  const purposes = db
    .prepare<[], string>('SELECT DISTINCT purpose FROM sealing_dek ORDER BY purpose')
    .pluck();
  const countOf = (condition: string) =>
    db
      .prepare<[object], number>(`SELECT count(*) FROM key_inventory k WHERE ${condition}`)
      .pluck()
      .safeIntegers(false);
  const dueCount = countOf(IS_DUE);
  const troubledCount = countOf(IS_TROUBLED);
  const due = db
    .prepare<[object], RankedRow>(
      `SELECT ${COLUMNS} FROM key_inventory k WHERE k.state = 'active' AND k.activated_at_ms <= ${perType('due')}
       ORDER BY k.rank, k.number`,
    )
    .safeIntegers(false);
  const deksOfLine = db
    .prepare<[string, string], { number: number; purpose: string; state: string; count: number }>(
      `SELECT id AS number, purpose, state, value_count AS count FROM sealing_dek
       WHERE retention_class = ? AND quarter = ? AND state <> 'destroyed' ORDER BY id`,
    )
    .safeIntegers(false);
  const insertEvent = db.prepare(
    `INSERT INTO key_event (type, number, at_ms, event, from_state, to_state, actor, record)
     VALUES (@type, @number, @atMs, @event, @fromState, @toState, @actor, @record)`,
  );
  const withoutHistory = db
    .prepare<[], RankedRow>(
      `SELECT ${COLUMNS} FROM key_inventory k
       WHERE NOT EXISTS (SELECT 1 FROM key_event e WHERE e.type = k.type AND e.number = k.number)
       ORDER BY k.rank, k.number`,
    )
    .safeIntegers(false);
  const EVENT = `seq, type, number, at_ms AS atMs, event, from_state AS fromState, to_state AS toState, actor, record`;
  const history = db.prepare<[string, number], EventRow>(
    `SELECT ${EVENT} FROM key_event WHERE type = ? AND number = ? ORDER BY seq`,
  );
  const events = db.prepare<[number, number], EventRow>(
    `SELECT ${EVENT} FROM key_event WHERE seq < ? ORDER BY seq DESC LIMIT ?`,
  );

  return {
    get: ({ type, number }: KeyName) => one.get(type, number),
    page(filter: KeyFilter, nowMs: number, afterKey: AfterKey | null, limit: number): RankedRow[] {
      const { type, purpose, state } = filter;
      const bound = { type, purpose, state };
      const clauses = ['1'];
      if (filter.type !== undefined) clauses.push('k.type = @type');
      if (filter.purpose !== undefined) clauses.push('k.purpose = @purpose');
      if (filter.state !== undefined) clauses.push(`${SHOWN_STATE} = @state`);
      if (filter.live) clauses.push(`${SHOWN_STATE} IN ('active', 'expiring', 'rotating')`);
      if (filter.due) clauses.push(IS_DUE);
      if (filter.findings) clauses.push(IS_TROUBLED);
      const words = filter.text?.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MOST_WORDS) ?? [];
      for (const index of words.keys()) clauses.push(`instr(${WORDS}, @word${index}) > 0`);
      if (afterKey !== null) clauses.push('(k.rank > @rank OR (k.rank = @rank AND k.number < @number))');
      // Which keys first, and only then what each of them costs to tell.
      return db
        .prepare<[object], KeyName>(
          `SELECT k.type, k.number FROM key_inventory k WHERE ${clauses.join(' AND ')}
           ORDER BY k.rank, k.number DESC LIMIT @limit`,
        )
        .safeIntegers(false)
        .all({ ...timeMarks(nowMs), ...wordsOf(words), ...bound, ...afterKey, limit })
        .map(({ type, number }) => one.get(type, number)!);
    },
    states: (nowMs: number) => states.all(timeMarks(nowMs)),
    purposes: () => purposes.all(),
    /** How many must be replaced now. */
    dueCount: (nowMs: number) => dueCount.get(timeMarks(nowMs)) ?? 0,
    /** How many have a finding. */
    troubledCount: (nowMs: number) => troubledCount.get(timeMarks(nowMs)) ?? 0,
    /** Active keys whose policy's time is over. */
    due: (nowMs: number) => due.all(timeMarks(nowMs)),
    /** DEKs of a retention class and quarter that were not destroyed. */
    deksOfLine: (retentionClass: string, quarter: string) => deksOfLine.all(retentionClass, quarter),
    /** Keys of which no event tells: those that are older than the history. */
    withoutHistory: () => withoutHistory.all(),
    insertEvent(event: NewEvent) {
      insertEvent.run({ ...event, atMs: BigInt(event.atMs) });
    },
    history: ({ type, number }: KeyName): EventLine[] => history.all(type, number).map(toEvent),
    /** Newest first, below a sequence number. */
    events: (beforeSeq: number, limit: number): EventLine[] => events.all(beforeSeq, limit).map(toEvent),
  };
}

interface EventRow {
  readonly seq: bigint;
  readonly type: KeyType;
  readonly number: bigint;
  readonly atMs: bigint;
  readonly event: KeyEvent['event'];
  readonly fromState: KeyState | null;
  readonly toState: KeyState;
  readonly actor: string;
  readonly record: bigint | null;
}

/** An event without its reason, which stands in the audit record. */
export type EventLine = Omit<KeyEvent, 'reason'>;

const toEvent = ({ seq, type, number, atMs, ...rest }: EventRow): EventLine => ({
  ...rest,
  seq: Number(seq),
  keyId: keyId(type, Number(number)),
  atMs: Number(atMs),
});

export type InventoryStore = ReturnType<typeof createInventoryStore>;
