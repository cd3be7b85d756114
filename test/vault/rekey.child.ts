import { open, rekey, SETTINGS } from './slot-support.ts';

/**
 * Opens the vault named by the first argument with the recovery key in the second, revokes the slot
 * in the third, and kills itself, as kill -9 does, at the step in the fourth. `share` is the middle
 * of the copy in the worker thread, `finish-…` a step of finishing an earlier, interrupted rekey.
 */
const [directory, recoveryKey, revoke, at] = process.argv.slice(2);
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

if (at === 'finish-rewrapping') {
  await open(directory!, { recoveryKey: recoveryKey! }, { ...SETTINGS, rewraps: [die] });
} else {
  const settings = at === 'share' ? { ...SETTINGS, checkpoints: 'worker' as const } : SETTINGS;
  const vault = await open(directory!, { recoveryKey: recoveryKey! });
  await rekey(
    vault,
    {
      proof: { recoveryKey: recoveryKey! },
      change: { revoke: revoke! },
      step: (step) => step === at && die(),
      share: (share) => share > 0 && at === 'share' && die(),
    },
    settings,
  );
  die();
}
