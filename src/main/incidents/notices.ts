import { closeSync, constants, fchmodSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type IncidentSeverity, type Logger, maskAccountNumbers } from '../base/index.ts';
import { vaultName } from '../vault/index.ts';

/** What goes out of the vault about an incident. It holds no fact, no name and no account number. */
export interface IncidentNotice {
  readonly id: string;
  readonly kind: string;
  readonly severity: IncidentSeverity;
  /** One sentence for people. */
  readonly title: string;
  readonly action: 'raised' | 'recurred' | 'worsened' | 'escalated' | 'overdue';
  readonly level: number;
  readonly atMs: number;
}

/** Shows a notice by the operating system; the door hands it in. */
export interface Notifier {
  notify(notice: IncidentNotice): void;
}

/** The file of the notices, in the vault's folder. */
export function noticeFile(vaultDirectory: string): string {
  return join(vaultDirectory, `${vaultName(vaultDirectory)}-incidents.jsonl`);
}

/** Appends a notice as one line of JSON. The file is its owner's alone, and never one that a link leads to. */
export function appendNotice(path: string, notice: IncidentNotice): void {
  const { atMs, ...rest } = notice;
  const line = `${JSON.stringify({ time: new Date(atMs).toISOString(), ...rest })}\n`;
  // Windows knows no such flag and leaves it out.
  const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);
  const handle = openSync(path, flags, 0o600);
  try {
    fchmodSync(handle, 0o600);
    writeSync(handle, line);
  } finally {
    closeSync(handle);
  }
}

/**
 * Sends a notice along every way. One way that fails neither stops the others nor the work that
 * raised the incident; the log says which.
 */
export function createNoticeSender(
  ways: Readonly<Record<string, (notice: IncidentNotice) => void>>,
  log: Logger,
): (notice: IncidentNotice) => void {
  return (notice) => {
    const safe = { ...notice, title: maskAccountNumbers(notice.title) };
    for (const [way, send] of Object.entries(ways)) {
      try {
        send(safe);
      } catch (error) {
        log.error('incidents.notice-failed', {
          way,
          incident: notice.id,
          name: error instanceof Error ? error.name : typeof error,
        });
      }
    }
  };
}
