import Database from 'better-sqlite3';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import { createTransactions, type Transactions } from '../../src/main/vault/transaction.ts';

let db: Database.Database;
let tx: Transactions;
const rows = () => db.prepare('SELECT value FROM t ORDER BY rowid').pluck().all();
const put = (value: number) => db.prepare('INSERT INTO t VALUES (?)').run(value);

beforeEach(() => {
  db = new Database(':memory:');
  db.exec('CREATE TABLE t (value INTEGER)');
  tx = createTransactions(db);
});

class Stop extends Error {}
const stop = (): never => {
  throw new Stop();
};

describe('transactions', () => {
  test('commit what the work did and answer its value', () => {
    expect(tx.transaction(() => put(1).changes)).toBe(1);
    expect(rows()).toEqual([1]);
  });

  test('roll back and rethrow what the work threw', () => {
    expect(() =>
      tx.transaction(() => {
        put(1);
        stop();
      }),
    ).toThrow(Stop);
    expect(rows()).toEqual([]);
    expect(db.inTransaction).toBe(false);
  });

  test('a nested one that throws takes back only its own', () => {
    tx.transaction(() => {
      put(1);
      expect(() =>
        tx.transaction(() => {
          put(2);
          tx.transaction(() => put(3));
          stop();
        }),
      ).toThrow(Stop);
      tx.transaction(() => put(4));
    });
    expect(rows()).toEqual([1, 4]);
  });

  test('refuse work that is asynchronous', () => {
    expect(() => tx.transaction(async () => put(1))).toThrow('must be synchronous');
    expect(rows()).toEqual([]);
    expect(() =>
      tx.transaction(() => {
        expect(() => tx.transaction(async () => put(1))).toThrow('must be synchronous');
      }),
    ).not.toThrow();
    expect(rows()).toEqual([]);
  });

  test('scopes have numbers of their own', () => {
    expect(tx.scope()).toBe(0);
    const seen: number[] = [];
    const look = () => seen.push(tx.scope());
    tx.transaction(() => {
      look();
      tx.transaction(look);
      tx.transaction(look);
      look();
    });
    tx.transaction(look);
    expect(seen[0]).toBe(seen[3]);
    expect(new Set(seen).size).toBe(4);
    expect(tx.scope()).toBe(0);
  });
});

describe('joined work', () => {
  test('alone is a transaction of its own', () => {
    expect(tx.joined(() => put(1).changes)).toBe(1);
    expect(db.inTransaction).toBe(false);
    expect(() => tx.joined(() => [put(2), stop()])).toThrow(Stop);
    expect(rows()).toEqual([1]);
    expect(() => tx.joined(async () => put(3))).toThrow('must be synchronous');
  });

  test('has no scope of its own in a transaction', () => {
    const seen: number[] = [];
    tx.transaction(() => {
      seen.push(tx.scope());
      tx.joined(() => {
        put(1);
        seen.push(tx.scope());
      });
      put(2);
    });
    expect(new Set(seen).size).toBe(1);
    expect(rows()).toEqual([1, 2]);
  });

  test('takes its scope along where it throws, though the error was caught; the scopes around it stand', () => {
    let undone = 0;
    tx.transaction(() => {
      put(1);
      expect(() =>
        tx.transaction(() => {
          put(2);
          tx.onRollback(() => {
            undone += 1;
          });
          expect(() => tx.joined(() => [put(3), stop()])).toThrow(Stop);
          // What comes after it in the scope is lost with it.
          tx.transaction(() => put(4));
        }),
      ).toThrow(Stop);
      tx.transaction(() => put(5));
    });
    expect([rows(), undone]).toEqual([[1, 5], 1]);
    expect(() => tx.transaction(() => expect(() => tx.joined(stop)).toThrow(Stop))).toThrow(Stop);
    tx.transaction(() => put(6));
    expect(rows()).toEqual([1, 5, 6]);
  });
});

describe('hooks', () => {
  test('commit hooks run once, after the outermost commit, in order', () => {
    const heard: string[] = [];
    const hear = (word: string) => () => heard.push(`${word} ${db.inTransaction}`);
    tx.transaction(() => {
      tx.onCommit(hear('outer'));
      tx.transaction(() => tx.onCommit(hear('inner')));
      expect(heard).toEqual([]);
    });
    tx.transaction(() => put(1));
    expect(heard).toEqual(['outer false', 'inner false']);
  });

  test('hooks of a scope that rolled back: rollback ones run, last first; commit ones are dropped', () => {
    const heard: string[] = [];
    tx.transaction(() => {
      tx.onRollback(() => heard.push('outer rollback'));
      tx.onCommit(() => heard.push('outer commit'));
      expect(() =>
        tx.transaction(() => {
          tx.onRollback(() => heard.push('first'));
          tx.transaction(() => {
            tx.onRollback(() => heard.push('second'));
            tx.onCommit(() => heard.push('never'));
          });
          stop();
        }),
      ).toThrow(Stop);
      expect(heard).toEqual(['second', 'first']);
    });
    expect(heard).toEqual(['second', 'first', 'outer commit']);
  });

  test('before-commit hooks run inside the transaction, last registered first, and may veto', () => {
    const heard: string[] = [];
    let veto = false;
    tx.beforeCommit(() => heard.push(`low ${db.inTransaction}`));
    tx.beforeCommit(() => {
      heard.push('high');
      put(99);
      if (veto) stop();
    });
    tx.transaction(() => tx.transaction(() => put(1)));
    expect(heard).toEqual(['high', 'low true']);
    expect(rows()).toEqual([1, 99]);
    veto = true;
    let rolledBack = false;
    expect(() =>
      tx.transaction(() => {
        put(2);
        tx.onRollback(() => {
          rolledBack = true;
        });
      }),
    ).toThrow(Stop);
    expect(rolledBack).toBe(true);
    expect(rows()).toEqual([1, 99]);
  });

  test('a commit hook that throws keeps no other from hearing', () => {
    const heard: string[] = [];
    const commit = () =>
      tx.transaction(() => {
        put(1);
        tx.onCommit(stop);
        tx.onCommit(() => heard.push('second'));
      });
    expect(commit).toThrow(Stop);
    expect(heard).toEqual(['second']);
    expect(rows()).toEqual([1]);
  });

  test('need a transaction', () => {
    expect(() => tx.onCommit(() => {})).toThrow('no transaction');
    expect(() => tx.onRollback(() => {})).toThrow('no transaction');
  });
});

describe('storage errors', () => {
  test('a full disk that ends the transaction inside a savepoint dooms what follows', () => {
    db.pragma('max_page_count = 20');
    let memory = 0;
    const outcome = () =>
      tx.transaction(() => {
        put(1);
        memory += 1;
        tx.onRollback(() => {
          memory -= 1;
        });
        try {
          tx.transaction(() => {
            for (let i = 0; i < 10_000; i += 1) put(i);
          });
        } catch {
          // A group commit goes on with its next message after one that failed.
        }
        put(2);
        tx.transaction(() => put(3));
      });
    let code: unknown;
    try {
      outcome();
    } catch (error) {
      code = isCountersignError(error) ? error.code : error;
    }
    expect([code === undefined || code === 'VAULT_DISK_FULL', db.inTransaction]).toEqual([true, false]);
    // Either SQLite could take back the savepoint alone, or nothing at all was kept.
    expect(rows()).toEqual(code === undefined ? [1, 2, 3] : []);
    expect(memory).toBe(code === undefined ? 1 : 0);
    tx.transaction(() => put(7));
    expect(rows().at(-1)).toBe(7);
  });

  test('a transaction that SQLite ended itself keeps nothing of what came after', () => {
    const lose = () =>
      tx.transaction(() => {
        // ROLLBACK ends the whole transaction, as SQLite does by itself on an input/output error.
        db.exec('ROLLBACK');
        stop();
      });
    expect(() =>
      tx.transaction(() => {
        put(1);
        expect(lose).toThrow(Stop);
        put(2);
        tx.transaction(() => put(3));
        expect(() => tx.transaction(stop)).toThrow(Stop);
      }),
    ).toThrow(Stop);
    expect(rows()).toEqual([]);
    tx.transaction(() => put(4));
    expect(rows()).toEqual([4]);
  });

  test('a constraint stays what it is', () => {
    db.exec('CREATE TABLE u (value INTEGER PRIMARY KEY)');
    const twice = () => db.prepare('INSERT INTO u VALUES (1)').run();
    tx.transaction(twice);
    expect(() => tx.transaction(twice)).toThrow(
      expect.objectContaining({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' }),
    );
  });
});

type Step =
  | { readonly kind: 'put'; readonly value: number }
  | { readonly kind: 'nest'; readonly steps: Step[]; readonly fails: boolean };

const { step } = fc.letrec<{ step: Step }>((tie) => ({
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('put' as const), value: fc.nat(99) }),
    fc.record({
      kind: fc.constant('nest' as const),
      steps: fc.array(tie('step'), { maxLength: 4 }),
      fails: fc.boolean(),
    }),
  ),
}));

/** What a list of steps leaves, reckoned without a database. */
function expected(steps: readonly Step[]): number[] {
  return steps.flatMap((s) => (s.kind === 'put' ? [s.value] : s.fails ? [] : expected(s.steps)));
}

test('whatever nests and fails, the table, memory kept by hooks and commit hooks agree', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), fc.boolean(), (steps, fails) => {
      db.exec('DELETE FROM t');
      const memory: number[] = [];
      const committed: number[] = [];
      const run = (list: readonly Step[]) => {
        for (const s of list) {
          if (s.kind === 'put') {
            put(s.value);
            memory.push(s.value);
            tx.onRollback(() => memory.pop());
            tx.onCommit(() => committed.push(s.value));
          } else {
            try {
              tx.transaction(() => {
                run(s.steps);
                if (s.fails) stop();
              });
            } catch (error) {
              if (!(error instanceof Stop)) throw error;
            }
          }
        }
      };
      run([{ kind: 'nest', steps, fails }]);
      const left = fails ? [] : expected(steps);
      expect(rows()).toEqual(left);
      expect(memory).toEqual(left);
      expect(committed).toEqual(left);
    }),
    { numRuns: 300 },
  );
});
