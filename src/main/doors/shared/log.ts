import { appendFileSync } from 'node:fs';
import { createLogger, type Logger, silentLogger } from '../../base/index.ts';

/**
 * The program's log: JSON lines to the file that `COUNTERSIGN_LOG` names, to standard error where
 * it is `-`, nowhere where it is not set.
 */
export function programLog(target: string | undefined = process.env.COUNTERSIGN_LOG): Logger {
  if (target === undefined || target === '') return silentLogger;
  if (target === '-') return createLogger((line) => process.stderr.write(line), Date.now);
  return createLogger((line) => appendFileSync(target, line, { mode: 0o600 }), Date.now);
}
