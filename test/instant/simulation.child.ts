/**
 * One life of a console in a process of its own, in which everything happens at once, and which kills itself at
 * a step. Told in the environment: the vault's folder, the seed of the world, that of this life, and the step.
 */
import { openVault } from '../../src/main/vault/index.ts';
import { fixedClockRuntime } from '../support/vault.ts';
import { watchSteps } from './cutting.ts';
import { atOnce, dice, makeWorld, NOON, openWorld, standing, wrong } from './world.ts';

const { VAULT = '', WORLD = '0', LIFE = '0', DIE_AT = '0' } = process.env;
const runtime = fixedClockRuntime(NOON);
const vault = await openVault({
  ...{ directory: VAULT, rootKey: Buffer.alloc(32, 0x5a), runtime, checkpoints: 'commit' },
});
const world = makeWorld(Number(WORLD));
let steps = 0;
const end = watchSteps(vault, {
  after(step) {
    steps = step;
    if (step === Number(DIE_AT)) process.kill(process.pid, 'SIGKILL');
  },
});
const console = await openWorld(vault);
await atOnce(console, world, dice(Number(LIFE)));
end();
process.send?.({ standing: standing(console), wrong: await wrong(console, world), steps });
await console.close();
