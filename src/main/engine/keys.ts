import { type Calendar, createCalendar } from '../jobs/index.ts';
import { CHECK_EVERY_MS, createKeys, type Keys } from '../keys/index.ts';
import type { Privacy } from '../privacy/index.ts';
import type { Console, ConsoleOptions } from './console.ts';
import { sealedColumns } from './sealed-columns.ts';

/** The keys of the vault, and the calendar that checks them every hour. */
export function wireKeys(
  { vault, runtime, log, feed, noticeWebhook }: ConsoleOptions,
  rooms: Pick<Console, 'sealing' | 'audit' | 'incidents' | 'heartbeat' | 'compliance' | 'approvals'>,
  /** Privacy stands above the keys and is asked for its holds when somebody wants to destroy some. */
  privacy: () => Privacy | undefined,
): { keys: Keys; calendar: Calendar } {
  const { sealing, audit, incidents, heartbeat, compliance, approvals } = rooms;
  const keys = createKeys({
    ...{ vault, sealing, audit, runtime, log, sealedColumns },
    raiseIncident: incidents.raise,
    beat: heartbeat.beat,
    onDualControlDue: ({ keyId, urgent }) =>
      approvals.askAsSystem('keys.rotate', { keyId }, { isUrgent: urgent }),
    isHeld(retentionClass, quarter, purpose) {
      // Evidence lies under keys of its own purpose alone.
      const isEvidence = purpose === undefined || purpose === 'compliance_vault';
      if (isEvidence && compliance.isHeld(retentionClass, quarter)) return true;
      return privacy()?.isHeld(retentionClass, quarter, purpose) ?? false;
    },
    onChanged: () => feed.changed('keys', 'audit'),
    ...(noticeWebhook === undefined ? {} : { noticeWebhook }),
  });
  const calendar = createCalendar({
    vault,
    runtime,
    log,
    onClockSetBack(finding, entry) {
      incidents.raise({
        kind: 'jobs.clock-set-back',
        dedupeKey: 'jobs.clock-set-back',
        severity: 'high',
        title: finding.message,
        detail: { entry },
      });
    },
  });
  calendar.register({
    name: 'keys.rotation-check',
    everyMs: CHECK_EVERY_MS,
    run() {
      const { replaced } = keys.runDue();
      if (replaced.length > 0) feed.changed('keys', 'audit');
    },
  });
  return { keys, calendar };
}
