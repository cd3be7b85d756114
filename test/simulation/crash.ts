import Database from 'better-sqlite3';
import type { CrashPoint } from './protocol.ts';

/** Counts every write of SQL on this thread and kills the process at the one it was armed for. */
export interface CrashSwitch {
  writes(): number;
  arm(point: CrashPoint): void;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

function wrap(
  prototype: Record<string, unknown>,
  name: string,
  around: (run: () => unknown) => unknown,
): void {
  const original = prototype[name] as Method;
  prototype[name] = function wrapped(this: unknown, ...args: unknown[]): unknown {
    return around(() => original.apply(this, args));
  };
}

/**
 * Puts itself between the engine and SQLite: `exec` (BEGIN, COMMIT, savepoints) and `run` (every
 * INSERT, UPDATE and DELETE). SIGKILL leaves no time for anything: no flush, no handler, no answer.
 */
export function installCrashSwitch(): CrashSwitch {
  let writes = 0;
  let armed: { when: CrashPoint['when']; at: number } | undefined;
  const die = () => process.kill(process.pid, 'SIGKILL');
  const around = (run: () => unknown): unknown => {
    writes += 1;
    if (armed?.when === 'before' && writes >= armed.at) die();
    const result = run();
    if (armed?.when === 'after' && writes >= armed.at) die();
    return result;
  };
  const probe = new Database(':memory:');
  wrap(Database.prototype as unknown as Record<string, unknown>, 'exec', around);
  wrap(Object.getPrototypeOf(probe.prepare('SELECT 1')) as Record<string, unknown>, 'run', around);
  probe.close();
  return {
    writes: () => writes,
    arm: ({ when, count }) => {
      armed = { when, at: writes + count };
    },
  };
}
