/**
 * Agrees to a request in a vault until its own SIGKILL: `directory`, the time, the request, and after
 * how many writes of SQL it dies. Without a kill it says so by its exit code.
 */
import { installCrashSwitch } from '../simulation/crash.ts';
import { openRoomAt } from './support.ts';

const [directory = '', atMs = '', requestId = '', count = '1'] = process.argv.slice(2);
const crash = installCrashSwitch();
const room = await openRoomAt(directory, Number(atMs));
await room.signIn('Dov');
crash.arm({ when: 'after', count: Number(count) });
await room.vote('Dov', requestId);
room.close();
