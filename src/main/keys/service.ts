import type { Key, KeyEvent, KeyLoss, KeyPolicy, KeyRotation } from '../../contract/keys.ts';
import { type Caller, CountersignError } from '../base/index.ts';
import { type Check, runCheck } from './checking.ts';
import { markCompromised } from './compromising.ts';
import type { KeysContext, KeysOptions } from './context.ts';
import { type Destruction, destroy, lossOf } from './destruction.ts';
import { createHistory } from './history.ts';
import { keyId, keyUnknown, parseKeyId, type RankedRow, toKey } from './inventory.ts';
import { createKeyPairs, type KeyPairs } from './key-pairs.ts';
import { step } from './life-cycle.ts';
import { createNotices } from './notices.ts';
import { keyPolicies } from './policies.ts';
import { createReasons } from './reasons.ts';
import {
  type Replaced,
  type Replacement,
  replaceDek,
  replaceKek,
  replacePair,
  replacePurpose,
} from './replacing.ts';
import { createRotations, type RotationEnd } from './rotations.ts';
import { createInventoryStore, type KeyFilter } from './store.ts';

export interface KeyPage {
  readonly rows: Key[];
  readonly nextCursor: string | null;
  readonly total: null;
  readonly states: { state: Key['state']; count: number }[];
  readonly purposes: string[];
  readonly due: number;
  readonly findings: number;
}

/** Old and new keys, and the rotations that move what lies under the old ones. */
export interface ReplacementShown {
  readonly replaced: Replaced[];
  readonly rotations: KeyRotation[];
}

/** The life cycle of every key of a vault. */
export interface Keys {
  list(query: KeyFilter & { readonly cursor?: string | undefined; readonly limit: number }): KeyPage;
  /** How many keys must be replaced now. */
  dueCount(): number;
  /** Throws `KEY_UNKNOWN`. */
  get(id: string): { key: Key; history: KeyEvent[]; rotations: KeyRotation[] };
  events(query: { readonly cursor?: string | undefined; readonly limit: number }): {
    rows: KeyEvent[];
    nextCursor: string | null;
    total: null;
  };
  policies(): readonly KeyPolicy[];
  rotations(): KeyRotation[];
  /** Throws `KEY_UNKNOWN`, `KEY_STATE_REFUSED`. */
  rotate(caller: Caller, what: { readonly purpose: string } | { readonly keyId: string }): ReplacementShown;
  /** Throws `ROTATION_UNKNOWN`, `ROTATION_STATE_REFUSED`. */
  pauseRotation(caller: Caller, id: number): KeyRotation;
  resumeRotation(caller: Caller, id: number): KeyRotation;
  /** Throws `KEY_UNKNOWN`, `KEY_STATE_REFUSED`. */
  markCompromised(
    caller: Caller,
    input: { readonly keyId: string; readonly reason: string },
  ): { key: Key; replacedBy: string | null; rotations: KeyRotation[] };
  /** Throws `KEY_UNKNOWN`, `KEY_STATE_REFUSED`, `KEY_STILL_NEEDED`. */
  retire(caller: Caller, id: string): Key;
  loss(what: Destruction): KeyLoss;
  /** Throws `KEY_RETENTION_RUNS`, `KEY_UNDER_HOLD`, `KEY_STATE_REFUSED`, `KEY_CONFIRMATION_WRONG`. */
  destroy(caller: Caller, what: Destruction, confirm: string): Pick<KeyLoss, 'keyIds' | 'values'>;
  /** The hourly check: replaces what is due unattended, and tells of what waits for people. */
  runDue(caller?: Caller): Check & { readonly rotations: KeyRotation[] };
  /** Signing and transport with the vault's own pairs. */
  readonly pairs: Pick<KeyPairs, 'sign' | 'transportKey' | 'decapsulate' | 'logKeys' | 'signHead'>;
  /** The folder that signed notices are filed in. */
  readonly noticesFolder: string;
  /** Resolves when no rotation runs. */
  idle(): Promise<void>;
  /** Stops background work after the step under way. */
  close(): Promise<void>;
}

/** What ends a rotation: events, one audit record, a notice and a beat, in its last transaction. */
function onRotationEnd(context: KeysContext, { rotation, keys, done, left }: RotationEnd): void {
  const { options, store, history, notices } = context;
  const { id, kind, purpose, actor, traceId } = rotation;
  const type = kind === 're-seal' ? 'DEK' : 'KEK';
  const ids = keys.map(({ from }) => keyId(type, from));
  const record = options.audit.record({
    kind: 'keys.rotation-ended',
    actor,
    traceId,
    subjects: ids.slice(0, 50).map((name) => ({ kind: 'key', id: name })),
    detail: { rotation: id, kind, purpose, moved: done, left },
  });
  history.during({ actor, traceId }, record, 'other', () => {
    for (const { from: number } of keys) {
      const row = store.get({ type, number })!;
      if (row.state === 'retired') history.reached({ type, number }, 'retired', 'retired');
      if (kind === 're-wrap' && left === 0) options.sealing.control.destroyKek(number);
    }
  });
  notices.add('keys.rotation-ended', { rotation: id, kind, purpose, moved: done, left });
  options.beat?.({
    source: 'keys.rotation',
    ok: left === 0,
    message: left === 0 ? 'A rotation ended.' : `A rotation ended and left ${left} where they were.`,
    facts: { rotation: id, moved: done, left },
  });
  if (left > 0) {
    options.raiseIncident?.({
      kind: 'keys.rotation-incomplete',
      dedupeKey: `keys.rotation-incomplete/${id}`,
      severity: 'high',
      title: `A rotation left ${left} values or keys that do not open.`,
      detail: { rotation: id, left },
    });
  }
}

function buildContext(options: KeysOptions): KeysContext {
  const store = createInventoryStore(options.vault.db);
  const history = createHistory(options, store);
  const pairs = createKeyPairs(options, history);
  const notices = createNotices(options, pairs);
  const rotations = createRotations(
    options,
    (end) => {
      onRotationEnd(context, end);
      options.vault.onCommit(() => options.onChanged?.());
    },
    ({ id }, fault) =>
      options.raiseIncident?.({
        kind: 'keys.rotation-incomplete',
        dedupeKey: `keys.rotation-failed/${id}`,
        severity: 'high',
        title: 'A rotation stopped at a fault; it waits until somebody resumes it.',
        detail: { rotation: id, fault },
      }),
  );
  const context: KeysContext = { options, store, history, pairs, notices, rotations };
  return context;
}

/** The vault's own pairs are there from the first opening on. */
function makeMissingPairs({ options, history, pairs }: KeysContext): void {
  const missing = (['signing', 'transport', 'log'] as const).filter((type) => !pairs.exists(type));
  if (missing.length === 0) return;
  options.vault.transaction(() => {
    const detail = { types: missing };
    const caller = { actor: 'system', traceId: '' };
    const record = options.audit.record({ kind: 'keys.create', ...caller, detail });
    history.during(caller, record, 'other', () => {
      for (const type of missing) pairs.make(type);
    });
  });
}

/** Opens the room on a vault. Rotations that a crash or a lock cut short go on by themselves. */
export function createKeys(options: KeysOptions): Keys {
  const context = buildContext(options);
  const { store, history, pairs, notices, rotations } = context;
  const { vault, audit, runtime } = options;
  history.catchUp();
  makeMissingPairs(context);
  rotations.wake();
  void notices.deliver();

  const rowOf = (id: string): RankedRow => {
    const row = store.get(parseKeyId(id));
    if (row === undefined) throw keyUnknown(id);
    return row;
  };
  const withReason = createReasons(audit, (id) => rotations.get(id).reason);
  const shown = (row: RankedRow) => toKey(row, runtime.nowMs());
  const shownReplacement = ({ replaced, rotations: ids }: Replacement): ReplacementShown => ({
    replaced,
    rotations: ids.map(rotations.get),
  });

  function rotateOne(caller: Caller, id: string): Replacement {
    const row = rowOf(id);
    const { state } = shown(row);
    // What is out of use may still be left for a successor: where it has none, or protects something.
    const isOut = state === 'compromised' || state === 'retired';
    const isMissed = isOut && row.type !== 'DEK' && row.hasSuccessor === 0;
    if (!(isOut && row.protects > 0) && !isMissed) step(id, state, 'replace');
    const reason = state === 'compromised' ? 'compromised' : 'command';
    if (row.type === 'DEK') return replaceDek(context, caller, reason, row);
    if (row.type === 'KEK') return rotateKek(caller, reason, row);
    return replacePair(context, caller, reason, { type: row.type, number: row.number });
  }

  /** Under a KEK that others may hold, all DEKs are known to them: they are replaced along with it. */
  function rotateKek(caller: Caller, reason: 'command' | 'compromised', row: RankedRow): Replacement {
    const first = replaceKek(context, caller, reason, row);
    if (reason !== 'compromised') return first;
    const rest = store.purposes().map((purpose) => replacePurpose(context, caller, reason, purpose));
    return {
      replaced: [first, ...rest].flatMap(({ replaced }) => replaced),
      rotations: [first, ...rest].flatMap(({ rotations: ids }) => ids),
    };
  }

  function setRotation(caller: Caller, id: number, state: 'running' | 'paused'): KeyRotation {
    return vault.transaction(() => {
      rotations.setState(id, state);
      const kind = state === 'paused' ? 'keys.rotation-paused' : 'keys.rotation-resumed';
      audit.record({ kind, ...caller, detail: { rotation: id } });
      return rotations.get(id);
    });
  }

  return {
    list({ cursor, limit, ...filter }) {
      const nowMs = runtime.nowMs();
      const rows = store.page(filter, nowMs, cursorOf(cursor), limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        rows: page.map((row) => toKey(row, nowMs)),
        nextCursor: rows.length > limit && last !== undefined ? `${last.rank}.${last.number}` : null,
        total: null,
        states: store.states(nowMs),
        purposes: store.purposes(),
        due: store.dueCount(nowMs),
        findings: store.troubledCount(nowMs),
      };
    },
    dueCount: () => store.dueCount(runtime.nowMs()),
    get(id) {
      const row = rowOf(id);
      const kind = row.type === 'DEK' ? 're-seal' : row.type === 'KEK' ? 're-wrap' : null;
      return {
        key: shown(row),
        history: store.history(row).map(withReason),
        rotations: kind === null ? [] : rotations.ofKey(kind, row.number),
      };
    },
    events({ cursor, limit }) {
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursorNumber(cursor));
      const rows = store.events(before, limit + 1);
      const page = rows.slice(0, limit);
      const nextCursor = rows.length > limit ? String(page.at(-1)!.seq) : null;
      return { rows: page.map(withReason), nextCursor, total: null };
    },
    policies: () => keyPolicies,
    rotations: rotations.list,
    rotate(caller, what) {
      return shownReplacement(
        vault.transaction(() =>
          'purpose' in what
            ? replacePurpose(context, caller, 'command', what.purpose)
            : rotateOne(caller, what.keyId),
        ),
      );
    },
    pauseRotation: (caller, id) => setRotation(caller, id, 'paused'),
    resumeRotation: (caller, id) => setRotation(caller, id, 'running'),
    markCompromised(caller, { keyId: id, reason }) {
      const answer = vault.transaction(() => markCompromised(context, caller, rowOf(id), reason));
      return {
        key: shown(rowOf(id)),
        replacedBy: answer.replaced[0]?.to ?? null,
        rotations: answer.rotations.map(rotations.get),
      };
    },
    retire(caller, id) {
      const row = rowOf(id);
      step(id, shown(row).state, 'retire');
      if (row.type === 'KEK') {
        throw new CountersignError('KEY_STILL_NEEDED', 'DEKs lie under a KEK; rotate it instead.', {
          path: id,
        });
      }
      vault.transaction(() => {
        const record = audit.record({
          kind: 'keys.retire',
          ...caller,
          subjects: [{ kind: 'key', id }],
          detail: { keyId: id },
        });
        history.during(caller, record, 'other', () => {
          if (row.type === 'DEK') options.sealing.control.endDek(row.number, 'retired');
          else pairs.setState(row.number, 'retired');
        });
        notices.add('keys.retired', { keyIds: [id] });
        options.beat?.({ source: 'keys.life-cycle', ok: true, message: `The key ${id} was retired.` });
      });
      return shown(rowOf(id));
    },
    loss: (what) => lossOf(context, what),
    destroy: (caller, what, confirm) => destroy(context, caller, what, confirm),
    runDue(caller) {
      const check = runCheck(context, caller);
      return { ...check, rotations: check.rotationIds.map(rotations.get) };
    },
    pairs,
    noticesFolder: notices.folder,
    idle: rotations.idle,
    async close() {
      rotations.close();
      await notices.close();
    },
  };
}

function cursorNumber(text: string): string {
  if (/^\d{1,15}$/.test(text)) return text;
  throw new CountersignError('INPUT_INVALID', 'The cursor is none that was given out.', { path: 'cursor' });
}

function cursorOf(cursor: string | undefined): { rank: number; number: number } | null {
  if (cursor === undefined) return null;
  const [rank = '', number = ''] = cursor.split('.');
  return { rank: Number(cursorNumber(rank)), number: Number(cursorNumber(number)) };
}
