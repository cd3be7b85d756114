import type { KeyRotation } from '../../contract/keys.ts';
import { CountersignError, isCountersignError } from '../base/index.ts';
import { columnName, ValueOutOfReach } from '../sealing/index.ts';
import type { KeysOptions, Pace } from './context.ts';
import { keyId } from './inventory.ts';
import { createRotationStore, type NewRotation, type RotationRow } from './store-rotations.ts';

/**
 * Work of 2 ms, then a rest: a command of the desk waits for one step at most. A million values
 * take some minutes at that pace, while the desk works as well as while it rests.
 */
const PACE: Pace = { workMs: 2, restMs: 5, busyRestMs: 15 };

/** Rows that a step looks at; most of them may lie under other keys. */
const MOST_ROWS = 500;

/** Rows that came late (an import under way when the rotation began) are met by another pass. */
const MOST_PASSES = 4;

/** The rate is told of this stretch of time. */
const RATE_WINDOW_MS = 5_000;

/** What became of a rotation, told within its last transaction. */
export interface RotationEnd {
  readonly rotation: RotationRow;
  readonly keys: readonly { readonly from: number; readonly to: number }[];
  readonly done: number;
  readonly left: number;
}

/** Moves values to new DEKs, and DEKs to new KEKs, in the background. */
export interface Rotations {
  /** Writes a rotation in the caller's transaction. The work begins after its commit. */
  start(rotation: NewRotation): number;
  get(id: number): KeyRotation;
  list(): KeyRotation[];
  ofKey(kind: RotationRow['kind'], number: number): KeyRotation[];
  /** Throws `ROTATION_UNKNOWN`, `ROTATION_STATE_REFUSED`. In the caller's transaction. */
  setState(id: number, state: 'running' | 'paused'): void;
  /** A destroyed DEK is left by no rotation any more. */
  leave(dek: number): void;
  /** Goes on with what is open. */
  wake(): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
  /** Stops after the step under way; what is open goes on when the vault opens again. */
  close(): void;
}

/** `onEnd` runs in a rotation's last transaction; `onFailure` hears of a step that failed, outside any. */
export function createRotations(
  options: KeysOptions,
  onEnd: (end: RotationEnd) => void,
  onFailure: (rotation: RotationRow, name: string) => void,
): Rotations {
  const { vault, sealing, runtime, log, sealedColumns, pace = PACE } = options;
  const { control } = sealing;
  const store = createRotationStore(vault.db);
  const recent: { readonly atMs: number; readonly moved: number }[] = [];
  let cancelTimer: (() => void) | undefined;
  let closed = false;
  let working = false;
  let deskCommitted = false;
  let waiting: (() => void)[] = [];

  vault.beforeCommit(() => {
    if (!working) deskCommitted = true;
  });

  /** What still lies under the keys that a rotation leaves. */
  const leftOf = ({ id, kind }: RotationRow): number =>
    kind === 're-seal' ? store.valuesLeft(id) : store.keysLeft(id);

  function end(rotation: RotationRow, left: number): void {
    // The counters were moved by steps after this row was read.
    const { done } = store.get(rotation.id)!;
    store.end(rotation.id, left === 0 ? 'done' : 'incomplete', left, runtime.nowMs());
    onEnd({ rotation, keys: store.keys(rotation.id), done, left });
  }

  /** One stretch of a column of at most so many rows, and where to go on. */
  function resealStep(rotation: RotationRow, mostRows: number): number {
    const columns = sealedColumns.filter(({ purpose }) => purpose === rotation.purpose);
    const at = Math.max(
      0,
      columns.findIndex((column) => columnName(column) === rotation.place),
    );
    const column = columns[at];
    const from = new Set(store.keys(rotation.id).map((pair) => pair.from));
    const cursor = columns[at] && columnName(columns[at]) === rotation.place ? rotation.placeCursor : null;
    const step =
      column === undefined
        ? { cursor: null, moved: 0, failed: 0 }
        : control.reseal({ column, cursor, from, mostRows, budgetMs: pace.workMs });
    const isPassOver = step.cursor === null && at + 1 >= columns.length;
    const next = step.cursor === null ? columns[at + 1] : column;
    store.advance({
      id: rotation.id,
      pass: rotation.pass + (isPassOver ? 1 : 0),
      place: next === undefined ? null : columnName(next),
      placeCursor: step.cursor,
      moved: step.moved,
      failed: step.failed,
      restart: rotation.place === null && rotation.pass > 1,
    });
    if (isPassOver) {
      const left = leftOf(rotation);
      const failed = store.get(rotation.id)!.failed;
      if (left === 0 || left <= failed || rotation.pass >= MOST_PASSES) end(rotation, left);
    }
    return step.moved;
  }

  function rewrapStep(rotation: RotationRow): number {
    const [pair] = store.keys(rotation.id);
    const step = control.rewrap(pair!.from, Number(rotation.placeCursor ?? 0), pace.workMs);
    const { moved, failed, cursor } = step;
    const placeCursor = cursor === null ? null : String(cursor);
    store.advance({ id: rotation.id, pass: 1, place: null, placeCursor, moved, failed, restart: false });
    if (cursor === null) end(rotation, leftOf(rotation));
    return moved;
  }

  /** Goes on behind a value that cannot be read; it stays as it is and is counted. */
  function passOver(rotation: RotationRow, cursor: string): number {
    const { id, pass } = rotation;
    const columns = sealedColumns.filter(({ purpose }) => purpose === rotation.purpose);
    const place = rotation.place ?? columnName(columns[0]!);
    store.advance({
      id,
      pass,
      place,
      placeCursor: cursor,
      moved: 0,
      failed: 1,
      restart: rotation.place === null && pass > 1,
    });
    return 0;
  }

  /** What a step of a re-seal does: rows up to one that is out of reach, or past it. */
  function reseal(rotation: RotationRow): number {
    try {
      return vault.provisional(() => resealStep(rotation, MOST_ROWS));
    } catch (error) {
      if (!(error instanceof ValueOutOfReach)) throw error;
      const { before, cursor } = error;
      return vault.provisional(() =>
        before > 0 ? resealStep(rotation, before) : passOver(rotation, cursor),
      );
    }
  }

  /**
   * One short transaction. Its commit does not wait for the disk: what a power failure takes away
   * still lies under the old key, which is not erased before a commit that does wait.
   */
  function step(rotation: RotationRow): void {
    const isOver = leftOf(rotation) === 0;
    working = true;
    try {
      let moved = 0;
      if (isOver) vault.transaction(() => end(rotation, 0));
      else if (rotation.kind === 're-seal') moved = reseal(rotation);
      else moved = vault.provisional(() => rewrapStep(rotation));
      recent.push({ atMs: forgetOldSteps(), moved });
    } finally {
      working = false;
    }
  }

  function work(): void {
    cancelTimer = undefined;
    if (closed || !vault.db.open) return;
    const rotation = store.open().find(({ state }) => state === 'running');
    if (rotation === undefined) {
      rest();
      return;
    }
    try {
      step(rotation);
    } catch (error) {
      const name = isCountersignError(error)
        ? error.code
        : error instanceof Error
          ? error.name
          : typeof error;
      log.error('keys.rotation-failed', { rotation: rotation.id, name });
      onFailure(rotation, name);
      if (!pause(rotation)) {
        rest();
        return;
      }
    }
    const delayMs = deskCommitted ? pace.busyRestMs : pace.restMs;
    deskCommitted = false;
    cancelTimer = runtime.schedule(delayMs, work);
  }

  /**
   * A rotation whose step failed waits for somebody to resume it, and shows that it does. Where even
   * that cannot be written it goes on when the vault is opened again.
   */
  function pause({ id }: RotationRow): boolean {
    try {
      vault.transaction(() => store.setState(id, 'paused'));
      return true;
    } catch (error) {
      log.error('keys.rotation-pause-failed', {
        rotation: id,
        name: error instanceof Error ? error.name : typeof error,
      });
      return false;
    }
  }

  function rest(): void {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }

  function wake(): void {
    if (closed || cancelTimer !== undefined) return;
    cancelTimer = runtime.schedule(pace.restMs, work);
  }

  function forgetOldSteps(): number {
    const nowMs = runtime.monotonicMs();
    while (recent.length > 0 && nowMs - recent[0]!.atMs > RATE_WINDOW_MS) recent.shift();
    return nowMs;
  }

  /** Values moved in a second, of late. */
  function ratePerSecond(): number {
    const nowMs = forgetOldSteps();
    const first = recent[0];
    if (first === undefined) return 0;
    const moved = recent.reduce((sum, entry) => sum + entry.moved, 0);
    return Math.round((moved * 1000) / Math.max(50, nowMs - first.atMs));
  }

  function shown(row: RotationRow, isFirst: boolean): KeyRotation {
    const { id, kind, purpose, reason, state, total, done, failed, startedAtMs, endedAtMs, actor } = row;
    const rate = isFirst && state === 'running' ? ratePerSecond() : 0;
    const keys = store.keys(id);
    const type = kind === 're-seal' ? 'DEK' : 'KEK';
    return {
      ...{ id, kind, purpose, reason, state, total, done, failed, startedAtMs, endedAtMs, actor },
      ratePerSecond: rate,
      remainingMs: rate === 0 ? null : Math.round((Math.max(0, total - done) / rate) * 1000),
      pausable: endedAtMs === null,
      fromKeys: keys.map(({ from }) => keyId(type, from)),
      toKeys: [...new Set(keys.map(({ to }) => to))].map((to) => keyId(type, to)),
    };
  }

  const runningId = () => store.open().find(({ state }) => state === 'running')?.id;

  return {
    start(rotation) {
      const id = store.insert(rotation);
      vault.onCommit(wake);
      return id;
    },
    get(id) {
      const row = store.get(id);
      if (row === undefined) throw new CountersignError('ROTATION_UNKNOWN', 'There is no such rotation.');
      return shown(row, runningId() === id);
    },
    list() {
      const running = runningId();
      return [...store.open(), ...store.ended()].map((row) => shown(row, row.id === running));
    },
    ofKey(kind, number) {
      const running = runningId();
      return store.ofKey(kind, number).map((row) => shown(row, row.id === running));
    },
    setState(id, state) {
      const row = store.get(id);
      if (row === undefined) throw new CountersignError('ROTATION_UNKNOWN', 'There is no such rotation.');
      if (row.endedAtMs !== null || row.state === state) {
        const message = 'The rotation has ended, or is in that state already.';
        throw new CountersignError('ROTATION_STATE_REFUSED', message, { actual: row.state });
      }
      store.setState(id, state);
      vault.onCommit(wake);
    },
    leave: store.leave,
    wake,
    idle: () =>
      runningId() === undefined ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    close() {
      closed = true;
      cancelTimer?.();
      rest();
    },
  };
}
