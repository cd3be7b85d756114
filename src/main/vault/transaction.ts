import type { Connection } from './connection.ts';
import { storageError } from './sqlite-errors.ts';

type Hook = () => void;

/**
 * Transactions of one connection. The outermost call is `BEGIN IMMEDIATE`, nested ones are
 * savepoints. Rooms keep sums, heads and rows-to-be in memory, so they may ask to be told how the
 * scope they run in ends.
 */
export interface Transactions {
  /**
   * Runs `work` in a transaction and commits; rolls back and rethrows where it throws. `work` is
   * synchronous: no transaction spans an `await`. Storage errors come out typed (`VAULT_DISK_FULL`,
   * `VAULT_DAMAGED`, …).
   */
  transaction<T>(work: () => T): T;
  /**
   * As `transaction`, for work whose failure its caller does not outlive: inside a transaction it runs in
   * the caller's scope, without a savepoint of its own. A scope in which such work threw can only roll
   * back, though somebody caught the error on the way.
   */
  joined<T>(work: () => T): T;
  /**
   * As `transaction`, for work that counts for nothing until a later `transaction` commits: the rows
   * of an import under way, and the taking away of them. Its commit does not wait for the disk. A
   * killed process loses nothing of it; a power failure may, and leaves the vault as it was before.
   * The later commit makes all of it lasting, since the log is written in order.
   */
  provisional<T>(work: () => T): T;
  /**
   * The scope the caller is in: 0 outside any transaction, else a number that no other transaction
   * or savepoint of this connection shares. A room that keeps state in memory saves it when the
   * number differs from the last one it saw, and restores it in an `onRollback` hook.
   */
  scope(): number;
  /** Runs `hook` after the outermost commit; dropped where the scope, or one around it, rolls back. */
  onCommit(hook: Hook): void;
  /** Runs `hook`, last registered first, where the scope or one around it rolls back. */
  onRollback(hook: Hook): void;
  /**
   * Runs `hook` before every outermost commit, inside the transaction: there a room writes what it
   * has gathered. Hooks run last registered first, so that a higher room writes before the rooms it
   * uses do. Where one throws, the transaction rolls back.
   */
  beforeCommit(hook: Hook): void;
}

function requireSynchronous<T>(result: T): T {
  const isThenable =
    typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function';
  if (isThenable) throw new TypeError('transaction: the work must be synchronous');
  return result;
}

/** Runs every hook, though one of them throws: what was committed must reach all who keep it in memory. */
function runAll(hooks: readonly Hook[]): void {
  const failures: unknown[] = [];
  for (const hook of hooks) {
    try {
      hook();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

export function createTransactions(db: Connection): Transactions {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const savepoint = db.prepare('SAVEPOINT scope');
  const release = db.prepare('RELEASE scope');
  const rollbackTo = db.prepare('ROLLBACK TO scope');

  const beforeCommitHooks: Hook[] = [];
  let commitHooks: Hook[] = [];
  let rollbackHooks: Hook[] = [];
  let lastScope = 0;
  const scopes: number[] = [];
  /**
   * Set where SQLite ended the whole transaction by itself inside a savepoint (a full disk). What
   * the outer work still does then runs in a transaction that can only roll back.
   */
  let doom: { error: unknown } | undefined;
  /** Set where `joined` work threw: the scope it ran in must not end well. */
  let broken: { scope: number; error: unknown } | undefined;

  /** Runs the work of the scope that was opened last. */
  function runScope<T>(work: () => T): T {
    const scope = scopes.at(-1)!;
    const result = requireSynchronous(work());
    if (broken?.scope === scope) throw broken.error;
    return result;
  }

  function closeScope(): void {
    if (broken?.scope === scopes.pop()) broken = undefined;
  }

  const undoMemory = (from: number) => {
    for (const hook of rollbackHooks.splice(from).reverse()) hook();
  };

  function outermost<T>(work: () => T): T {
    begin.run();
    lastScope += 1;
    scopes.push(lastScope);
    try {
      const result = runScope(work);
      if (doom !== undefined) throw doom.error;
      for (let i = beforeCommitHooks.length - 1; i >= 0; i -= 1) beforeCommitHooks[i]!();
      commit.run();
      rollbackHooks = [];
      return result;
    } catch (error) {
      if (db.inTransaction) rollback.run();
      commitHooks = [];
      undoMemory(0);
      throw error;
    } finally {
      doom = undefined;
      closeScope();
    }
  }

  function nested<T>(work: () => T): T {
    const commitMark = commitHooks.length;
    const rollbackMark = rollbackHooks.length;
    savepoint.run();
    lastScope += 1;
    scopes.push(lastScope);
    try {
      const result = runScope(work);
      release.run();
      return result;
    } catch (error) {
      if (db.inTransaction && doom === undefined) {
        rollbackTo.run();
        release.run();
      } else if (doom === undefined) {
        doom = { error };
        begin.run();
      }
      commitHooks.length = commitMark;
      undoMemory(rollbackMark);
      throw error;
    } finally {
      closeScope();
    }
  }

  function joined<T>(work: () => T): T {
    const scope = scopes.at(-1);
    if (scope === undefined) return run(work);
    try {
      return requireSynchronous(work());
    } catch (error) {
      broken ??= { scope, error };
      throw error;
    }
  }

  /** `afterCommit` runs before the hooks do, whose own transactions are none of this one's. */
  function run<T>(work: () => T, afterCommit?: () => void): T {
    if (scopes.length > 0) return nested(work);
    let result: T;
    try {
      result = outermost(work);
    } catch (error) {
      throw storageError(error);
    }
    afterCommit?.();
    const hooks = commitHooks;
    commitHooks = [];
    runAll(hooks);
    return result;
  }

  return {
    transaction: (work) => run(work),
    joined,
    provisional(work) {
      if (scopes.length > 0) return nested(work);
      db.pragma('synchronous = NORMAL');
      try {
        return run(work, () => db.pragma('synchronous = FULL'));
      } finally {
        db.pragma('synchronous = FULL');
      }
    },
    scope: () => scopes.at(-1) ?? 0,
    onCommit(hook) {
      if (scopes.length === 0) throw new Error('onCommit: no transaction is running');
      commitHooks.push(hook);
    },
    onRollback(hook) {
      if (scopes.length === 0) throw new Error('onRollback: no transaction is running');
      rollbackHooks.push(hook);
    },
    beforeCommit(hook) {
      beforeCommitHooks.push(hook);
    },
  };
}
