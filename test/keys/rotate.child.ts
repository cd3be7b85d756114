/**
 * Rotates in a vault until its own SIGKILL: `directory`, what to rotate, and after how many writes of
 * SQL it dies. Without a kill it says so by its exit code.
 */
import { silentLogger, systemRuntime } from '../../src/main/base/index.ts';
import { installCrashSwitch } from '../simulation/crash.ts';
import { openKilledVault } from './killed-support.ts';

const [directory = '', what = '', count = '1'] = process.argv.slice(2);
const crash = installCrashSwitch();
const { keys, vault } = await openKilledVault(directory, systemRuntime, silentLogger);
crash.arm({ when: Number(count) % 2 === 0 ? 'before' : 'after', count: Number(count) });
const caller = { actor: 'ada', traceId: 'child' };
// The room's own timers keep no process alive.
const awake = setInterval(() => {}, 1_000);
keys.rotate(caller, what === 'kek' ? { keyId: 'kek-1' } : { purpose: what });
await keys.idle();
await keys.close();
vault.close();
clearInterval(awake);
