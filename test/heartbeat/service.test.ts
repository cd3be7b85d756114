import { describe, expect, it } from 'vitest';
import type { IncidentReport } from '../../src/main/base/index.ts';
import { createHeartbeat, ENGINE_EVERY_MS, type Heartbeat } from '../../src/main/heartbeat/index.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { fixedClockRuntime, type TestVault, withTestVault } from '../support/vault.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 20, 10);

interface Desk {
  readonly test: TestVault;
  readonly heartbeat: Heartbeat;
  readonly runtime: ReturnType<typeof fixedClockRuntime>;
  readonly raised: IncidentReport[];
  reopen(): Promise<Desk>;
}

function deskOn(test: TestVault, runtime: Desk['runtime']): Desk {
  const feed = createFeed();
  const raised: IncidentReport[] = [];
  const heartbeat = createHeartbeat({
    vault: test.vault,
    jobs: createJobs({ runtime, feed }),
    feed,
    raise: (report) => raised.push(report),
  });
  return { test, heartbeat, runtime, raised, reopen: async () => deskOn(await test.reopen(), runtime) };
}

function withDesk(work: (desk: Desk) => void | Promise<void>, another = false): Promise<void> {
  const runtime = fixedClockRuntime(START);
  return withTestVault((test) => work(deskOn(test, runtime)), { runtime, another });
}

const BACKUP = {
  source: 'backup.ship',
  ok: true,
  message: 'Shipped.',
  facts: { bytes: 12, to: null },
  nextWithinMs: 10 * MINUTE,
};

describe('the heartbeat', () => {
  it('is green from the opening on and lists what it heard, the newest first', () =>
    withDesk(({ heartbeat, runtime }) => {
      runtime.advance(MINUTE);
      heartbeat.beat(BACKUP);
      expect(heartbeat.list({ limit: 10 })).toMatchObject({
        total: 2,
        nextCursor: null,
        rows: [
          { seq: 2, atMs: START + MINUTE, ...BACKUP, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
          { seq: 1, atMs: START, source: 'engine.beat', ok: true, facts: { opened: true } },
        ],
      });
      expect(heartbeat.status()).toMatchObject({
        state: 'green',
        nowMs: START + MINUTE,
        events: 2,
        last: { seq: 2 },
        chain: null,
        sources: [
          { source: 'backup.ship', state: 'green', dueAtMs: START + 11 * MINUTE },
          { source: 'engine.beat', state: 'green' },
        ],
      });
    }));

  it('pages, of one source too', () =>
    withDesk(({ heartbeat }) => {
      for (let i = 0; i < 5; i += 1) heartbeat.beat(BACKUP);
      const first = heartbeat.list({ limit: 2, source: 'backup.ship' });
      expect(first).toMatchObject({ rows: [{ seq: 6 }, { seq: 5 }], nextCursor: '5', total: 5 });
      const next = heartbeat.list({ limit: 3, source: 'backup.ship', cursor: '5' });
      expect(next).toMatchObject({
        rows: [{ seq: 4 }, { seq: 3 }, { seq: 2 }],
        nextCursor: null,
        total: null,
      });
      expect(heartbeat.list({ limit: 3, cursor: '3' }).rows.map(({ seq }) => seq)).toEqual([2, 1]);
    }));

  it('stands or falls with the transaction around it, and goes on from where it stood', () =>
    withDesk(async ({ heartbeat, test }) => {
      const failing = () =>
        test.vault.transaction(() => {
          heartbeat.beat(BACKUP);
          throw new Error('the work fails');
        });
      expect(failing).toThrow('the work fails');
      expect(heartbeat.status().events).toBe(1);
      heartbeat.beat(BACKUP);
      expect(await heartbeat.verify()).toMatchObject({ verified: true, events: 2 });
    }));

  it.each([
    ['source', { source: 'backup' }],
    ['source', { source: `backup.${'x'.repeat(60)}` }],
    ['message', { message: '  ' }],
    ['message', { message: 'x'.repeat(301) }],
    ['nextWithinMs', { nextWithinMs: 0 }],
    ['nextWithinMs', { nextWithinMs: 1.5 }],
    ['facts', { facts: { text: 'x'.repeat(2_001) } }],
  ])('refuses an event with a wrong %s and writes nothing', (path, change) =>
    withDesk(({ heartbeat }) => {
      expect(() => heartbeat.beat({ ...BACKUP, ...change })).toThrow(
        expect.objectContaining({
          code: 'HEARTBEAT_EVENT_INVALID',
          details: expect.objectContaining({ path }),
        }),
      );
      expect(heartbeat.status().events).toBe(1);
    }),
  );

  it('masks what looks like an account number', () =>
    withDesk(({ heartbeat }) => {
      heartbeat.beat({ ...BACKUP, message: 'Paid to DE89370400440532013000.' });
      expect(heartbeat.status().last?.message).toBe('Paid to DE…00.');
    }));
});

describe('the watch', () => {
  it('beats for the engine every fifteen minutes and not more often', () =>
    withDesk(({ heartbeat, runtime, raised }) => {
      for (let second = 0; second < 3_600; second += 1) {
        runtime.advance(1_000);
        heartbeat.watch();
      }
      expect(heartbeat.status().events).toBe(1 + 3_600_000 / ENGINE_EVERY_MS);
      expect(raised).toEqual([]);
    }));

  it('raises an incident for a source that has gone silent, once, and again when it is silent anew', () =>
    withDesk(({ heartbeat, runtime, raised }) => {
      heartbeat.beat(BACKUP);
      runtime.advance(10 * MINUTE);
      heartbeat.watch();
      expect(raised).toEqual([]);
      runtime.advance(1);
      heartbeat.watch();
      heartbeat.watch();
      expect(heartbeat.status()).toMatchObject({ state: 'late', sources: [{ source: 'backup.ship' }, {}] });
      expect(raised).toMatchObject([
        {
          kind: 'heartbeat.stopped',
          dedupeKey: 'heartbeat.stopped/backup.ship',
          severity: 'high',
          detail: { source: 'backup.ship', lastEvent: 2, expectedWithinMs: 10 * MINUTE },
        },
      ]);
      heartbeat.beat(BACKUP);
      expect(heartbeat.status().state).toBe('green');
      runtime.advance(11 * MINUTE);
      heartbeat.watch();
      const ofBackup = raised.filter(({ dedupeKey }) => dedupeKey.endsWith('backup.ship'));
      expect(ofBackup).toHaveLength(2);
    }));

  it('notices that the engine itself stood still', () =>
    withDesk(({ heartbeat, runtime, raised }) => {
      runtime.advance(21 * MINUTE);
      expect(heartbeat.status().state).toBe('late');
      heartbeat.watch();
      expect(raised).toMatchObject([{ dedupeKey: 'heartbeat.stopped/engine.beat' }]);
      expect(heartbeat.status().state).toBe('green');
    }));

  it('states the gap while the vault was closed and alarms only who does not catch up', () =>
    withDesk(async (desk) => {
      desk.heartbeat.beat(BACKUP);
      desk.runtime.advance(600 * MINUTE);
      const again = await desk.reopen();
      again.heartbeat.watch();
      expect(again.raised).toEqual([]);
      expect(again.heartbeat.status()).toMatchObject({
        state: 'green',
        last: {
          source: 'engine.beat',
          ok: true,
          message: 'The vault was opened; nothing was reported while it was closed.',
          facts: { gapMs: 600 * MINUTE },
        },
      });
      again.runtime.advance(5 * MINUTE + 1);
      again.heartbeat.watch();
      expect(again.raised).toMatchObject([{ dedupeKey: 'heartbeat.stopped/backup.ship' }]);
    }));

  it('writes no row for each time that a script opens the vault', () =>
    withDesk(async (desk) => {
      desk.runtime.advance(MINUTE - 1);
      const soon = await desk.reopen();
      expect(soon.heartbeat.status()).toMatchObject({ state: 'green', events: 1 });
      soon.runtime.advance(1);
      expect((await soon.reopen()).heartbeat.status()).toMatchObject({ state: 'green', events: 2 });
    }));

  it('says when the clock stands before the last event, and beats on', () =>
    withDesk(async (desk) => {
      desk.runtime.advance(-60 * MINUTE);
      const again = await desk.reopen();
      expect(again.heartbeat.status().last?.message).toContain('before the last event');
      again.runtime.advance(16 * MINUTE);
      again.heartbeat.watch();
      expect(again.heartbeat.status().events).toBe(3);
    }));
});

describe('the chain', () => {
  /** What somebody does to the table who has its key and takes the triggers away. */
  const tamper = (test: TestVault, sql: string) =>
    test.vault.db.exec(`DROP TRIGGER heartbeat_event_update; DROP TRIGGER heartbeat_event_delete; ${sql}`);

  it('refuses changes', () =>
    withDesk(({ test }) => {
      const { db } = test.vault;
      expect(() => db.exec("UPDATE heartbeat_event SET message = 'x'")).toThrow('never changed');
      expect(() => db.exec('DELETE FROM heartbeat_event')).toThrow('never removed');
    }));

  it.each<[what: string, sql: string, seq: number, code: string]>([
    [
      'a changed message',
      "UPDATE heartbeat_event SET message = 'All is well.' WHERE seq = 700",
      700,
      'EVENT_CHANGED',
    ],
    ['a failure made good', 'UPDATE heartbeat_event SET ok = 1 WHERE seq = 499', 499, 'EVENT_CHANGED'],
    ['another time', 'UPDATE heartbeat_event SET at_ms = at_ms + 1 WHERE seq = 2', 2, 'EVENT_CHANGED'],
    ['another source', "UPDATE heartbeat_event SET source = 'a.b' WHERE seq = 1", 1, 'EVENT_CHANGED'],
    ['other facts', "UPDATE heartbeat_event SET facts = '{}' WHERE seq = 9", 9, 'EVENT_CHANGED'],
    ['a longer wait', 'UPDATE heartbeat_event SET next_within_ms = 1 WHERE seq = 9', 9, 'EVENT_CHANGED'],
    ['a changed hash', 'UPDATE heartbeat_event SET hash = zeroblob(32) WHERE seq = 9', 9, 'EVENT_CHANGED'],
    ['an event taken out', 'DELETE FROM heartbeat_event WHERE seq = 501', 501, 'EVENT_MISSING'],
    ['the first taken out', 'DELETE FROM heartbeat_event WHERE seq = 1', 1, 'EVENT_MISSING'],
    ['the last taken out', 'DELETE FROM heartbeat_event WHERE seq = 1101', 1101, 'EVENT_MISSING'],
    ['all taken out', 'DELETE FROM heartbeat_event', 1, 'EVENT_MISSING'],
    [
      'one put on',
      `INSERT INTO heartbeat_event SELECT 1102, at_ms, source, ok, message, facts, next_within_ms, hash
       FROM heartbeat_event WHERE seq = 1101`,
      1102,
      'EVENT_CHANGED',
    ],
  ])('finds %s, and where', (_what, sql, seq, code) =>
    withDesk(async ({ heartbeat, test, raised }) => {
      test.vault.transaction(() => {
        for (let i = 0; i < 1_100; i += 1)
          heartbeat.beat({ ...BACKUP, ok: i % 7 > 0, message: `Shipped ${i}.` });
      });
      expect(await heartbeat.verify()).toMatchObject({ verified: true, events: 1_101, findings: [] });
      expect(heartbeat.status().chain).toMatchObject({ verified: true, events: 1_101 });
      expect(raised).toEqual([]);
      tamper(test, sql);
      const broken = await heartbeat.verify();
      expect(broken).toMatchObject({ verified: false });
      expect(broken.findings[0]).toMatchObject({ seq, code });
      expect(heartbeat.status().chain).toMatchObject({ verified: false });
      expect(raised).toMatchObject([
        { kind: 'heartbeat.broken', severity: 'critical', detail: { event: seq } },
      ]);
    }),
  );

  it('does not fit another vault', () =>
    withDesk(async ({ heartbeat, test }) => {
      let foreign: unknown[] = [];
      await withDesk(({ test: other }) => {
        foreign = other.vault.db.prepare('SELECT * FROM heartbeat_event').raw().get() as unknown[];
      }, true);
      tamper(test, 'DELETE FROM heartbeat_event');
      test.vault.db.prepare('INSERT INTO heartbeat_event VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(...foreign);
      expect((await heartbeat.verify()).findings[0]).toMatchObject({ seq: 1, code: 'EVENT_CHANGED' });
    }));
});
