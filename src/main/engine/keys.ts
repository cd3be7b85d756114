import { type Calendar, createCalendar } from '../jobs/index.ts';
import { CHECK_EVERY_MS, createKeys, type Keys } from '../keys/index.ts';
import type { Console, ConsoleOptions } from './console.ts';
import { sealedColumns } from './sealed-columns.ts';

/** The keys of the vault, and the calendar that checks them every hour. */
export function wireKeys(
  { vault, runtime, log, feed, noticeWebhook }: ConsoleOptions,
  rooms: Pick<Console, 'sealing' | 'audit' | 'incidents' | 'heartbeat' | 'compliance' | 'approvals'>,
): { keys: Keys; calendar: Calendar } {
  const { sealing, audit, incidents, heartbeat, compliance, approvals } = rooms;
  const keys = createKeys({
    ...{ vault, sealing, audit, runtime, log, sealedColumns },
    raiseIncident: incidents.raise,
    beat: heartbeat.beat,
    onDualControlDue: ({ keyId }) => approvals.askAsSystem('keys.rotate', { keyId }),
    isHeld: (retentionClass, quarter) => compliance.isHeld(retentionClass, quarter),
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
