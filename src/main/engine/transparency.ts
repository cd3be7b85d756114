import { createTransparency, type Transparency } from '../audit/index.ts';
import { isCountersignError } from '../base/index.ts';
import type { Calendar } from '../jobs/index.ts';
import type { Keys } from '../keys/index.ts';
import type { Console, ConsoleOptions } from './console.ts';

/** A head is signed this often, where anything was written since the last one. */
const CHECKPOINT_EVERY_MS = 3_600_000;

/** The log's signed heads: every hour, and once more before the vault is locked. */
export function wireTransparency(
  { vault, runtime, log, feed }: ConsoleOptions,
  { audit, incidents }: Pick<Console, 'audit' | 'incidents'>,
  keys: Keys,
  calendar: Calendar,
): { transparency: Transparency; signLastHead: () => void } {
  const transparency = createTransparency({
    ...{ vault, audit, runtime },
    signer: keys.pairs,
    raiseIncident: incidents.raise,
  });
  calendar.register({
    name: 'audit.checkpoint',
    everyMs: CHECKPOINT_EVERY_MS,
    run() {
      if (transparency.checkpointIfWritten()) feed.changed('audit');
    },
  });
  return {
    transparency,
    signLastHead() {
      try {
        transparency.checkpointIfWritten();
      } catch (error) {
        // A compromised key or a full disk keeps no vault from being locked.
        log.warn('audit.checkpoint-failed', { code: isCountersignError(error) ? error.code : 'INTERNAL' });
      }
    },
  };
}
